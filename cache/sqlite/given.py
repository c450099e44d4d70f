"""Which requests were given an answer, and what their askers said of it."""

import json
from typing import Any

from cache.sqlite import rows
from cache.standing import Verdict
from cache.store import Given, Spoken

KEEP_MS = 30 * 24 * 60 * 60 * 1000
"""As long as something may still be said of an answer that a model gave."""

KEEP = 100_000
"""The newest that are known, however many are served."""

_INSERT = """
    insert or ignore into given (request_id, answer, fresh, similarity, confidence, mark, at)
    values (?, ?, ?, ?, ?, ?, ?)
"""
_PRUNE = """
    delete from given where number in (
        select number from (select number, at from given order by number limit 64)
        where at < ? or number <= ?
    )
"""
_FIND = """
    select given.answer, fresh, similarity, confidence, mark, verdict, verdicts, provider, model, (
        select request_id from given as first where first.answer = answers.id and fresh limit 1
    ) from given join answers on answers.id = given.answer where given.request_id = ?
"""
FIRST = f"""
    select request_id, scope, saved, '[]', listed.*
    from ({rows.FOUND}) as listed join answers using (id) join given on given.answer = listed.id
    where fresh and request_id in (select value from json_each(?))
"""  # noqa: S608
"""Rows of a `Listed`, each behind the request that it was given to first."""


def note(tx: Any, given: Given) -> None:
    """Only while its entry is there."""
    found = tx.execute("select 1 from answers where id = ?", (given.entry_id,)).fetchone()
    if found is not None:
        sure = given.similarity, given.confidence
        _insert(tx, (given.request_id, given.entry_id, 0, *sure, given.mark), at=given.at)


def note_first(tx: Any, entry_id: int, request_id: str, *, at: int) -> None:
    """A model gave the entry to that request."""
    _insert(tx, (request_id, entry_id, 1, 1.0, 1.0, ""), at=at)


def say(tx: Any, request_id: str, *, good: bool) -> Spoken | None:
    """Put the word among the entry's verdicts, in place of what was said of the same hit before."""
    found = tx.execute(_FIND, (request_id,)).fetchone()
    if found is None:
        return None
    entry_id, fresh, similarity, confidence, mark, before, verdicts, provider, model, first = found
    if before is None or bool(before) is not good:
        said = json.loads(verdicts)
        earlier = [similarity, confidence, not good]
        if before is not None and earlier in said:
            said.remove(earlier)
        tx.execute("update answers set verdicts = ? where id = ?", (json.dumps(said), entry_id))
        verdict = Verdict(similarity=similarity, confidence=confidence, good=good)
        tx.execute(rows.JUDGE, (entry_id, rows.as_json(verdict)))
        tx.execute("update given set verdict = ? where request_id = ?", (int(good), request_id))
    # Asking anew, in a moment, is no second word on the same hit.
    tx.execute("delete from leases where key = ?", (mark,))
    return Spoken(
        entry_id=entry_id,
        provider=provider,
        model=model,
        fresh=bool(fresh),
        confidence=confidence,
        first_id=first or "",
    )


def _insert(tx: Any, values: tuple[Any, ...], *, at: int) -> None:
    tx.execute(_INSERT, (*values, at))
    tx.execute(_PRUNE, (at - KEEP_MS, tx.last_insert_rowid() - KEEP))
