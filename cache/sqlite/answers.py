"""Answers in one SQLite file, their vectors beside them through sqlite-vec."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from cache.sqlite.forgetting import erase_asides
from cache.sqlite.rows import EXACT, INSERT, NEAREST, as_found, as_row
from cache.sqlite.vectors import bury, of_size
from cache.store import Contents, Entry, Found, Vector
from storage import Database, StorageError
from storage.erasing import erase
from storage.errors import DamagedDatabase, ExtensionMissing, KeyMismatch
from storage.migrations import CACHE
from storage.vectors import vector_extension

T = TypeVar("T")

SWEEP = 32
"""Expired entries removed with each new one: enough to keep up, too few to be felt."""

# vec0 keeps a chunk per partition whole on disk, filled or not: at its default of 1,024 vectors a
# scope with one answer takes 1.6 MB, at 8 it takes 13 kB, for a search a quarter slower at 10,000.
_VECTORS = """
    create virtual table if not exists vectors using vec0(
        scope text partition key, space text partition key, expires integer,
        vector float[DIMENSIONS] distance_metric=cosine, chunk_size=8
    )
"""


class SqliteAnswers:
    """The Store of one machine. The file is opened when it is first needed.

    A damaged file is moved aside and a new one begun; one that the key does not fit is erased;
    where sqlite-vec cannot be loaded, only exact repeats are found. `notice` says so.

    `key` gives the 32 bytes that encrypt the file, asked for at each opening; nothing is ever kept
    in plain text then, and `instead_of` names the plain file that is erased. `extension` gives the
    path of sqlite-vec, or None where there is none. `clock` gives Unix seconds, for the name of a
    file moved aside.

    Raises:
        StorageError: from every method but the constructor.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: Callable[[], bytes] | None = None,
        instead_of: Path | None = None,
        extension: Callable[[], str | None] = vector_extension,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key, self._instead_of = key, instead_of
        self._path, self._extension_of, self._clock = path, extension, clock
        self._extension: str | None = None
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._inode = 0
        self._notices: list[str] = []

    @property
    def encrypted(self) -> bool:
        return self._key is not None

    @property
    def notice(self) -> str | None:
        return " ".join(self._notices) or None

    def exact(self, key: str, *, now: int) -> Found | None:
        rows = self._run(lambda db: db.rows(EXACT, (key, now)))
        return as_found(rows[0]) if rows else None

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> Sequence[Found]:
        """By exhaustive search inside the scope's own partition, so none is ever overlooked."""
        values = (scope, vector.space, now, vector.values, k)

        def search(db: Database) -> list[Found]:
            if self._extension is None or not _has_vectors(db, vector.dimensions):
                return []
            return [as_found(row) for row in db.rows(of_size(vector.dimensions, NEAREST), values)]

        return self._run(search)

    def put(self, entry: Entry) -> None:
        """Answer and vector in one transaction; a power cut may lose the last few, whole."""
        self._run(lambda db: self._put(db, entry))

    def forget(self, entry_id: int) -> bool:
        return bool(self._delete("delete from answers where id = ?", (entry_id,)))

    def clear(self, scope: str | None = None) -> int:
        return self._delete("delete from answers where ?1 is null or scope = ?1", (scope,))

    def contents(self) -> Contents:
        rows = self._run(
            lambda db: db.rows(
                "select count(*), count(dimensions), (select page_count from pragma_page_count)"
                " * (select page_size from pragma_page_size) from answers"
            )
        )
        entries, vectors, size = rows[0]
        return Contents(entries=entries, vectors=vectors, bytes=size)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _put(self, db: Database, entry: Entry) -> None:
        vector = entry.vector if self._extension is not None else None
        size = None if vector is None else vector.dimensions
        with db.transaction(durable=False) as tx:
            tx.execute("delete from answers where key = ?", (entry.key,))
            tx.execute(
                "delete from answers where id in"
                " (select id from answers where expires <= ? limit ?)",
                (entry.created, SWEEP),
            )
            tx.execute(INSERT, as_row(entry, size))
            if vector is not None and size is not None:
                number = tx.last_insert_rowid()
                tx.execute(of_size(size, _VECTORS))
                tx.execute(
                    of_size(
                        size,
                        "insert into vectors (rowid, scope, space, expires, vector)"
                        " values (?, ?, ?, ?, ?)",
                    ),
                    (number, entry.scope, vector.space, entry.expires, vector.values),
                )
            if self._extension is not None:
                bury(tx)

    def _delete(self, sql: str, values: Sequence[Any]) -> int:
        def delete(db: Database) -> int:
            with db.transaction() as tx:
                tx.execute(sql, tuple(values))
                gone = tx.changes()
                if self._extension is not None:
                    bury(tx)
            # Freed pages are zeroed (secure_delete); what the log still holds goes with it.
            db.rows("pragma wal_checkpoint(truncate)")
            return gone

        return self._run(delete)

    def _run(self, work: Callable[[Database], T]) -> T:
        with self._lock:
            try:
                return work(self._open())
            except DamagedDatabase:
                self._set_aside()
                return work(self._open())

    def _open(self) -> Database:
        if self._db is not None and _inode(self._path) != self._inode:
            self.close()  # the file was erased: what SQLite still holds of it must not be served
        if self._db is None:
            if self._instead_of is not None:
                erase(self._instead_of)
                erase_asides(self._instead_of)
            key = None if self._key is None else self._key()
            self._inode = _inode(self._path)
            try:
                self._db = self._connect(key)
            except KeyMismatch:
                self._give_up()
                self._db = self._connect(key)
            self._inode = self._inode or _inode(self._path)
        return self._db

    def _connect(self, key: bytes | None) -> Database:
        self._extension = self._extension_of()
        try:
            db = Database(self._path, CACHE, extension=self._extension, key=key)
        except ExtensionMissing:
            self._extension = None
            db = Database(self._path, CACHE, key=key)
        if self._extension is None and not self._notices:
            self._notices.append(
                "Only exact repeats come from the cache, because sqlite-vec cannot be loaded. "
                "Install it again, in a build for this machine."
            )
        return db

    def _give_up(self) -> None:
        if _inode(self._path) != self._inode:
            return  # another process has done it
        erase(self._path)
        self._inode = 0
        self._notices.append(
            "The remembered answers could not be read with the key there is now; they were erased "
            "and a new cache was begun."
        )

    def _set_aside(self) -> None:
        with suppress(StorageError):
            self.close()
        self._db = None
        if _inode(self._path) != self._inode:
            return  # another process has done it
        aside = f"{self._path}.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(self._clock()))}"
        # The log goes first: a new file must never meet an old log.
        for end in ("-wal", "-shm", ""):
            with suppress(OSError):
                os.replace(f"{self._path}{end}", f"{aside}{end}")
        self._notices.append(
            f"The cache was damaged and has been moved to {aside}; a new one was begun. "
            "Nothing but remembered answers was in it: delete it when you like."
        )


def _has_vectors(db: Database, dimensions: int) -> bool:
    return bool(
        db.rows("select 1 from sqlite_schema where name = ?", (of_size(dimensions, "vectors"),))
    )


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
