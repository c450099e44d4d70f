"""The three files of the audit log (lines, count, key): private, appended to, never left half."""

import os
import secrets
import sys
from pathlib import Path
from typing import BinaryIO

from whitelist.audit_chain import Head, Line
from whitelist.errors import AuditError

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_KEY_BYTES = 32
_TAIL_BYTES = 8192
_MAX_TAIL_BYTES = 1 << 20
_NO_MAC = "-" * 64


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
                fix="Move the log and the files beside it to a safe place; a new one is begun.",
            )
        reach *= 8


def read_key(path: Path, *, make: bool) -> bytes:
    """The 32 bytes of the key, made now where there is none yet and `make` says that none is used.

    Raises:
        AuditError: it is missing or is not a key.
    """
    try:
        with open_private(path, os.O_RDONLY) as file:
            key = file.read(_KEY_BYTES + 1)
    except FileNotFoundError:
        if not make:
            raise AuditError(
                f"The audit log's key {path} is missing.",
                fix="Put it back, or move the log and the files beside it to a safe place.",
            ) from None
        return _new_key(path)
    if len(key) != _KEY_BYTES:
        raise AuditError(f"{path} is not the key of an audit log.", fix="Put the right one back.")
    return key


def _new_key(path: Path) -> bytes:
    make_folder(path.parent)
    key = secrets.token_bytes(_KEY_BYTES)
    with open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
        append(file, 0, key)
    return key


def read_head(path: Path) -> Head | None:
    """The count as it stands there, genuine or not; None where there is no file."""
    try:
        with open_private(path, os.O_RDONLY) as file:
            count, mac, seal = file.read(256).decode("ascii").split(" ")
            return Head(count=int(count), mac="" if mac == _NO_MAC else mac, seal=seal.strip())
    except FileNotFoundError:
        return None
    except ValueError:
        return Head(count=0, mac="", seal="")


def write_head(path: Path, head: Head) -> None:
    """Written over the old one in a single write of fixed length, so that no kill can halve it.

    It needs no wait for the disk: a count that lags behind the log is no fault.
    """
    with open_private(path, os.O_RDWR | os.O_CREAT) as file:
        os.write(
            file.fileno(), f"{head.count:020d} {head.mac or _NO_MAC} {head.seal}\n".encode("ascii")
        )
