"""A fair queue before a local model: so many calls at once, callers served in turn."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from vocabulary import HomewardError

OnPlace = Callable[[int], Awaitable[None]]
"""Is told the place in the queue, 1 for the next, whenever it changes."""


class Busy(HomewardError):
    """A model had no time for this call before its deadline. Nothing was sent; it did not fail."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One call that waits. `news` is set when its place may have changed."""

    caller: str
    admitted: bool = False
    news: anyio.Event = field(default_factory=anyio.Event)


class FairQueue:
    """At most `parallel` calls at once; who waits is served by caller, in turn.

    The next place goes to the caller who got one longest ago, so that fifty requests of one caller
    hold another's single one up by no more than one answer. For one event loop; not thread-safe.
    """

    def __init__(self, name: str, parallel: int) -> None:
        if parallel < 1:
            raise ValueError("a queue with no place serves nobody")
        self._name = name
        self._parallel = parallel
        self._running = 0
        self._waiting: list[_Waiting] = []
        self._served: dict[str, int] = {}
        self._turn = 0

    @property
    def running(self) -> int:
        return self._running

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @asynccontextmanager
    async def place(
        self, caller: str, *, within_s: float, on_place: OnPlace | None = None
    ) -> AsyncIterator[None]:
        """Holds a place for the time of the block, after waiting for it no longer than `within_s`.

        Raises:
            Busy: no place came free in time.
        """
        await self._enter(caller, within_s, on_place)
        try:
            yield
        finally:
            self._running -= 1
            self._admit()

    async def _enter(self, caller: str, within_s: float, on_place: OnPlace | None) -> None:
        mine = _Waiting(caller)
        self._waiting.append(mine)
        self._admit()
        try:
            with anyio.move_on_after(within_s):
                await self._wait(mine, on_place)
        except BaseException:
            self._leave(mine)
            raise
        if not mine.admitted:
            self._leave(mine)
            raise Busy(
                f"{self._name} is busy: no place came free within {within_s:g} seconds, with "
                f"{self._running} calls running and {self.waiting} waiting.",
                fix="Try again in a moment, let another model answer, or raise `parallel`.",
            )

    async def _wait(self, mine: _Waiting, on_place: OnPlace | None) -> None:
        told = 0
        while not mine.admitted:
            news = mine.news
            if on_place is not None and (now := self._place_of(mine)) != told:
                told = now
                await on_place(now)
            if not mine.admitted:
                await news.wait()

    def _leave(self, mine: _Waiting) -> None:
        """A call that no longer wants its place, whether it has one by now or not."""
        if mine.admitted:
            self._running -= 1
        else:
            self._waiting.remove(mine)
        self._admit()

    def _admit(self) -> None:
        """Gives free places away, and tells those who wait that things have moved."""
        while self._waiting and self._running < self._parallel:
            following = self._order()[0]
            self._waiting.remove(following)
            self._turn += 1
            self._served[following.caller] = self._turn
            self._running += 1
            following.admitted = True
            following.news.set()
        if not self._waiting and not self._running:
            self._served.clear()
        for other in self._waiting:
            other.news.set()
            other.news = anyio.Event()

    def _order(self) -> list[_Waiting]:
        """Everyone who waits, in the order in which they would be served if nobody else came."""
        rounds: dict[str, int] = {}
        keys: dict[_Waiting, tuple[int, int]] = {}
        for each in self._waiting:
            nth = rounds[each.caller] = rounds.get(each.caller, -1) + 1
            keys[each] = (nth, self._served.get(each.caller, 0))
        return sorted(self._waiting, key=keys.__getitem__)  # stable: ties by arrival

    def _place_of(self, mine: _Waiting) -> int:
        return self._order().index(mine) + 1


class Queues:
    """A queue for each local model, made when first used.

    `parallel` gives for a model's id how many calls its server works on at once (Ollama's
    OLLAMA_NUM_PARALLEL, which is 1 unless set; llama.cpp's `--parallel`).
    """

    def __init__(self, parallel: Callable[[str], int]) -> None:
        self._parallel = parallel
        self._queues: dict[str, FairQueue] = {}

    def of(self, model_id: str) -> FairQueue:
        if model_id not in self._queues:
            self._queues[model_id] = FairQueue(model_id, self._parallel(model_id))
        return self._queues[model_id]
