"""What the last month in the books was like, from which an experiment takes its measures."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import Database

_RECENT = timedelta(days=30)
_MOST = 5_000

# One row for each request: what all its attempts cost and took, and whether any of them answered.
_HISTORY = """
    select sum(cost), sum(total_ms), max(outcome = 'ok') from attempts
    where at >= ? and outcome <> 'open' and caller <> 'homeward judge'
    group by request_id order by max(at) desc limit ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean, standard deviation, and what 95 of 100 stay below."""

    mean: float
    deviation: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The last 30 days in the books: micro-dollars and milliseconds of a request. `unanswered` is
    a share. A spread is None where there was no request.
    """

    requests: int
    callers: int
    unanswered: float
    cost: Spread | None
    latency: Spread | None


def history(database: Database, now: datetime) -> History:
    """The last 30 days before `now`: at most the 5,000 latest requests.

    Raises:
        StorageError: the books cannot be read.
    """
    since = int((now - _RECENT).timestamp() * 1000)
    rows = database.rows(_HISTORY, (since, _MOST))
    ((callers,),) = database.rows(
        "select count(distinct caller) from attempts where at >= ? and caller <> 'homeward judge'",
        (since,),
    )
    return History(
        requests=len(rows),
        callers=callers,
        unanswered=sum(not row[2] for row in rows) / max(len(rows), 1),
        cost=_spread([row[0] for row in rows]),
        latency=_spread([row[1] for row in rows if row[1] is not None]),
    )


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(values)
    return Spread(
        mean=statistics.fmean(values),
        deviation=statistics.pstdev(values),
        most=ordered[(len(ordered) - 1) * 95 // 100],
    )
