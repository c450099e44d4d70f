"""A question that is being answered is not asked again: not here, and not in another process."""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

LEASE_S = 4.0
"""How long others wait for a process that was killed while it asked."""

RENEW_S = LEASE_S / 3
MOST_WAIT_S = 120.0
"""How long one process waits for another before it asks all the same."""

FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 1.0

T = TypeVar("T")


class Leases(Protocol):
    """Says to every process who is asking. Methods may block, and never raise.

    Times are Unix milliseconds.
    """

    def lease(self, key: str, *, owner: str, now: int, until: int) -> bool:
        """Whether `owner` has the key until then. Again for the same owner: it is prolonged."""
        ...

    def release(self, key: str, *, owner: str) -> None: ...


class InFlight:
    """Lets one ask and the others wait: `once` runs work for a key.

    Whoever waited looks for the answer where the first left it. A first that failed, was
    cancelled or left nothing holds nobody up: those who waited then ask for themselves, at once.
    """

    def __init__(
        self,
        leases: Leases,
        *,
        owner: str | None = None,
        clock: Callable[[], float] = time.time,
        most_wait_s: float = MOST_WAIT_S,
    ) -> None:
        self._leases = leases
        self._owner = uuid.uuid4().hex if owner is None else owner
        self._clock = clock
        self._most_wait_s = most_wait_s
        self._here: dict[str, anyio.Event] = {}

    async def once(
        self, key: str, work: Callable[[], Awaitable[T]], *, on_wait: Callable[[], Awaitable[None]]
    ) -> T:
        """What `work` gives, begun when nobody else works on `key` any more.

        `work` must look first whether what it would ask for is there by now. `on_wait` is told
        once that there is somebody to wait for.
        """
        if (first := self._here.get(key)) is not None:
            await on_wait()
            await first.wait()
            return await work()
        self._here[key] = done = anyio.Event()
        try:
            if not await self._lead(key, on_wait):
                return await work()
            try:
                return await self._renewing(key, work)
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._release, key)
        finally:
            del self._here[key]
            done.set()

    async def _lead(self, key: str, on_wait: Callable[[], Awaitable[None]]) -> bool:
        """Whether this process has the key; False when it waited for another long enough."""
        pause = FIRST_LOOK_S
        with anyio.move_on_after(self._most_wait_s):
            while not await anyio.to_thread.run_sync(self._lease, key):
                if pause == FIRST_LOOK_S:
                    await on_wait()
                await anyio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_LOOK_S)
            return True
        return False

    async def _renewing(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Hold the lease while `work` runs, however long it takes."""
        done: list[T] = []
        failed: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._renew, key)
            try:
                done.append(await work())
            except Exception as error:  # raised below, outside the group, which would wrap it
                failed = error
            tasks.cancel_scope.cancel()
        if failed is not None:
            raise failed
        return done[0]

    async def _renew(self, key: str) -> None:
        while True:
            await anyio.sleep(RENEW_S)
            await anyio.to_thread.run_sync(self._lease, key)

    def _lease(self, key: str) -> bool:
        now = self._clock()
        until = round((now + LEASE_S) * 1000)
        return self._leases.lease(key, owner=self._owner, now=round(now * 1000), until=until)

    def _release(self, key: str) -> None:
        self._leases.release(key, owner=self._owner)
