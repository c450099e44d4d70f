"""A host's file on the disk: read with care, replaced whole, with a copy of what was there."""

import os
import stat
from datetime import datetime
from itertools import count
from pathlib import Path

from vocabulary import HomewardError

LARGEST = 50_000_000
"""Bytes. Claude Code keeps its history in the same file, which may be some megabytes long."""


class HostFileError(HomewardError):
    """A host's file cannot be read or written safely; it was left as it is."""


def read(path: Path) -> bytes | None:
    """What the file holds, None where there is none.

    Raises:
        HostFileError: it is a link, no file, read-only or too large, or cannot be read.
    """
    try:
        if path.is_symlink():
            raise HostFileError(
                f"{path} is a link to {path.readlink()}, which something else looks after.",
                fix="Put the entry into that file yourself.",
            )
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise HostFileError(f"{path} is no file that a host would have made.")
        if not about.st_mode & 0o222:
            raise HostFileError(
                f"{path} is read-only, as somebody wished.",
                fix="Make it writable, or put the entry into it yourself.",
            )
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _failed(path, "read", error) from error


def write(path: Path, *, before: bytes | None, after: bytes | None, now: datetime) -> Path | None:
    """Put `after` in the place of `before`; the copy of it, None where there was no file.

    Raises:
        HostFileError: the file no longer holds `before`, or cannot be written.
    """
    copy = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            copy = _copied(path, before, now)
        if read(path) != before:
            if copy is not None:
                copy.unlink()
            raise HostFileError(
                f"{path} was changed meanwhile; nothing was written.", fix="Run the command again."
            )
        if after is None:
            path.unlink(missing_ok=True)
        else:
            _replace(path, after)
    except OSError as error:
        raise _failed(path, "written", error) from error
    return copy


def copies(path: Path) -> list[Path]:
    """The copies that were made of the file, the oldest first."""
    start = f"{path.name}.homeward-"
    try:
        found = [
            (each.lstat().st_mtime_ns, each)
            for each in path.parent.iterdir()
            if each.name.startswith(start) and each.suffix == ".bak" and not each.is_symlink()
        ]
    except OSError:
        return []
    return [each for _, each in sorted(found)]


def read_copy(path: Path) -> bytes:
    """What a copy holds; nothing where it cannot be read."""
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return b""


def _copied(path: Path, data: bytes, now: datetime) -> Path:
    """A new file beside it, for this person alone: the host's file may hold keys."""
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        copy = path.with_name(f"{path.name}.homeward-{now:%Y%m%d-%H%M%S}{again}.bak")
        try:
            _new_file(copy, data)
        except FileExistsError:
            continue
        return copy
    raise AssertionError(path)


def _replace(path: Path, data: bytes) -> None:
    """Through a file beside it, so that no host ever reads half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _new_file(beside, data)
        if path.exists():
            about = path.stat()
            if os.name == "posix" and (about.st_uid, about.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(beside, about.st_uid, about.st_gid)  # root sets up somebody's host
            beside.chmod(stat.S_IMODE(about.st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _new_file(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _failed(path: Path, done: str, error: OSError) -> HostFileError:
    return HostFileError(
        f"{path} cannot be {done}: {error.strerror}.",
        fix="Check the disk, the folder and its rights.",
    )
