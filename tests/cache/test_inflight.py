"""One asks, the others wait: in one process by an event, across processes by a lease."""

from collections.abc import Awaitable, Callable
from functools import partial

import anyio
import anyio.lowlevel
import pytest

from cache import InFlight
from cache.inflight import LEASE_S
from tests.cache.conftest import Clock

pytestmark = pytest.mark.anyio


class Shared:
    """Leases in memory: what a store does for several processes."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, int]] = {}
        self.asked = 0

    def lease(self, key: str, *, owner: str, now: int, until: int) -> bool:
        self.asked += 1
        holder, end = self.held.get(key, (owner, 0))
        if holder != owner and end > now:
            return False
        self.held[key] = (owner, until)
        return True

    def release(self, key: str, *, owner: str) -> None:
        if self.held.get(key, ("", 0))[0] == owner:
            del self.held[key]


class Model:
    """Answers when it is let; what it answered is found by whoever looks first."""

    def __init__(self) -> None:
        self.calls = 0
        self.stored: str | None = None
        self.asked = anyio.Event()
        self.let = anyio.Event()

    async def __call__(self) -> str:
        if self.stored is not None:
            return self.stored
        self.calls += 1
        self.asked.set()
        await self.let.wait()
        self.stored = "an answer"
        return self.stored


async def nobody() -> None:
    """Nobody is told of waiting."""


Ask = Callable[[], Awaitable[str]]


async def ask(flights: InFlight, work: Ask, into: list[str], waits: anyio.Event) -> None:
    async def waiting() -> None:
        waits.set()

    into.append(await flights.once("question", work, on_wait=waiting))


@pytest.fixture
def shared() -> Shared:
    return Shared()


Make = Callable[[], InFlight]


@pytest.fixture(params=["one process", "two processes"])
def two(request: pytest.FixtureRequest, shared: Shared, clock: Clock) -> tuple[InFlight, InFlight]:
    """Two who may ask the same: one object in one process, two over the same leases in two."""
    first = InFlight(shared, clock=clock)
    return first, first if request.param == "one process" else InFlight(shared, clock=clock)


async def test_asked_twice_at_once_it_is_asked_once_and_both_have_the_answer(
    two: tuple[InFlight, InFlight], shared: Shared
) -> None:
    model, answers, waits = Model(), list[str](), anyio.Event()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, two[0], model, answers, anyio.Event())
            await model.asked.wait()
            tasks.start_soon(ask, two[1], model, answers, waits)
            await waits.wait()
            model.let.set()
    assert answers == ["an answer", "an answer"]
    assert model.calls == 1
    assert shared.held == {}


async def test_a_first_that_fails_lets_the_second_ask_for_itself(
    two: tuple[InFlight, InFlight], shared: Shared
) -> None:
    asked, fail, waits, answers = anyio.Event(), anyio.Event(), anyio.Event(), list[str]()

    async def failing() -> str:
        asked.set()
        await fail.wait()
        raise RuntimeError("the model is gone")

    async def first() -> None:
        with pytest.raises(RuntimeError, match="the model is gone"):
            await two[0].once("question", failing, on_wait=nobody)

    async def own() -> str:
        return "its own answer"

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first)
            await asked.wait()
            tasks.start_soon(ask, two[1], own, answers, waits)
            await waits.wait()
            fail.set()
    assert answers == ["its own answer"]
    assert shared.held == {}


async def test_a_first_that_is_cancelled_does_not_fail_the_second(
    two: tuple[InFlight, InFlight], shared: Shared
) -> None:
    model, waits, answers, scope = Model(), anyio.Event(), list[str](), anyio.CancelScope()

    async def first() -> None:
        with scope:
            await two[0].once("question", model, on_wait=nobody)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first)
            await model.asked.wait()
            tasks.start_soon(ask, two[1], model, answers, waits)
            await waits.wait()
            scope.cancel()
            model.let.set()
    assert answers == ["an answer"]
    assert model.calls == 2
    assert shared.held == {}


async def test_other_questions_do_not_wait(shared: Shared, clock: Clock) -> None:
    flights, model = InFlight(shared, clock=clock), Model()

    async def quick() -> str:
        return "quick"

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(flights.once, "slow", model, on_wait=nobody))
            await model.asked.wait()
            assert await flights.once("other", quick, on_wait=nobody) == "quick"
            model.let.set()


async def test_the_lease_of_a_killed_process_ends_by_itself(shared: Shared, clock: Clock) -> None:
    now = round(clock() * 1000)
    assert shared.lease("question", owner="killed", now=now, until=now + round(LEASE_S * 1000))
    model, answers, waits = Model(), list[str](), anyio.Event()
    model.let.set()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, InFlight(shared, clock=clock), model, answers, waits)
            await waits.wait()
            assert model.calls == 0
            clock.now += LEASE_S
    assert answers == ["an answer"]


async def test_nobody_waits_for_another_process_without_end(shared: Shared, clock: Clock) -> None:
    now = round(clock() * 1000)
    assert shared.lease("question", owner="stuck", now=now, until=now + 10**9)
    model, answers = Model(), list[str]()
    model.let.set()
    with anyio.fail_after(10):
        flights = InFlight(shared, clock=clock, most_wait_s=0.2)
        await ask(flights, model, answers, anyio.Event())
    assert answers == ["an answer"]
    assert shared.held["question"][0] == "stuck"
    assert shared.asked < 5  # it looks now and then, not all the time
