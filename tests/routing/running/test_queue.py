"""A local model's queue: no more at once than it can, and nobody starves."""

import anyio
import pytest
from anyio.lowlevel import checkpoint

from routing.running.queue import Busy, FairQueue, Queues

pytestmark = pytest.mark.anyio

FOREVER = 3600.0


class Work:
    """Calls that hold a place until they are let go; `began` says in which order they got one."""

    def __init__(self, parallel: int = 1) -> None:
        self.queue = FairQueue("ollama/tiny", parallel)
        self.began: list[str] = []
        self.most = 0
        self._go = {}  # type: dict[str, anyio.Event]

    async def call(self, caller: str, name: str, *, within_s: float = FOREVER) -> None:
        self._go[name] = anyio.Event()
        async with self.queue.place(caller, within_s=within_s):
            self.began.append(name)
            self.most = max(self.most, self.queue.running)
            await self._go[name].wait()

    async def finish(self, name: str) -> None:
        self._go[name].set()
        await settled()


async def settled() -> None:
    """Lets every task go as far as it can by itself."""
    for _ in range(20):
        await checkpoint()


async def test_no_more_calls_run_at_once_than_the_model_has_places() -> None:
    work = Work(parallel=2)
    async with anyio.create_task_group() as calls:
        for number in range(7):
            calls.start_soon(work.call, "a", str(number))
        await settled()
        assert (work.queue.running, work.queue.waiting) == (2, 5)
        for number in range(7):
            await work.finish(str(number))
    assert work.most == 2
    assert (work.queue.running, work.queue.waiting) == (0, 0)


async def test_one_callers_fifty_requests_hold_anothers_up_by_one_answer() -> None:
    work = Work()
    async with anyio.create_task_group() as calls:
        for number in range(50):
            calls.start_soon(work.call, "greedy", f"g{number}")
        await settled()
        calls.start_soon(work.call, "modest", "m")
        await settled()
        await work.finish("g0")
        assert work.began == ["g0", "m"]
        calls.cancel_scope.cancel()


async def test_callers_are_served_in_turn_and_each_in_order() -> None:
    work = Work()
    async with anyio.create_task_group() as calls:
        for caller, name in [("a", "a0"), ("a", "a1"), ("a", "a2"), ("b", "b0"), ("b", "b1")]:
            calls.start_soon(work.call, caller, name)
            await settled()
        calls.start_soon(work.call, "c", "c0")
        await settled()
        for _ in range(6):
            await work.finish(work.began[-1])
    assert work.began == ["a0", "b0", "c0", "a1", "b1", "a2"]


async def test_a_call_that_waits_is_told_its_place_as_it_changes() -> None:
    queue, places = FairQueue("m", 1), list[int]()
    release = [anyio.Event() for _ in range(3)]

    async def tell(place: int) -> None:
        places.append(place)

    async def hold(number: int) -> None:
        async with queue.place("a", within_s=FOREVER):
            await release[number].wait()

    async with anyio.create_task_group() as calls:
        for number in range(3):
            calls.start_soon(hold, number)
            await settled()

        async def last() -> None:
            async with queue.place("a", within_s=FOREVER, on_place=tell):
                places.append(0)

        calls.start_soon(last)
        await settled()
        for event in release:
            event.set()
            await settled()
    assert places == [3, 2, 1, 0]


async def test_the_place_counts_those_who_will_be_served_before() -> None:
    queue, places, done = FairQueue("m", 1), list[int](), anyio.Event()

    async def tell(place: int) -> None:
        places.append(place)

    async def wait(caller: str) -> None:
        async with queue.place(caller, within_s=FOREVER, on_place=tell if caller == "b" else None):
            await done.wait()

    async with anyio.create_task_group() as calls:
        for _ in range(5):
            calls.start_soon(wait, "a")
        await settled()
        calls.start_soon(wait, "b")
        await settled()
        done.set()
    assert places == [1]


async def test_a_place_that_comes_free_while_the_wait_is_being_told_is_taken() -> None:
    queue, first_done = FairQueue("m", 1), anyio.Event()

    async def tell(place: int) -> None:
        first_done.set()
        await settled()

    async def first() -> None:
        async with queue.place("a", within_s=FOREVER):
            await first_done.wait()

    async with anyio.create_task_group() as calls:
        calls.start_soon(first)
        await settled()
        with anyio.fail_after(5):
            async with queue.place("b", within_s=FOREVER, on_place=tell):
                assert queue.running == 1


async def test_a_call_for_which_no_place_comes_free_in_time_is_told_so() -> None:
    work = Work()
    async with anyio.create_task_group() as calls:
        calls.start_soon(work.call, "a", "runs")
        await settled()
        with pytest.raises(Busy, match=r"^ollama/tiny is busy: no place came free within 0\.01 s"):
            await work.call("b", "late", within_s=0.01)
        assert (work.queue.running, work.queue.waiting) == (1, 0)
        await work.finish("runs")
    assert work.began == ["runs"]


async def test_a_free_place_is_had_without_any_time_to_wait() -> None:
    async with FairQueue("m", 1).place("a", within_s=0.0):
        pass


async def test_a_call_that_is_cancelled_while_it_waits_leaves_no_gap() -> None:
    work = Work()
    async with anyio.create_task_group() as calls:
        calls.start_soon(work.call, "a", "runs")
        await settled()
        with anyio.CancelScope() as impatient:
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(work.call, "b", "gives up")
                waiting.start_soon(work.call, "c", "gives up too")
                await settled()
                assert work.queue.waiting == 2
                impatient.cancel()
        calls.start_soon(work.call, "d", "stays")
        await settled()
        await work.finish("runs")
        await work.finish("stays")
    assert work.began == ["runs", "stays"]


async def test_a_place_given_to_a_call_in_the_moment_it_is_cancelled_goes_on_to_the_next() -> None:
    work, leaving = Work(), anyio.CancelScope()

    async def leave() -> None:
        with leaving:
            await work.call("b", "leaves")

    async with anyio.create_task_group() as calls:
        calls.start_soon(work.call, "a", "runs")
        await settled()
        calls.start_soon(leave)
        await settled()
        calls.start_soon(work.call, "c", "follows")
        await settled()
        leaving.cancel()
        await work.finish("runs")
        assert work.began == ["runs", "follows"]
        await work.finish("follows")
    assert work.queue.running == 0


async def test_a_call_that_fails_gives_its_place_back() -> None:
    queue = FairQueue("m", 1)
    with pytest.raises(ZeroDivisionError):
        async with queue.place("a", within_s=0.0):
            _ = 1 / 0
    assert queue.running == 0


def test_each_model_has_a_queue_of_its_own_as_wide_as_its_server() -> None:
    asked: list[str] = []

    def parallel(model_id: str) -> int:
        asked.append(model_id)
        return 2

    queues = Queues(parallel)

    assert queues.of("ollama/a") is queues.of("ollama/a")
    assert queues.of("ollama/a") is not queues.of("ollama/b")
    assert asked == ["ollama/a", "ollama/b"]


def test_a_queue_without_a_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="serves nobody"):
        FairQueue("m", 0)
