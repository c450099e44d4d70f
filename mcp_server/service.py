"""What a serving process holds: the application, built on first use, and its background work."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from mcp_server.wiring import App
from vocabulary import HomewardError


class Service:
    """Hands out the application. Building waits for the first need, so that a host's handshake
    does not; a failure (a damaged homeward.toml, say) is told to each caller and tried again.
    """

    def __init__(self, build: Callable[[TaskGroup], App], tasks: TaskGroup) -> None:
        self._build = build
        self._tasks = tasks
        self._building = anyio.Lock()
        self._app: App | None = None

    async def ready(self) -> App:
        """The application.

        Raises:
            HomewardError: it cannot be built; the sentence says what to mend.
        """
        async with self._building:
            if self._app is None:
                self._app = await anyio.to_thread.run_sync(self._build, self._tasks)
                self._app.warm()
        return self._app

    def prepare(self) -> None:
        """Build in the background, so that the first call finds everything ready."""
        if self._app is None:
            self._tasks.start_soon(self._prepare)

    async def _prepare(self) -> None:
        with suppress(HomewardError):  # the first call will be told
            await self.ready()

    async def aclose(self) -> None:
        if self._app is not None:
            await self._app.aclose()


@asynccontextmanager
async def serving(
    build: Callable[[TaskGroup], App], *, on_closing: Callable[[], None]
) -> AsyncIterator[Service]:
    """A service whose background work ends with it. `on_closing` is told when the end begins."""
    async with anyio.create_task_group() as tasks:
        service = Service(build, tasks)
        try:
            yield service
        finally:
            on_closing()
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await service.aclose()
