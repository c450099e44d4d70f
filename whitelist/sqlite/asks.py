"""A question to the person as a row: lists and counts are JSON."""

import json
from collections.abc import Sequence
from typing import Any

from whitelist.grants import Ask
from whitelist.plain import one_line

READ = (
    "select id, fingerprint, destination, model, task, counts, samples, forms, documents, "
    "caller, created, expires, state from asks"
)
_MANY = 20  # samples and documents that a person would still read


def insert(db: Any, ask: Ask) -> Ask:
    """Write the row inside the transaction of `db`."""
    db.execute(
        "insert into asks (id, fingerprint, destination, model, task, counts, samples, forms, "
        "documents, caller, created, expires, state) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ask.id,
            ask.fingerprint,
            ask.destination,
            ask.model,
            ask.task,
            json.dumps(ask.counts),
            json.dumps(ask.samples),
            json.dumps(ask.forms),
            json.dumps(ask.documents),
            ask.caller,
            ask.created,
            ask.expires,
            ask.state,
        ),
    )
    return ask


def ask_of(row: Sequence[Any], now: int) -> Ask:
    """The question in a row that `READ` gave; `now` in Unix milliseconds says if it expired."""
    counts, samples, forms, documents = (json.loads(text) for text in row[5:9])
    caller, created, expires, state = row[9:]
    return Ask(
        id=row[0],
        fingerprint=row[1],
        destination=row[2],
        model=row[3],
        task=row[4],
        counts=counts,
        samples=tuple(samples),
        forms=tuple(forms),
        documents=tuple(documents),
        caller=caller,
        created=created,
        expires=expires,
        state="expired" if state == "pending" and expires <= now else state,
    )


def shown(texts: Sequence[str]) -> tuple[str, ...]:
    """The first of them, each a safe line."""
    return tuple(one_line(text, limit=120) for text in texts[:_MANY])
