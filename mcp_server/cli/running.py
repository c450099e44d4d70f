"""What every command shares: the application around a coroutine, and errors as sentences."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
import typer
from rich.console import Console

from mcp_server.places import places
from switchboard.limits import BUDGET_LOG
from vocabulary import HomewardError

if TYPE_CHECKING:  # half a second of imports, which many commands do without
    from mcp_server.wiring import App

T = TypeVar("T")


def with_app(work: "Callable[[App], Awaitable[T]]") -> T:
    """Run `work` with the application; an error of ours becomes one sentence and exit status 1."""
    # What an answer tells of the budget need not stand above it as well.
    logging.getLogger(BUDGET_LOG).addHandler(logging.NullHandler())
    logging.getLogger(BUDGET_LOG).propagate = False
    with told():
        return anyio.run(run, work)


async def run(work: "Callable[[App], Awaitable[T]]") -> T:
    """Run `work` with the application, which is closed after it, come what may."""
    from mcp_server.wiring import build

    app = await anyio.to_thread.run_sync(build, places())
    try:
        return await work(app)
    finally:
        with anyio.CancelScope(shield=True):
            await app.aclose()


def screen() -> Console:
    """Standard output, as wide as the terminal is now."""
    return Console(highlight=False)


@contextmanager
def told() -> Iterator[None]:
    """Turns our errors into one sentence on standard error and exit status 1."""
    try:
        yield
    except HomewardError as error:
        # Not wrapped here: a command inside the sentence must survive being copied.
        say = Console(stderr=True, highlight=False).print
        say(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as stop:
        raise typer.Exit(130) from stop
