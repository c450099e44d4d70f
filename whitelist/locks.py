"""An advisory lock between processes, held on a file of its own and let go when its holder dies."""

import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


_PAUSE_SECONDS = 0.005
PATIENCE_SECONDS = 5.0

_here: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""Threads of this process wait for each other here, without looking again and again."""


@contextmanager
def locked(path: Path, *, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Only one holder at a time, over all threads and processes that use the same `path`.

    Blocks for up to `patience` seconds, so call it from a worker thread.

    Raises:
        TimeoutError: another process holds it for longer than that.
        OSError: the lock file cannot be made.
    """
    end = time.monotonic() + patience
    with _alone_here(path, patience):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            _wait(fd, path, end)
            yield
        finally:
            os.close(fd)  # closing lets go of the lock


@contextmanager
def _alone_here(path: Path, patience: float) -> Iterator[None]:
    lock = _here[str(path)]
    if not lock.acquire(timeout=patience):
        raise TimeoutError(f"{path} is locked by another thread")
    try:
        yield
    finally:
        lock.release()


def _wait(fd: int, path: Path, end: float) -> None:
    while True:
        try:
            _take(fd)
            return
        except OSError:
            if time.monotonic() >= end:
                raise TimeoutError(f"{path} is locked by another process") from None
        threading.Event().wait(_PAUSE_SECONDS)
