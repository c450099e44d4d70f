"""Answers in one SQLite file, their vectors beside them through sqlite-vec."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from cache.store import Contents, Entry, Found, Stored, Vector
from storage import Database, StorageError
from storage.errors import DamagedDatabase, ExtensionMissing
from storage.migrations import CACHE
from storage.vectors import vector_extension
from vocabulary import Money, Usage

T = TypeVar("T")

SWEEP = 32
"""Expired entries removed with each new one: enough to keep up, too few to be felt."""

_EXACT = """
    select id, question, created, null, provider, model, local, cost, input_tokens, output_tokens,
        cached_tokens, cache_write_tokens, reasoning_tokens, answer
    from answers where key = ? and expires > ?
"""
_NEAREST = """
    with near as materialized (
        select rowid as id, distance from vectors
        where scope = ? and space = ? and expires > ? and vector match ? and k = ?
    )
    select id, question, created, distance, provider, model, local, cost, input_tokens,
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, answer
    from near join answers using (id) order by distance, id
"""
_INSERT = """
    insert into answers (key, scope, dimensions, created, expires, question, provider, model,
        local, cost, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, answer)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
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

    A damaged file is moved aside and a new one begun; where sqlite-vec cannot be loaded, only
    exact repeats are found. `notice` says so. `extension` gives the path of sqlite-vec, or None
    where there is none. `clock` gives Unix seconds, for the name of a file moved aside.

    Raises:
        StorageError: from every method but the constructor.
    """

    def __init__(
        self,
        path: Path,
        *,
        extension: Callable[[], str | None] = vector_extension,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._extension_of, self._clock = path, extension, clock
        self._extension: str | None = None
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._inode = 0
        self._notices: list[str] = []

    @property
    def notice(self) -> str | None:
        return " ".join(self._notices) or None

    def exact(self, key: str, *, now: int) -> Found | None:
        rows = self._run(lambda db: db.rows(_EXACT, (key, now)))
        return _found(rows[0]) if rows else None

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> Sequence[Found]:
        """By exhaustive search inside the scope's own partition, so none is ever overlooked."""
        values = (scope, vector.space, now, vector.values, k)

        def search(db: Database) -> list[Found]:
            if self._extension is None or not _has_vectors(db, vector.dimensions):
                return []
            return [_found(row) for row in db.rows(_of(vector.dimensions, _NEAREST), values)]

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
            tx.execute(_INSERT, _row(entry, size))
            if vector is not None and size is not None:
                number = tx.last_insert_rowid()
                tx.execute(_of(size, _VECTORS))
                tx.execute(
                    _of(
                        size,
                        "insert into vectors (rowid, scope, space, expires, vector)"
                        " values (?, ?, ?, ?, ?)",
                    ),
                    (number, entry.scope, vector.space, entry.expires, vector.values),
                )
            self._bury(tx)

    def _delete(self, sql: str, values: Sequence[Any]) -> int:
        def delete(db: Database) -> int:
            with db.transaction() as tx:
                tx.execute(sql, tuple(values))
                gone = tx.changes()
                self._bury(tx)
            # Freed pages are zeroed (secure_delete); what the log still holds goes with it.
            db.rows("pragma wal_checkpoint(truncate)")
            return gone

        return self._run(delete)

    def _bury(self, tx: Any) -> None:
        """Remove the vectors whose answers are gone, also those gone while we had no sqlite-vec."""
        if self._extension is None:
            return
        for number, size in tx.execute("select id, dimensions from orphans").fetchall():
            tx.execute(_of(size, "delete from vectors where rowid = ?"), (number,))
            tx.execute("delete from orphans where id = ?", (number,))

    def _run(self, work: Callable[[Database], T]) -> T:
        with self._lock:
            try:
                return work(self._open())
            except DamagedDatabase:
                self._set_aside()
                return work(self._open())

    def _open(self) -> Database:
        if self._db is None:
            self._inode = _inode(self._path)
            self._extension = self._extension_of()
            try:
                self._db = Database(self._path, CACHE, extension=self._extension)
            except ExtensionMissing:
                self._extension = None
                self._db = Database(self._path, CACHE)
            if self._extension is None and not self._notices:
                self._notices.append(
                    "Only exact repeats come from the cache, because sqlite-vec cannot be loaded. "
                    "Install it again, in a build for this machine."
                )
            self._inode = self._inode or _inode(self._path)
        return self._db

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


def _of(dimensions: int, sql: str) -> str:
    """The statement for vectors of this size: `vectors` becomes `vectors_384`."""
    return sql.replace("vectors", f"vectors_{dimensions:d}").replace("DIMENSIONS", str(dimensions))


def _has_vectors(db: Database, dimensions: int) -> bool:
    return bool(
        db.rows("select 1 from sqlite_schema where name = ?", (_of(dimensions, "vectors"),))
    )


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _row(entry: Entry, size: int | None) -> tuple[Any, ...]:
    answer, usage = entry.answer, entry.answer.usage
    return (
        *(entry.key, entry.scope, size, entry.created, entry.expires, entry.question),
        *(answer.provider, answer.model, int(answer.local), answer.cost),
        *(usage.input_tokens, usage.output_tokens, usage.cached_tokens),
        *(usage.cache_write_tokens, usage.reasoning_tokens, answer.text),
    )


def _found(row: tuple[Any, ...]) -> Found:
    number, question, created, distance, provider, model, local, cost, *tokens, text = row
    names = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens")
    usage = Usage(**dict(zip((*names, "reasoning_tokens"), tokens, strict=True)))
    answer = Stored(
        text=text,
        provider=provider,
        model=model,
        local=bool(local),
        finish="stop",
        usage=usage,
        cost=Money(cost),
    )
    # Rounding in float32 can put a cosine a hair above 1.
    similarity = None if distance is None else min(1.0, 1.0 - distance)
    return Found(
        id=number, question=question, answer=answer, created=created, similarity=similarity
    )
