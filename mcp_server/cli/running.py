"""What every command shares: the application around a coroutine, and errors as sentences."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio
import anyio.to_thread
import typer
from rich.console import Console

from mcp_server.places import Places, places
from mcp_server.wiring import App, build
from vocabulary import HomewardError

T = TypeVar("T")


def with_app(work: Callable[[App], Awaitable[T]], where: Places | None = None) -> T:
    """Run `work` with the application; an error of ours becomes one sentence and exit status 1."""

    async def run() -> T:
        app = await anyio.to_thread.run_sync(build, where or places())
        try:
            return await work(app)
        finally:
            with anyio.CancelScope(shield=True):
                await app.aclose()

    with told():
        return anyio.run(run)


@contextmanager
def told() -> Iterator[None]:
    """Turns our errors into one sentence on standard error and exit status 1."""
    try:
        yield
    except HomewardError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as stop:
        raise typer.Exit(130) from stop
