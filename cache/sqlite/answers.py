"""Answers in one SQLite file, their vectors beside them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cache.sqlite import eviction, given, hits, rows, vectors
from cache.sqlite.file import AnswersFile
from cache.standing import Verdict
from cache.store import Contents, Entry, Found, Given, Limits, Listed, Spoken, Vector
from storage import Database
from storage.sqlite import BUSY_TIMEOUT_MS
from vocabulary import Money


class SqliteAnswers:
    """The Store of one machine. The file is opened when it is first needed.

    A damaged file is moved aside and a new one begun; one that the key does not fit is erased.
    `notice` says so.

    `key` gives the 32 bytes that encrypt the file, asked for at each opening; nothing is ever kept
    in plain text then, and `instead_of` names the plain file that is erased. `limits` are kept to
    as new answers come. `clock` gives Unix seconds, for what is told about the file.

    Raises:
        StorageError: from every method but the constructor and `count`.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: Callable[[], bytes] | None = None,
        instead_of: Path | None = None,
        limits: Limits | None = None,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.encrypted = key is not None
        self._limits, self._clock = limits or Limits(), clock
        self._file = AnswersFile(
            path, key=key, instead_of=instead_of, busy_timeout_ms=busy_timeout_ms, clock=clock
        )
        self._hits = hits.Hits()
        self._neighbours: vectors.Neighbours | None = None

    @property
    def notice(self) -> str | None:
        return self._file.notice

    def exact(self, key: str, *, now: int) -> Found | None:
        return self._one(rows.EXACT, key, now)

    def read(self, reading: str, *, now: int) -> Found | None:
        return self._one(rows.READ, reading, now)

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> Sequence[Found]:
        """The scope narrows first, so none of its own is ever overlooked for others'."""

        def search(db: Database) -> list[Found]:
            with db.snapshot():
                near = self._near(db).nearest(scope, vector, k=k, now=now)
                return rows.as_near(db.rows(rows.NEAR, (json.dumps(list(near)), now)), near)

        return self._file.run(search)

    def warm(self, space: str) -> bool:
        """A step of some ten milliseconds; others look things up in between."""

        def warm(db: Database) -> bool:
            with db.snapshot():
                return self._near(db).warm(space)

        return self._file.run(warm)

    def put(self, entry: Entry) -> None:
        """Answer and vector in one transaction; a power cut may lose the last few, whole."""

        def put(db: Database) -> None:
            with self._writing(db) as tx:
                tx.execute("delete from answers where key = ?", (entry.key,))
                eviction.sweep(tx, entry.created)
                tx.execute(rows.INSERT, rows.as_row(entry))
                number = tx.last_insert_rowid()
                if entry.vector is not None:
                    vectors.place(tx, number, entry.scope, entry.expires, entry.vector)
                if entry.request_id:
                    given.note_first(tx, number, entry.request_id, at=entry.created)
                eviction.make_room(tx, self._limits, spared=number, now=entry.created)

        self._file.run(put)

    def count(self, entry_id: int, *, saved: Money) -> None:
        self._hits.add(entry_id, saved)
        self._write_hits()

    def judge(self, entry_id: int, verdict: Verdict) -> bool:
        def judge(db: Database) -> bool:
            with self._writing(db) as tx:
                tx.execute(rows.JUDGE, (entry_id, rows.as_json(verdict)))
                return bool(tx.changes())

        return self._file.run(judge)

    def give(self, given_to: Given) -> None:
        def give(db: Database) -> None:
            with self._writing(db) as tx:
                given.note(tx, given_to)

        self._file.run(give)

    def say(self, request_id: str, *, good: bool) -> Spoken | None:
        def say(db: Database) -> Spoken | None:
            with self._writing(db) as tx:
                return given.say(tx, request_id, good=good)

        return self._file.run(say)

    def given_first(self, request_ids: Sequence[str]) -> Mapping[str, Listed]:
        """At most some thousands at once."""

        def look(db: Database) -> dict[str, Listed]:
            found = db.rows(given.FIRST, (json.dumps(list(request_ids)),))
            return {row[0]: rows.as_listed(row[1:]) for row in found}

        return self._file.run(look)

    def forget(self, entry_id: int) -> bool:
        def forget(db: Database) -> bool:
            with db.transaction() as tx:
                tx.execute("delete from answers where id = ?", (entry_id,))
                gone = bool(tx.changes())
            # Freed pages are zeroed (secure_delete); what the log still holds goes with it.
            db.rows("pragma wal_checkpoint(truncate)")
            return gone

        return self._file.run(forget)

    def clear(self, scope: str | None = None, *, model: str | None = None) -> int:
        """In steps, between which others may write; then the file is written anew."""

        def clear_some(db: Database) -> int:
            with db.transaction() as tx:
                tx.execute(rows.CLEAR, (scope, model))
                return int(tx.changes())

        gone = 0
        while step := self._file.run(clear_some):
            gone += step
        self._file.run(Database.scrub)
        return gone

    def contents(self) -> Contents:
        now = round(self._clock() * 1000)

        def contents(db: Database) -> Contents:
            with db.snapshot():
                ((entries, expired, oldest, hits, saved),) = db.rows(rows.COUNTS, (now,))
                ((used,),) = db.rows(rows.USED)
                spaces: dict[str, int] = dict(db.rows(rows.SPACES))
                return Contents(
                    entries=entries,
                    expired=expired,
                    oldest=oldest,
                    hits=hits or 0,
                    saved=Money(saved or 0),
                    vectors=sum(spaces.values()),
                    spaces=spaces,
                    bytes=used,
                    files=self._file.sizes(),
                    limits=self._limits,
                )

        self._write_hits()
        return self._file.run(contents)

    def listed(self, *, after: int = 0, limit: int) -> Sequence[Listed]:
        self._write_hits()
        return self._file.run(
            lambda db: list(map(rows.as_listed, db.rows(rows.LISTED, (after, limit))))
        )

    def unplaced(self, space: str, *, limit: int, after: int = 0) -> Sequence[tuple[int, str]]:
        return self._file.run(
            lambda db: [
                (number, question)
                for number, question in db.rows(rows.UNPLACED, (after, space, limit))
            ]
        )

    def place(self, entry_id: int, vector: Vector) -> bool:
        def place(db: Database) -> bool:
            with self._writing(db) as tx:
                sql = "select scope, expires from answers where id = ?"
                found = tx.execute(sql, (entry_id,)).fetchall()
                for scope, expires in found:
                    vectors.place(tx, entry_id, scope, expires, vector)
            return bool(found)

        return self._file.run(place)

    def lease(self, key: str, *, owner: str, now: int, until: int) -> bool:
        def lease(db: Database) -> bool:
            with db.transaction(durable=False) as tx:
                tx.execute("delete from leases where until <= ?", (now,))
                tx.execute(rows.LEASE, (key, owner, until))
                return bool(tx.changes())

        return self._file.run(lease)

    def release(self, key: str, *, owner: str) -> None:
        def release(db: Database) -> None:
            with db.transaction(durable=False) as tx:
                tx.execute("delete from leases where key = ? and owner = ?", (key, owner))

        self._file.run(release)

    def close(self) -> None:
        self._write_hits()
        self._neighbours = None
        self._file.close()

    def _near(self, db: Database) -> vectors.Neighbours:
        if self._neighbours is None or self._neighbours.db is not db:
            self._neighbours = vectors.Neighbours(db)
        return self._neighbours

    def _one(self, sql: str, name: str, now: int) -> Found | None:
        found = self._file.run(lambda db: [rows.as_found(row) for row in db.rows(sql, (name, now))])
        return found[0] if found else None

    def _write_hits(self) -> None:
        """If that is possible at once."""

        def write(db: Database) -> None:
            with self._writing(db, wait=False):
                pass

        if self._hits:
            self._file.attempt(write)

    @contextmanager
    def _writing(self, db: Database, *, wait: bool = True) -> Iterator[Any]:
        """A transaction that also brings the hits into the file."""
        taken = self._hits.take()
        try:
            with db.transaction(durable=False, wait=wait) as tx:
                hits.write(tx, taken)
                yield tx
        except BaseException:
            self._hits.give_back(taken)
            raise
