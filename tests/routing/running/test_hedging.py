"""A second start beside a slow first: who speaks stays, and the other is really broken off."""

from collections.abc import Awaitable, Callable

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx2
import pytest

from routing.running.hedging import OnText, hedged
from routing.tally import Tally
from routing.values import Completion
from tests.providers.speaking import answered, prompt, speaker
from tests.wire.faulty import WORDS, Faulty
from vocabulary import HomewardError

pytestmark = pytest.mark.anyio

AT_ONCE, NEVER = 0.0, 3600.0


class Stage:
    """Two calls that do what they are told, and what came of them."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.begun: list[str] = []
        self.broken_off: list[str] = []
        self.settled: list[str] = []

    async def show(self, text: str) -> None:
        self.shown.append(text)

    def call(
        self, name: str, play: Callable[[OnText], Awaitable[str]]
    ) -> Callable[[OnText], Awaitable[str]]:
        async def start(say: OnText) -> str:
            self.begun.append(name)
            try:
                return await play(say)
            except anyio.get_cancelled_exc_class():
                self.broken_off.append(name)
                raise
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.lowlevel.checkpoint()
                    self.settled.append(name)

        return start


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def speaks(say: OnText) -> str:
    for word in ("one", " two"):
        await say(word)
        await anyio.lowlevel.checkpoint()
    return "one two"


async def is_silent(say: OnText) -> str:
    await anyio.sleep_forever()
    raise AssertionError


async def fails(say: OnText) -> str:
    raise HomewardError("it is down")


async def ends_without_a_word(say: OnText) -> str:
    return "nothing was said"


async def test_a_first_that_speaks_in_time_stays_alone(stage: Stage) -> None:
    ended = await hedged(
        stage.call("first", speaks),
        stage.call("second", is_silent),
        after_s=NEVER,
        on_text=stage.show,
    )

    assert (ended.first, ended.second, ended.spoke) == ("one two", None, "first")
    assert stage.shown == ["one", " two"]
    assert stage.begun == ["first"]


async def test_a_second_that_speaks_while_the_first_is_silent_has_it_broken_off_and_settled(
    stage: Stage,
) -> None:
    ended = await hedged(
        stage.call("first", is_silent),
        stage.call("second", speaks),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert (ended.first, ended.second, ended.spoke) == (None, "one two", "second")
    assert stage.shown == ["one", " two"]
    assert stage.broken_off == ["first"]
    assert sorted(stage.settled) == ["first", "second"]


async def test_a_late_first_that_speaks_before_the_second_stays(stage: Stage) -> None:
    second_began = anyio.Event()

    async def late(say: OnText) -> str:
        await second_began.wait()
        return await speaks(say)

    async def beginning(say: OnText) -> str:
        second_began.set()
        return await is_silent(say)

    ended = await hedged(
        stage.call("first", late),
        stage.call("second", beginning),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert (ended.first, ended.second, ended.spoke) == ("one two", None, "first")
    assert stage.broken_off == ["second"]


async def test_only_one_of_two_who_speak_in_the_same_moment_is_heard(stage: Stage) -> None:
    together = anyio.Event()

    async def waits(say: OnText) -> str:
        await together.wait()
        return await speaks(say)

    async def beckons(say: OnText) -> str:
        together.set()
        return await waits(say)

    ended = await hedged(
        stage.call("first", waits),
        stage.call("second", beckons),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert ended.spoke is not None
    assert stage.shown == ["one", " two"]
    assert len(stage.broken_off) == 1


async def test_what_the_loser_still_says_is_not_heard(stage: Stage) -> None:
    async def talks_on(say: OnText) -> str:
        try:
            return await is_silent(say)
        finally:
            with anyio.CancelScope(shield=True):
                await say("too late")

    ended = await hedged(
        stage.call("first", talks_on),
        stage.call("second", speaks),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert ended.spoke == "second"
    assert stage.shown == ["one", " two"]


@pytest.mark.parametrize("play", [fails, ends_without_a_word])
async def test_no_second_is_begun_for_a_first_that_has_ended(
    stage: Stage, play: Callable[[OnText], Awaitable[str]]
) -> None:
    ended = await hedged(
        stage.call("first", play), stage.call("second", speaks), after_s=NEVER, on_text=stage.show
    )

    assert ended.second is None
    assert ended.spoke is None
    assert stage.begun == ["first"]


async def test_a_second_that_fails_leaves_the_field_to_the_first(stage: Stage) -> None:
    tried = anyio.Event()

    async def slow(say: OnText) -> str:
        await tried.wait()
        return await speaks(say)

    async def failing(say: OnText) -> str:
        tried.set()
        return await fails(say)

    ended = await hedged(
        stage.call("first", slow),
        stage.call("second", failing),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert (ended.first, ended.spoke) == ("one two", "first")
    assert isinstance(ended.second, HomewardError)


async def test_where_both_fail_both_are_told(stage: Stage) -> None:
    tried = anyio.Event()

    async def slow(say: OnText) -> str:
        await tried.wait()
        return await fails(say)

    async def failing(say: OnText) -> str:
        tried.set()
        return await fails(say)

    ended = await hedged(
        stage.call("first", slow),
        stage.call("second", failing),
        after_s=AT_ONCE,
        on_text=stage.show,
    )

    assert isinstance(ended.first, HomewardError)
    assert isinstance(ended.second, HomewardError)
    assert ended.spoke is None


async def test_a_listener_that_is_gone_ends_both(stage: Stage) -> None:
    async def gone(text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await hedged(
            stage.call("first", is_silent),
            stage.call("second", speaks),
            after_s=AT_ONCE,
            on_text=gone,
        )

    assert sorted(stage.settled) == ["first", "second"]


async def test_a_caller_who_cancels_ends_both(stage: Stage) -> None:
    with anyio.move_on_after(0.02) as impatient:
        await hedged(
            stage.call("first", is_silent),
            stage.call("second", is_silent),
            after_s=AT_ONCE,
            on_text=stage.show,
        )

    assert impatient.cancelled_caught
    assert sorted(stage.broken_off) == ["first", "second"]
    assert sorted(stage.settled) == ["first", "second"]


async def test_the_one_that_is_broken_off_hangs_up_on_its_server_and_what_it_read_is_known(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    shown: list[str] = []
    loading = Tally()

    async def show(text: str) -> None:
        shown.append(text)

    def asking(fault: str, tally: Tally) -> Callable[[OnText], Awaitable[Completion]]:
        async def ask(say: OnText) -> Completion:
            provider = speaker("openai", faulty.at(fault), http)
            return await answered(provider, prompt(), on_text=say, tally=tally)

        return ask

    ended = await hedged(
        asking("silent", loading), asking("none", Tally()), after_s=0.05, on_text=show
    )

    assert ended.spoke == "second"
    assert shown == list(WORDS)
    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)
    assert loading.so_far is not None
    assert loading.so_far.usage.input_tokens > 0
