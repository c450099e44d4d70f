"""The audit log as a file: private, appended to, never left half."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from whitelist.audit_chain import Line
from whitelist.errors import AuditError

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_TAIL_BYTES = 8192
_MAX_TAIL_BYTES = 1 << 20


def open_private(path: Path, flags: int) -> BinaryIO:
    """The file, readable and writable by nobody but its owner from its first moment on."""
    fd = os.open(path, flags | _SAFE, 0o600)
    if sys.platform != "win32":
        os.fchmod(fd, 0o600)
    return os.fdopen(fd, "rb")


def make_folder(path: Path) -> None:
    """The folder, for nobody but its owner."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)


def append(log: BinaryIO, size: int, content: bytes) -> None:
    """All of `content` after byte `size`, on the disk when this returns; else none of it."""
    fd = log.fileno()
    try:
        os.lseek(fd, size, os.SEEK_SET)
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)
        raise


def last_line(log: BinaryIO, size: int) -> tuple[Line | None, bytes]:
    """The last whole line of the first `size` bytes, and whatever stands after it.

    Raises:
        AuditError: there is none within a megabyte of the end.
    """
    reach = _TAIL_BYTES
    while True:
        start = max(0, size - reach)
        log.seek(start)
        raw = log.read(size - start).split(b"\n")
        for index in range(len(raw) - 1, -1 if start == 0 else 0, -1):
            line = Line.parse(raw[index])
            if line is not None:
                return line, b"\n".join(raw[index + 1 :])
        if start == 0:
            return None, b"\n".join(raw)
        if reach >= _MAX_TAIL_BYTES:
            raise AuditError(
                "The end of the audit log is damaged.",
                fix="`homeward audit restart` sets it aside and begins a new one.",
            )
        reach *= 8
