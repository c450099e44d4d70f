"""Reads what cost money from the lines of the books."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from ledger.reviews.values import Line, Paid
from storage import Database
from vocabulary import Money

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LINES = """
    select request_id, at, task, caller, number, provider,
        coalesce(nullif(model_served, ''), model_asked), local, outcome = 'ok', cost,
        fallback_from, escalated
    from attempts
    where outcome <> 'open' and request_id in (
        select request_id from attempts
        where at >= ? and day >= ? and not local and cost > 0 and outcome <> 'open'
    )
    order by request_id, number, at
"""


def paid(database: Database, since: datetime) -> list[Paid]:
    """The requests that cost money at a cloud since then, dearest first.

    Raises:
        StorageError: the books cannot be read.
    """
    # The day is in the person's zone, at most 14 hours off; it has an index, `at` has none.
    day = (since - timedelta(days=1)).date().isoformat()
    rows = database.rows(_LINES, ((since - _EPOCH) // timedelta(milliseconds=1), day))
    found = [_paid(list(lines)) for _, lines in groupby(rows, key=lambda row: row[0])]
    return sorted(found, key=lambda each: (-each.cost, each.at))


def _paid(rows: list[tuple[Any, ...]]) -> Paid:
    request_id, at, task, caller, *_ = rows[0]
    return Paid(
        request_id=request_id,
        at=_EPOCH + timedelta(milliseconds=at),
        task=task,
        caller=caller,
        lines=tuple(_line(row[4:]) for row in rows),
    )


def _line(row: tuple[Any, ...]) -> Line:
    number, provider, model, local, ok, cost, before, escalated = row
    return Line(
        number=number,
        model=f"{provider}/{model}",
        local=bool(local),
        answered=bool(ok),
        cost=Money(cost),
        fallback_from=before,
        escalated=bool(escalated),
    )
