"""What a call to a model has used so far, known at every moment of it."""

from collections.abc import Callable
from functools import cached_property

from routing.mending import Mended
from routing.providers.figures import counts_something
from routing.providers.protocol import Chunk
from routing.values import Completion, Counting, RateLimits, Timings
from vocabulary import Finish, Money, Prompt, Usage

_TOKENS_PER_TURN = 4
"""What chat templates add around each turn: `<|role|>`, `<|end|>` and line breaks."""


class Received:
    """One answer as it comes. `started` is when the whole attempt began, on `monotonic`."""

    def __init__(
        self,
        prompt: Prompt,
        *,
        model: str,
        retries: int,
        count: Callable[[str], int],
        monotonic: Callable[[], float],
        started: float,
    ) -> None:
        self._prompt = prompt
        self._model = model
        self._retries = retries
        self._count = count
        self._monotonic = monotonic
        self._started = started
        self._pieces: list[str] = []
        self._thoughts: list[str] = []
        self._mended = Mended()
        self._usage: Usage | None = None
        self._believed = True
        self._cost: Money | None = None
        self._logprobs: list[float] = []
        self._timings: Timings | None = None
        self._limits: RateLimits | None = None
        self._first: float | None = None
        self.finish: Finish | None = None
        self.heard = False
        self.length = 0

    def take(self, chunk: Chunk) -> str:
        """Adds a piece, and gives back the text of it that can be shown now.

        Even an empty one is a sign of life.
        """
        self.heard = True
        if chunk.thought:
            self._thoughts.append(chunk.thought)
        self.finish = chunk.finish or self.finish
        self._model = chunk.model or self._model
        self._usage = chunk.usage or self._usage
        self._believed &= chunk.believed
        self._cost = self._cost if chunk.cost is None else chunk.cost
        self._timings = chunk.timings or self._timings
        self._limits = chunk.limits or self._limits
        self._logprobs += chunk.logprobs[: max(self._most_to_write() - len(self._logprobs), 0)]
        return self._add(self._mended.feed(chunk.text))

    def close(self) -> str:
        """The text that was held back, once there is no more."""
        return self._add(self._mended.rest())

    def _add(self, text: str) -> str:
        if text:
            self._pieces.append(text)
            self.length += len(text)
            if self._first is None:
                self._first = self._monotonic()
        return text

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read in the answer."""
        return not any(piece.strip() for piece in self._pieces)

    def completion(self) -> Completion:
        """What has come, and what it used up to now."""
        usage, counting = self._used()
        first = self._first
        return Completion(
            text="".join(self._pieces),
            model=self._model,
            finish=self.finish,
            usage=usage,
            counting=counting,
            cost=self._cost,
            first_token_ms=None if first is None else _milliseconds(first - self._started),
            total_ms=_milliseconds(self._monotonic() - self._started),
            retries=self._retries,
            logprobs=tuple(self._logprobs),
            timings=self._timings,
            limits=self._limits,
        )

    def _used(self) -> tuple[Usage, Counting]:
        """The provider's count of a whole answer; else what it said of a part, or our estimate.

        A count of nothing for what is there is none. One that cannot be right counts as far as it
        could be: who is billed for more had better not learn it from the bill.
        """
        read, most = self._estimate_of_prompt, self._most_to_write()
        most_read = 4 * read + 2000  # tokenizers differ, but not without limit
        thought = self._estimate_of_thoughts()
        written = self._estimate_of_answer() + thought
        said = self._usage or Usage()
        disputed = said.output_tokens > most or said.input_tokens > most_read
        whole = self.finish is not None and self._believed and not disputed
        if whole and counts_something(said, wrote=written > 0):
            return said, "counted"
        usage = Usage(
            input_tokens=min(said.input_tokens or read, most_read),
            output_tokens=min(max(said.output_tokens, written), most),
            cached_tokens=min(said.cached_tokens, most_read),
            cache_write_tokens=min(said.cache_write_tokens, most_read),
            cache_write_1h_tokens=min(said.cache_write_1h_tokens, most_read),
            reasoning_tokens=min(max(said.reasoning_tokens, thought), most),
        )
        return usage, "disputed" if disputed else "estimated"

    def _most_to_write(self) -> int:
        """Tokens. Some servers count a few of their own, or go a little past the limit."""
        return self._prompt.max_tokens * 3 // 2 + 64

    def _estimate_of_answer(self) -> int:
        return self._count("".join(self._pieces)) if self._pieces else 0

    def _estimate_of_thoughts(self) -> int:
        return self._count("".join(self._thoughts)) if self._thoughts else 0

    @cached_property
    def _estimate_of_prompt(self) -> int:
        texts = [turn.text for turn in self._prompt.messages]
        if self._prompt.system:
            texts.append(self._prompt.system)
        return sum(self._count(text) + _TOKENS_PER_TURN for text in texts)


class Tally:
    """A caller's view of an attempt that may be cancelled: what must be paid is never lost.

    The caller makes it and hands it in; `attempt` keeps it current.

        tally = Tally()
        try:
            completion = await attempt(..., tally=tally)
        finally:
            with anyio.CancelScope(shield=True):
                await settle(tally.so_far)
    """

    def __init__(self) -> None:
        self._received: Received | None = None

    @property
    def so_far(self) -> Completion | None:
        """What has come and what it used; None while nothing can have been used.

        From the moment a request goes out its prompt counts as read, for a model may have begun,
        until it is known that none did.
        """
        return None if self._received is None else self._received.completion()

    def follow(self, received: Received | None) -> None:
        """For `attempt`: a request goes out; None when it turned out to have used nothing."""
        self._received = received


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
