"""Serving MCP over stdio, and ending within a second when the host is gone."""

import os
import signal
import threading
from contextlib import suppress
from types import FrameType

from mcp_server.server import create

GRACE_S = 0.7
"""How long cancelled calls may take to settle their rows before the process ends anyway."""


def serve_stdio() -> None:
    """Serve until standard input ends or SIGTERM arrives; then cancel, settle and end.

    A worker thread (a database behind a lock, an SDK that is still importing) must not hold the
    process back: what it would have written is recovered from the ledger at the next start.
    """
    signal.signal(signal.SIGTERM, _interrupted)
    # A shell starts what runs in the background deaf to interrupts; we end by one ourselves.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        create(on_closing=_end_within_grace).run("stdio")
    os._exit(0)


def _interrupted(_: int, __: FrameType | None) -> None:
    """The event loop turns an interrupt into a cancellation, which lets running calls settle."""
    _end_within_grace()
    signal.raise_signal(signal.SIGINT)


def _end_within_grace() -> None:
    timer = threading.Timer(GRACE_S, os._exit, (0,))
    timer.daemon = True
    timer.start()
