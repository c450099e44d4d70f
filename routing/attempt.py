"""One attempt at one model: deadlines, the retries that are safe, and what it used."""

import random as randomness
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import anyio

from routing.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from routing.providers.protocol import Chunk, Provider
from routing.tally import Received, Tally
from routing.values import Completion
from vocabulary import HomewardError, Prompt

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 8.0
_LONGEST_TOKEN = 64
"""Characters. An answer of more than this for each allowed token has ignored its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds that a model may take.

    `first_token` runs from the call to the first sign of an answer, and includes the loading of a
    local model; `between_tokens` from one sign to the next; `total` over all of it, retries too.
    How long a connection may take to come about is the provider's own `connect`.
    """

    first_token: float = 30.0
    between_tokens: float = 20.0
    total: float = 50.0


async def attempt(
    provider: Provider,
    prompt: Prompt,
    *,
    model: str,
    timeouts: Timeouts,
    count: Callable[[str], int],
    on_text: Callable[[str], Awaitable[None]] | None = None,
    tally: Tally | None = None,
    retries: int = 2,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    random: Callable[[], float] = randomness.random,
) -> Completion:
    """Asks one model once, and again only while that can neither double an answer nor its cost.

    `count` estimates the tokens of a text, for the answers that their provider did not count.
    `on_text` is given the pieces of the answer in order. `tally` always knows what was used, also
    after a cancellation. A retry waits as long as the server asks, else a random part of a delay
    that doubles; it is left out where it would not end within `timeouts.total`.

    Raises:
        ProviderError: it failed. `partial` holds what came and is paid for all the same.
    """
    tally = tally or Tally()
    started = monotonic()
    deadline = started + timeouts.total
    tried = 0
    while True:
        received = Received(
            prompt, model=model, retries=tried, count=count, monotonic=monotonic, started=started
        )
        tally.follow(received)
        try:
            listening = _Listening(provider.name, timeouts, deadline, monotonic, on_text)
            await listening.to(provider, prompt, model, received)
            return received.completion()
        except ProviderError as error:
            if received.heard or not _free_of_charge(error):
                error.safe_to_retry = False
                error.having(received.completion())
                raise
            tally.follow(None)
            delay = _delay(error, tried, random)
            if not error.safe_to_retry or tried >= retries or delay > _LONGEST_DELAY:
                raise
            if monotonic() + delay >= deadline:
                raise
        except HomewardError:
            tally.follow(None)  # refused on the way out: nothing was sent
            raise
        await sleep(delay)
        tried += 1


class _Listening:
    """Waits for the pieces of one answer, no longer than allowed for each."""

    def __init__(
        self,
        name: str,
        timeouts: Timeouts,
        deadline: float,
        monotonic: Callable[[], float],
        on_text: Callable[[str], Awaitable[None]] | None,
    ) -> None:
        self._name = name
        self._timeouts = timeouts
        self._deadline = deadline
        self._monotonic = monotonic
        self._on_text = on_text

    async def to(self, provider: Provider, prompt: Prompt, model: str, received: Received) -> None:
        """
        Raises:
            ProviderError: the provider's own, or a deadline, or an answer that is none.
        """
        async with aclosing(provider.stream(prompt, model=model)) as pieces:
            while True:
                text = await self._next(pieces, received)
                if text is None:
                    break
                if received.length > _LONGEST_TOKEN * (prompt.max_tokens + 1):
                    raise self._failed("went on far past the length that it was allowed")
                await self._show(text)
        await self._show(received.close())
        if received.finish is None:
            raise self._failed("broke off in the middle of its answer")
        if received.finish == "stop" and received.blank:
            raise self._failed("answered nothing")

    async def _next(self, pieces: AsyncGenerator[Chunk, None], received: Received) -> str | None:
        """The text of the next piece, None after the last.

        Whatever is wrong in what a server sends, and was not foreseen, is the server's failure.
        """
        with anyio.move_on_after(self._patience(received)) as waiting:
            try:
                chunk = await anext(pieces, None)
                return None if chunk is None else received.take(chunk)
            except HomewardError:
                raise
            except Exception:
                raise self._failed("gave an answer that cannot be read") from None
        if waiting.cancelled_caught:
            raise self._too_slow(received)
        raise AssertionError

    async def _show(self, text: str) -> None:
        if text and self._on_text is not None:
            await self._on_text(text)

    def _patience(self, received: Received) -> float:
        timeouts = self._timeouts
        step = timeouts.between_tokens if received.heard else timeouts.first_token
        return min(step, self._deadline - self._monotonic())

    def _too_slow(self, received: Received) -> ProviderTimeout:
        if self._monotonic() >= self._deadline:
            what = f"did not finish within {self._timeouts.total:g} seconds"
            fix = "Ask for a shorter answer, or use a faster model."
        elif received.heard:
            what = f"fell silent for {self._timeouts.between_tokens:g} seconds"
            fix = "Try again, or use another model."
        else:
            what = f"said nothing for {self._timeouts.first_token:g} seconds"
            fix = "A large local model may still be loading: try again, or use a smaller one."
        return ProviderTimeout(f"{self._name} {what}.", fix=fix, provider=self._name)

    def _failed(self, what: str) -> ProviderUnavailable:
        return ProviderUnavailable(
            f"{self._name} {what}.", fix="Try again, or use another model.", provider=self._name
        )


def _free_of_charge(error: ProviderError) -> bool:
    """Whether an error that came before any answer also means that nothing was used."""
    return error.safe_to_retry or isinstance(error, ProviderRejected)


def _delay(error: ProviderError, tried: int, random: Callable[[], float]) -> float:
    """Seconds to wait before the next try: what the server asked for, else full jitter.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    if error.retry_after is not None:
        return error.retry_after
    return random() * min(_LONGEST_DELAY, _FIRST_DELAY * 2.0**tried)
