"""Erases the words that this room keeps: why something was proposed, and what was asked about."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storage import Database

Chosen = Callable[[int, Sequence[str]], bool]
"""Whether what was made then (Unix milliseconds), and has these texts, is to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many reasons of proposals, and how many questions with what was answered to them."""

    reasons: int
    questions: int


def forget(database: Database, chosen: Chosen, *, dry_run: bool = False) -> Forgotten:
    """Blank the chosen reasons; delete the chosen questions and the grants they led to.

    A proposal stays, for its entry says nothing of the person, and goes on waiting. The texts of a
    question are its masked samples and the names of its documents. `dry_run` only counts.

    Raises:
        StorageError: the database cannot be read or written.
    """
    with database.transaction() as db:
        proposals = database.rows("select id, created, reason from proposals where reason <> ''")
        reasons = [(key,) for key, created, reason in proposals if chosen(created, (reason,))]
        asks = database.rows("select id, created, samples, documents from asks")
        questions = [
            (key,)
            for key, created, samples, documents in asks
            if chosen(created, (*json.loads(samples), *json.loads(documents)))
        ]
        if not dry_run:
            db.executemany("update proposals set reason = '' where id = ?", reasons)
            db.executemany("delete from grants where ask_id = ?", questions)
            db.executemany("delete from asks where id = ?", questions)
    return Forgotten(reasons=len(reasons), questions=len(questions))
