"""What a serving process holds: its desk, made on first use, and its background work."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from vocabulary import HomewardError

if TYPE_CHECKING:
    from mcp_server.desk import Desk


class Service:
    """Hands out the desk. Making it waits for the first need, so that a host's handshake does
    not; a failure (a damaged homeward.toml, say) is told to each caller and tried again.

    `origin` tells the door that a request came through (`Request.origin`), asked while it is here.
    """

    def __init__(
        self, make: Callable[[TaskGroup], "Desk"], tasks: TaskGroup, *, origin: Callable[[], str]
    ) -> None:
        self._origin = origin
        self._make = make
        self._tasks = tasks
        self._making = anyio.Lock()
        self._desk: Desk | None = None

    @property
    def origin(self) -> str:
        return self._origin()

    async def ready(self) -> "Desk":
        """The desk.

        Raises:
            HomewardError: it cannot be made; the sentence says what to mend.
        """
        async with self._making:
            if self._desk is None:
                self._desk = await anyio.to_thread.run_sync(self._make, self._tasks)
                self._desk.app.warm()
                self._tasks.start_soon(self._desk.app.load_local_models)
        return self._desk

    def prepare(self) -> None:
        """Make the desk in the background, so that the first call finds everything ready."""
        if self._desk is None:
            self._tasks.start_soon(self._prepare)

    async def _prepare(self) -> None:
        with suppress(HomewardError):  # the first call will be told
            await self.ready()

    async def aclose(self) -> None:
        """Close what is open, once nothing works with it any more."""
        if self._desk is not None:
            with anyio.CancelScope(shield=True):
                await self._desk.app.aclose()


@asynccontextmanager
async def serving(
    make: Callable[[TaskGroup], "Desk"],
    *,
    origin: Callable[[], str],
    on_closing: Callable[[], None],
) -> AsyncIterator[Service]:
    """A service whose background work ends with it. `on_closing` is told when the end begins."""
    async with AsyncExitStack() as after_the_work, anyio.create_task_group() as tasks:
        service = Service(make, tasks, origin=origin)
        after_the_work.push_async_callback(service.aclose)
        try:
            yield service
        finally:
            on_closing()
            tasks.cancel_scope.cancel()
