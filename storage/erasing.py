"""Removes a database file so that its bytes do not stay behind."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from storage.errors import StorageError

_CHUNK = bytes(1 << 20)


def database_files(path: Path) -> Iterator[Path]:
    """A database and what SQLite keeps beside it; the log first, for a file without its log is
    only older, while a new file must never meet an old log.
    """
    for end in ("-wal", "-journal", "-shm", ""):
        yield path.with_name(path.name + end)


def erase(path: Path) -> None:
    """Overwrite a database and its log with zeros, and remove them; nothing where there is none.

    For files that cannot be searched or are not wanted any more. Nobody in this process may have
    it open; another process that has finds a damaged file. What a disk, a snapshot or a backup
    keeps by itself is out of reach.

    Raises:
        StorageError: it could not be overwritten or removed.
    """
    try:
        for file in database_files(path):
            _erase(file)
    except OSError as error:
        raise StorageError(
            f"The database {path} cannot be erased: {error.strerror}.",
            fix="Close what holds it, check who owns it, then try again.",
        ) from error


def _erase(file: Path) -> None:
    if file.is_dir():
        return  # it was in the file's way, and holds nothing of it
    with suppress(FileNotFoundError):
        # The index of the log holds no text, and processes that have it mapped must keep its size.
        if not file.name.endswith("-shm"):
            _overwrite(file)
        file.unlink()


def _overwrite(file: Path) -> None:
    with file.open("r+b", buffering=0) as opened:
        left = os.fstat(opened.fileno()).st_size
        while left > 0:
            left -= opened.write(_CHUNK[:left])
        os.fsync(opened.fileno())
