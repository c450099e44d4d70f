"""Writes an answer beside the document it is about; nothing that is there is ever overwritten."""

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from whitelist.documents import Document
from whitelist.errors import DocumentError
from whitelist.files import locate, open_folder, shown

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_MOST = 1000
_STEM_BYTES = 200  # most file systems allow names of 255 bytes
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def can_deliver(source: Document | str, folders: Sequence[str]) -> None:
    """Whether an answer could be written beside `source`; to be asked before work is spent on it.

    Raises:
        DocumentError: the source may not be read, or its folder cannot be written in.
    """
    place = _place(source, folders)
    with _folder(place) as fd:
        target: str | Path = "." if fd is not None else place.parent
        effective = os.access in os.supports_effective_ids
        if not os.access(target, os.W_OK | os.X_OK, dir_fd=fd, effective_ids=effective):
            raise _cannot_write(place, OSError(errno.EACCES, os.strerror(errno.EACCES)))
        if fd is not None and os.fstatvfs(fd).f_bavail == 0:
            raise _cannot_write(place, OSError(errno.ENOSPC, ""))


def deliver(text: str, source: Document | str, folders: Sequence[str]) -> Path:
    """Write `text` to a new file beside `source`, for nobody but its owner; where it is.

    It is called `NAME.homeward.md`, then `NAME.homeward-2.md` and so on, and is on the disk when
    this returns. Blocks: call it from a worker thread.

    Raises:
        DocumentError: the source is in no open folder, or the file cannot be written whole.
    """
    place = _place(source, folders)
    with _folder(place) as fd:
        try:
            name, new = _created(place, fd)
            _write(new, text, name, place, fd)
            if fd is not None:
                _settle(fd)
        except OSError as error:
            raise _cannot_write(place, error) from None
    return place.with_name(name)


def _place(source: Document | str, folders: Sequence[str]) -> Path:
    return locate(str(source.path) if isinstance(source, Document) else source, folders)


@contextmanager
def _folder(place: Path) -> Iterator[int | None]:
    """A descriptor of the folder that `place` lies in; None on Windows, which has none to offer."""
    if sys.platform == "win32":
        yield None
        return
    try:
        fd = open_folder(place.parent)
    except OSError as error:
        raise _cannot_write(place, error) from None
    try:
        yield fd
    finally:
        os.close(fd)


def _created(place: Path, fd: int | None) -> tuple[str, int]:
    stem = os.fsencode(place.stem)[:_STEM_BYTES].decode("utf-8", "ignore")
    for number in range(1, _MOST):
        name = f"{stem}.homeward{'' if number == 1 else f'-{number}'}.md"
        target: str | Path = name if fd is not None else place.with_name(name)
        with suppress(FileExistsError):
            return name, os.open(target, _NEW, 0o600, dir_fd=fd)
    raise FileExistsError(errno.EEXIST, f"{_MOST - 1} answers lie there already")


def _write(new: int, text: str, name: str, place: Path, fd: int | None) -> None:
    """All of the text, or no file at all."""
    try:
        with os.fdopen(new, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(new)
    except BaseException:
        os.unlink(name if fd is not None else place.with_name(name), dir_fd=fd)
        raise


def _settle(fd: int) -> None:
    """Has the new name on the disk, too."""
    folder = os.open(".", os.O_RDONLY, dir_fd=fd)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _cannot_write(place: Path, error: OSError) -> DocumentError:
    if error.errno in _FULL:
        return DocumentError(
            f"The disk is full: no answer can be written to {shown(str(place.parent))}.",
            fix="Make room, or have the answer returned instead.",
        )
    return DocumentError(
        f"No answer can be written to {shown(str(place.parent))} ({error.strerror}).",
        fix="Make the folder writable for you, or have the answer returned instead.",
    )
