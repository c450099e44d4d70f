"""Reads reports from the totals: as quick with a million lines as with none."""

from datetime import date

from ledger.reports.values import By, Group
from ledger.totals import median_of
from storage import Database

# Of each way to group, the totals hold all lines; by day the shortest of them is added up.
_GROUPS = """
    select
        iif(?3 = 'day', day, name) as name,
        sum(attempts), sum(requests), sum(answered), sum(hits), sum(local),
        sum(spent), sum(baseline), sum(unconfirmed), sum(tokens_in), sum(tokens_out)
    from totals where day between ?1 and ?2 and by = iif(?3 = 'day', 'source', ?3)
    group by 1 having sum(attempts) > 0
    order by iif(?3 = 'day', 0, -sum(spent)), iif(?3 = 'day', 0, -sum(requests)), 1
"""

_WAITS = """
    select bucket, sum(requests), sum(ms) from waits
    where span = ? and period between ? and ? group by bucket having sum(requests) > 0
"""


def groups(database: Database, days: tuple[date, date] | None, by: By) -> list[Group]:
    """The groups of a period: days in their order, everything else dearest first."""
    return [
        Group(
            name=name,
            attempts=attempts,
            requests=requests,
            answered=answered,
            hits=hits,
            local=local,
            spent=spent,
            baseline=baseline,
            unconfirmed=unconfirmed,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
        )
        for (
            name,
            attempts,
            requests,
            answered,
            hits,
            local,
            spent,
            baseline,
            unconfirmed,
            tokens_in,
            tokens_out,
        ) in database.rows(_GROUPS, (*_between(days), by))
    ]


def milliseconds(database: Database, days: tuple[date, date] | None) -> tuple[int, int]:
    """Median (to within 1/256) and mean of how long answered requests took, all their attempts
    together.
    """
    waits = database.rows(_WAITS, ("month" if days is None else "day", *_between(days)))
    answered = sum(requests for _, requests, _ in waits)
    if not answered:
        return 0, 0
    median = median_of({bucket: requests for bucket, requests, _ in waits})
    return median, round(sum(ms for _, _, ms in waits) / answered)


def _between(days: tuple[date, date] | None) -> tuple[str, str]:
    first, last = days or (date.min, date.max)
    return first.isoformat(), last.isoformat()
