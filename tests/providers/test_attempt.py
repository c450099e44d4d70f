"""One attempt: its deadlines, its retries, and that what was used is never lost."""

from collections.abc import Callable
from itertools import count as counting

import anyio
import anyio.to_thread
import httpx2
import pytest

from routing.attempt import Timeouts, attempt
from routing.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from routing.providers.protocol import Provider
from routing.tally import Tally
from routing.values import Completion
from tests.providers.speaking import KINDS, count, prompt, speaker
from tests.wire import tiny
from tests.wire.faulty import WORDS, Faulty
from tests.wire.ollama import Ollama
from tests.wire.servers import Served
from vocabulary import Usage

pytestmark = pytest.mark.anyio

PATIENT = Timeouts(first_token=20, between_tokens=20, total=30)


class Naps:
    """Stands in for the clock's `sleep`: remembers how long it was asked to wait."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


async def ask(
    provider: Provider,
    *,
    text: str = "hi",
    max_tokens: int = 64,
    timeouts: Timeouts = PATIENT,
    tally: Tally | None = None,
    sleep: Naps | None = None,
    retries: int = 2,
    random: Callable[[], float] = lambda: 1.0,
) -> Completion:
    try:
        return await attempt(
            provider,
            prompt(text, max_tokens=max_tokens),
            model="tiny",
            timeouts=timeouts,
            count=count,
            tally=tally,
            sleep=sleep or Naps(),
            retries=retries,
            random=random,
        )
    finally:
        await provider.aclose()


async def test_a_completion_says_what_came_who_served_it_and_what_it_used(
    tiny_server: Served, http: httpx2.AsyncClient
) -> None:
    pieces: list[str] = []

    async def show(piece: str) -> None:
        pieces.append(piece)

    done = await attempt(
        speaker("openai", tiny_server.address, http, key=tiny_server.key),
        prompt(),
        model="whatever",
        timeouts=PATIENT,
        count=count,
        on_text=show,
        monotonic=counting().__next__,
    )

    assert done.text == tiny.SENTENCE
    assert pieces == tiny.words(tiny.SENTENCE)
    assert (done.model, done.finish, done.retries) == ("tiny", "stop", 0)
    assert done.counted
    assert done.usage.output_tokens == 12
    assert done.first_token_ms is not None
    assert 0 < done.first_token_ms < done.total_ms


@pytest.mark.parametrize("kind", KINDS)
async def test_more_requests_than_a_server_keeps_a_connection_for_all_get_answers(
    kind: str, tiny_server: Served, ollama_server: Ollama, http: httpx2.AsyncClient
) -> None:
    address = {"openai": tiny_server.address, "anthropic": tiny_server.root}
    provider = speaker(kind, address.get(kind, ollama_server.address), http, key=tiny_server.key)

    # llama.cpp closes a kept connection after about a hundred requests.
    answers = set()
    for _ in range(230):
        done = await attempt(
            provider,
            prompt(max_tokens=1),
            model="tiny",
            timeouts=PATIENT,
            count=count,
            sleep=Naps(),
        )
        answers.add(done.text)
    await provider.aclose()

    assert answers == {"Hello"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault", ["too-many-once", "bad-gateway-once", "inside-once", "overloaded-once"]
)
async def test_what_is_safe_to_retry_is_tried_again(
    fault: str, kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    done = await ask(speaker(kind, faulty.at(fault), http))

    assert done.text == "".join(WORDS)
    assert done.retries == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault",
    ["wrong-key", "unknown-model", "gateway-timeout", "slams", "dies", "cut", "fails", "nonsense"],
)
async def test_what_may_have_been_billed_or_cannot_succeed_is_asked_once(
    fault: str, kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(ProviderError):
        await ask(speaker(kind, faulty.at(fault), http))

    assert faulty.count[fault] == 1


async def test_retries_come_to_an_end(faulty: Faulty, http: httpx2.AsyncClient, naps: Naps) -> None:
    with pytest.raises(ProviderUnavailable):
        await ask(speaker("openai", faulty.at("starting"), http), sleep=naps, retries=3)

    assert faulty.count["starting"] == 4
    assert naps.taken == [0.5, 1.0, 2.0]


async def test_the_delay_is_a_random_part_of_one_that_doubles(
    faulty: Faulty, http: httpx2.AsyncClient, naps: Naps
) -> None:
    with pytest.raises(ProviderUnavailable):
        await ask(speaker("openai", faulty.at("starting"), http), sleep=naps, random=lambda: 0.25)

    assert naps.taken == [0.125, 0.25]


async def test_a_server_that_says_when_to_come_back_is_obeyed(
    faulty: Faulty, http: httpx2.AsyncClient, naps: Naps
) -> None:
    await ask(speaker("openai", faulty.at("too-many-once"), http), sleep=naps)

    assert naps.taken == [7.0]


async def test_a_wait_that_does_not_fit_in_the_time_left_is_not_begun(
    faulty: Faulty, http: httpx2.AsyncClient, naps: Naps
) -> None:
    brief = Timeouts(first_token=5, between_tokens=5, total=6)

    with pytest.raises(ProviderUnavailable) as caught:
        await ask(speaker("openai", faulty.at("too-many"), http), timeouts=brief, sleep=naps)

    assert naps.taken == []
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_never_begins_is_a_timeout_and_its_prompt_counts_as_read(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    slow = Timeouts(first_token=0.5, between_tokens=5, total=10)

    with pytest.raises(ProviderTimeout, match=r"said nothing for 0\.5 seconds") as caught:
        await ask(speaker(kind, faulty.at("silent"), http), timeouts=slow)

    assert faulty.count["silent"] == 1
    assert caught.value.partial is not None
    assert caught.value.partial.usage.input_tokens > 0
    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_that_stalls_is_a_timeout_with_what_had_come(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    slow = Timeouts(first_token=10, between_tokens=0.2, total=20)

    with pytest.raises(ProviderTimeout, match="fell silent") as caught:
        await ask(speaker(kind, faulty.at("stalls"), http), timeouts=slow)

    partial = caught.value.partial
    assert partial is not None
    assert (partial.text, partial.finish, partial.counted) == (WORDS[0], None, False)
    assert partial.usage.output_tokens == 1
    assert partial.usage.input_tokens > 0


async def test_a_slow_drip_ends_at_the_total_limit(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    brief = Timeouts(first_token=5, between_tokens=5, total=0.5)

    with pytest.raises(ProviderTimeout, match=r"did not finish within 0\.5 seconds") as caught:
        await ask(speaker("openai", faulty.at("drips"), http), timeouts=brief, max_tokens=9999)

    assert caught.value.partial is not None
    assert caught.value.partial.text.startswith(WORDS[0] + ".")


async def test_an_answer_without_end_is_cut_off(faulty: Faulty, http: httpx2.AsyncClient) -> None:
    with pytest.raises(ProviderUnavailable, match="far past the length") as caught:
        await ask(speaker("openai", faulty.at("gushes"), http), max_tokens=100)

    assert caught.value.partial is not None
    assert len(caught.value.partial.text) < 20_000


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_that_breaks_off_keeps_what_had_come(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        await ask(speaker(kind, faulty.at("cut"), http))

    assert caught.value.partial is not None
    assert caught.value.partial.text == WORDS[0]
    assert not caught.value.safe_to_retry


@pytest.mark.parametrize("kind", KINDS)
async def test_an_empty_answer_is_a_failure_that_was_paid_for(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(ProviderUnavailable, match="answered nothing") as caught:
        await ask(speaker(kind, faulty.at("empty"), http))

    assert caught.value.partial is not None
    assert caught.value.partial.usage == Usage(input_tokens=7, output_tokens=3)
    assert caught.value.partial.counted


async def test_a_rejection_has_used_nothing(faulty: Faulty, http: httpx2.AsyncClient) -> None:
    tally = Tally()

    with pytest.raises(ProviderRejected) as caught:
        await ask(speaker("openai", faulty.at("wrong-key"), http), tally=tally)

    assert caught.value.partial is None
    assert tally.so_far is None


@pytest.mark.parametrize("kind", KINDS)
async def test_after_a_cancellation_the_tally_knows_what_was_used(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    tally, provider = Tally(), speaker(kind, faulty.at("stalls"), http)

    async with anyio.create_task_group() as tasks:

        async def cancel(piece: str) -> None:
            tasks.cancel_scope.cancel()

        async def run() -> None:
            await attempt(
                provider,
                prompt(),
                model="tiny",
                timeouts=PATIENT,
                count=count,
                tally=tally,
                on_text=cancel,
            )

        tasks.start_soon(run)
    await provider.aclose()

    assert tally.so_far is not None
    assert tally.so_far.text == WORDS[0]
    assert tally.so_far.usage.input_tokens > 0
    assert tally.so_far.finish is None
    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)


async def test_a_fresh_tally_knows_of_nothing() -> None:
    assert Tally().so_far is None


async def test_what_a_listener_raises_comes_through_and_ends_the_call(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    async def refuse(piece: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await attempt(
            speaker("openai", faulty.at("stalls"), http),
            prompt(),
            model="tiny",
            timeouts=PATIENT,
            count=count,
            on_text=refuse,
        )

    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)
