"""Keeps the answers' file usable: opens it when first needed, and begins anew what is spoilt."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from cache.sqlite.forgetting import erase_asides
from storage import Database, StorageError
from storage.erasing import database_files, erase
from storage.errors import DamagedDatabase, KeyMismatch
from storage.migrations import CACHE

T = TypeVar("T")

PAGES_KIB = 8192
"""What SQLite may hold of the file in memory: enough for the candidates of a search."""


class AnswersFile:
    """One file, shared by threads. For the arguments see SqliteAnswers.

    Raises:
        StorageError: from `run` and `close`.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: Callable[[], bytes] | None,
        instead_of: Path | None,
        busy_timeout_ms: int,
        clock: Callable[[], float],
    ) -> None:
        self.path, self._lock = path, threading.RLock()
        self._key, self._instead_of = key, instead_of
        self._busy_timeout_ms, self._clock = busy_timeout_ms, clock
        self._db: Database | None = None
        self._inode = 0
        self._notices: list[str] = []

    @property
    def notice(self) -> str | None:
        return " ".join(self._notices) or None

    def run(self, work: Callable[[Database], T]) -> T:
        """What `work` gives; once more, on a new file, where the old one proves damaged."""
        with self._lock:
            try:
                return work(self._open())
            except DamagedDatabase:
                self._set_aside()
                return work(self._open())

    def attempt(self, work: Callable[[Database], None]) -> None:
        """Run `work` if that is possible at once; no matter if it is not, or if it fails."""
        if self._lock.acquire(blocking=False):
            try:
                with suppress(StorageError):
                    if self._db is not None and _inode(self.path) == self._inode:
                        work(self._db)
            finally:
                self._lock.release()

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def sizes(self) -> dict[str, int]:
        """Bytes on the disk, by the name of each file there is."""
        found = {}
        for file in database_files(self.path):
            with suppress(FileNotFoundError):
                found[file.name] = file.stat().st_size
        return found

    def _open(self) -> Database:
        if self._db is not None and _inode(self.path) != self._inode:
            self.close()  # the file was erased: what SQLite still holds of it must not be served
        if self._db is None:
            if self._instead_of is not None:
                erase(self._instead_of)
                erase_asides(self._instead_of)
            key = None if self._key is None else self._key()
            self._inode = _inode(self.path)
            try:
                self._db = self._connect(key)
            except KeyMismatch:
                self._give_up()
                self._db = self._connect(key)
            self._inode = self._inode or _inode(self.path)
        return self._db

    def _connect(self, key: bytes | None) -> Database:
        try:
            db = Database(self.path, CACHE, key=key, busy_timeout_ms=self._busy_timeout_ms)
            db.rows(f"pragma cache_size = -{PAGES_KIB}")
            return db
        except StorageError as error:
            if any(file.is_dir() for file in database_files(self.path)):
                raise DamagedDatabase(f"There is a folder in the place of {self.path}.") from error
            raise

    def _give_up(self) -> None:
        if _inode(self.path) != self._inode:
            return  # another process has done it
        erase(self.path)
        self._inode = 0
        self._notices.append(
            "The remembered answers could not be read with the key there is now; they were erased "
            "and a new cache was begun."
        )

    def _set_aside(self) -> None:
        with suppress(StorageError):
            self.close()
        self._db = None
        if _inode(self.path) != self._inode:
            return  # another process has done it
        aside = f"{self.path}.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(self._clock()))}"
        # The log goes first: a new file must never meet an old log.
        for end in ("-wal", "-shm", ""):
            with suppress(OSError):
                os.replace(f"{self.path}{end}", f"{aside}{end}")
        self._notices.append(
            f"The cache was damaged and has been moved to {aside}; a new one was begun. "
            "Nothing but remembered answers was in it: delete it when you like."
        )


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
