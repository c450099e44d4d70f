"""Adds up the lines of the books, in SQLite."""

from datetime import date

from ledger.reports.values import By, Group
from storage import Database
from vocabulary import Money

# The attempt that answered a request stands for it; where none did, the last one does.
_GROUPS = """
    with ended as (
        select *, outcome = 'ok' as ok, row_number() over (
            partition by request_id order by outcome = 'ok' desc, number desc
        ) = 1 as stands
        from attempts where day between ?1 and ?2 and outcome <> 'open'
    )
    select
        case ?3
            when 'day' then day
            when 'task' then task
            when 'model' then
                provider || '/' || coalesce(nullif(model_served, ''), model_asked)
            else case when cached <> 'no' then 'cache' when local then 'local' else 'cloud' end
        end as name,
        count(*),
        sum(stands),
        sum(stands and ok),
        sum(stands and ok and cached <> 'no'),
        sum(stands and ok and cached = 'no' and local),
        sum(cost),
        sum(iif(stands and ok, baseline, 0)),
        sum(iif(outcome = 'lost', cost, 0))
    from ended group by 1
    order by iif(?3 = 'day', 0, -sum(cost)), iif(?3 = 'day', 0, -sum(stands)), 1
"""

_MILLISECONDS = """
    with answered as materialized (
        select sum(total_ms) as ms from attempts
        where day between ?1 and ?2 and outcome <> 'open'
        group by request_id having max(outcome = 'ok')
    ), timed as (select ms from answered where ms is not null)
    select
        (select ms from timed order by ms limit 1 offset (select (count(*) - 1) / 2 from timed)),
        (select cast(round(avg(ms)) as integer) from timed)
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
            spent=Money(spent),
            baseline=Money(baseline),
            unconfirmed=Money(unconfirmed),
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
        ) in database.rows(_GROUPS, (*_between(days), by))
    ]


def milliseconds(database: Database, days: tuple[date, date] | None) -> tuple[int, int]:
    """Median and mean of how long answered requests took, all their attempts together."""
    ((median, mean),) = database.rows(_MILLISECONDS, _between(days))
    return median or 0, mean or 0


def _between(days: tuple[date, date] | None) -> tuple[str, str]:
    first, last = days or (date.min, date.max)
    return first.isoformat(), last.isoformat()
