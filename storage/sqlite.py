"""SQLite through apsw: one recent build everywhere, where each Python has a sqlite3 of its own."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from storage.encryption import check_key, mismatch, unlock
from storage.errors import DamagedDatabase, StorageError
from storage.migrations import Migration

BUSY_TIMEOUT_MS = 5000
Row = tuple[Any, ...]


class Database:
    """One database file, shared by the threads of this process and with other processes.

    Every method may block for up to `busy_timeout_ms` behind another process's write, so call it
    from a worker thread. `key` is the 32 bytes that the file is encrypted with, its log included;
    without it all is plain.

    Raises:
        StorageError: from every method, in words that say what to do.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        key: bytes | None = None,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> None:
        self.path = path
        self._busy_timeout_ms = busy_timeout_ms
        self._lock = threading.RLock()
        self._durable: bool | None = None  # not said yet
        if key is not None:
            check_key(key, path)
        _create_private(path)
        with _translated(path):
            self._db = apsw.Connection(str(path))
            try:
                if key is not None:
                    unlock(self._db, key)
                _prepare(self._db, busy_timeout_ms)
                _migrate(self._db, migrations)
            except BaseException as error:
                self._db.close()
                if isinstance(error, apsw.NotADBError) and (
                    told := mismatch(path, keyed=key is not None)
                ):
                    raise told from error
                raise

    @contextmanager
    def transaction(self, *, durable: bool = True, wait: bool = True) -> Iterator[apsw.Connection]:
        """Everything inside is written, or nothing is.

        Other writers wait. `durable=False` skips the wait for the disk: a killed process still
        loses nothing, a power cut may lose the last such transactions but never damages the file.
        With `wait=False` another process that writes is an error at once.
        """
        with self._lock, _translated(self.path):
            self._wait_for_disk(durable)
            self._begin_writing(wait)
            try:
                yield self._db
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def _wait_for_disk(self, durable: bool) -> None:
        if durable is not self._durable:
            self._db.pragma("synchronous", "full" if durable else "normal")
            self._durable = durable

    def _begin_writing(self, wait: bool) -> None:
        if wait:
            self._db.execute("begin immediate")
            return
        self._db.set_busy_timeout(0)
        try:
            self._db.execute("begin immediate")
        finally:
            self._db.set_busy_timeout(self._busy_timeout_ms)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All `rows` inside are of one state of the file, whatever others write meanwhile."""
        with self._lock, _translated(self.path):
            self._db.execute("begin")
            try:
                yield
            finally:
                self._db.execute("rollback")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a read, consistent with each other."""
        with self._lock, _translated(self.path):
            return list(self._db.execute(sql, tuple(values)))

    def scrub(self) -> bool:
        """Rewrite the file, so that neither it nor its log holds anything that was deleted.

        False where others were reading or writing for all of the time that was waited for: nobody
        who asks finds what was deleted, but it may lie in the bytes until this is done again.
        """
        with self._lock, _translated(self.path):
            self._wait_for_disk(True)
            try:
                # First the zeros of freed pages go into the file, then it is made shorter.
                if not self._empty_log():
                    return False
                self._db.execute("vacuum")
                return self._empty_log()
            except apsw.BusyError:
                return False

    def _empty_log(self) -> bool:
        """Whether all of it could be moved into the file, and nothing of it is left."""
        ((busy, _, _),) = self._db.execute("pragma wal_checkpoint(truncate)")
        return not busy

    def sound(self) -> bool:
        """Whether the file's pages agree. Reads all of them: seconds for a large file."""
        return self.rows("pragma quick_check(1)") == [("ok",)]

    def close(self) -> None:
        with self._lock, _translated(self.path):
            self._db.close()


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, so that nobody else may read it even for a moment.

    A file that exists is left alone: closing any descriptor of it would drop every POSIX lock
    this process holds on it (sqlite.org/howtocorrupt.html §2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(
            f"The database {path} cannot be opened: {error.strerror}.",
            fix="Make the folder writable, or set HOMEWARD_DATA_DIR to one that is.",
        ) from error


def _prepare(db: apsw.Connection, busy_timeout_ms: int) -> None:
    db.set_busy_timeout(busy_timeout_ms)
    if db.readonly("main"):  # SQLite falls back to this silently
        raise apsw.ReadOnlyError
    _enter_wal(db, time.monotonic() + busy_timeout_ms / 1000)
    db.pragma("secure_delete", True)
    db.pragma("temp_store", "memory")  # or a `vacuum` writes its copy into a folder of others


def _enter_wal(db: apsw.Connection, deadline: float) -> None:
    """A process that starts at the same moment may hold the lock; SQLite does not always wait."""
    while True:
        try:
            db.pragma("journal_mode", "wal")
            return
        except apsw.BusyError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)


def _migrate(db: apsw.Connection, migrations: Sequence[Migration]) -> None:
    if db.pragma("user_version") == len(migrations):
        return
    db.execute("begin immediate")  # a second process waits here, then finds the work done
    try:
        done = db.pragma("user_version")
        if done > len(migrations):
            raise StorageError(
                f"The database was written by a newer Homeward (schema {done}, "
                f"this one knows {len(migrations)}).",
                fix="Upgrade Homeward.",
            )
        for number, step in enumerate(migrations[done:], start=done + 1):
            step(db)
            db.pragma("user_version", number)
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _in_words(error, path) from error


def _lacks_something(error: apsw.Error) -> bool:
    """Whether a table or column is not there that the migrations made."""
    return isinstance(error, apsw.SQLError) and str(error).startswith(
        ("no such table", "no such column")
    )


_WORDS: tuple[tuple[type[apsw.Error], str, str], ...] = (
    (apsw.BusyError, "is locked by another program", "Close what holds it, then try again."),
    (apsw.LockedError, "is locked by another program", "Close what holds it, then try again."),
    (apsw.FullError, "cannot grow: the disk is full", "Free some space; nothing was lost."),
    (
        apsw.ReadOnlyError,
        "is read-only",
        "Make the file and its folder writable, or set HOMEWARD_DATA_DIR.",
    ),
    (apsw.CantOpenError, "cannot be opened", "Check that its folder exists and is writable."),
    (apsw.PermissionsError, "cannot be opened", "Check who owns the file."),
    (apsw.IOError, "cannot be read or written", "Check the disk, and whether it is full."),
)


def _in_words(error: apsw.Error, path: Path) -> StorageError:
    if isinstance(error, apsw.CorruptError | apsw.NotADBError) or _lacks_something(error):
        return DamagedDatabase(
            f"The database {path} is damaged.",
            fix="Move it aside (Homeward makes a new one) and restore a backup if you have one.",
        )
    for kind, what, fix in _WORDS:
        if isinstance(error, kind):
            return StorageError(f"The database {path} {what}.", fix=fix)
    return StorageError(
        f"The database {path} failed: {type(error).__name__}.",
        fix="Run `homeward doctor`; please report this if it stays.",
    )
