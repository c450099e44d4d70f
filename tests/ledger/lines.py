"""Lines for the books with everything filled in, and the sum that must always come out."""

import itertools
from datetime import UTC, datetime
from typing import Any

from ledger import Entry, Outcome
from storage import Database
from vocabulary import Money, TaskKind, Usage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_numbers = itertools.count(1)


def entry(**given: Any) -> Entry:
    """An attempt at a cloud model that may cost a tenth of a cent."""
    number = next(_numbers)
    filled: dict[str, Any] = {
        "id": f"attempt-{number}",
        "request_id": f"request-{number}",
        "number": 1,
        "at": NOON,
        "caller": "claude-desktop",
        "task": TaskKind.TRANSLATION,
        "strategy": "complexity",
        "profile": "balanced",
        "provider": "anthropic",
        "local": False,
        "model_asked": "claude-haiku-5-5",
        "worst_case": Money(1000),
    }
    return Entry(**filled | given)


def outcome(**given: Any) -> Outcome:
    """An answer that cost 0.04 cents and would have cost a cent."""
    filled: dict[str, Any] = {
        "result": "ok",
        "model_served": "claude-haiku-5-5-20261001",
        "usage": Usage(input_tokens=100, output_tokens=50),
        "cost": Money(400),
        "price_source": "genai-prices 0.2.3",
        "baseline": Money(10_000),
        "first_token_ms": 120,
        "total_ms": 900,
    }
    return Outcome(**filled | given)


_SPEND = """
    select day, scope, name, sum(held), sum(spent) from (
        select day, 'all' as scope, '' as name, iif(outcome = 'open', held, 0) as held,
               cost as spent from attempts
        union all select day, 'provider', provider, iif(outcome = 'open', held, 0), cost
               from attempts
        union all select day, 'caller', caller, iif(outcome = 'open', held, 0), cost from attempts
        union all select day, 'task', task, iif(outcome = 'open', held, 0), cost from attempts
        union all select day, 'tier', tier, iif(outcome = 'open', held, 0), cost from attempts
    ) group by 1, 2, 3 having sum(held) or sum(spent) order by 1, 2, 3
"""

_TOTALS = """
    with ended as (
        select *, outcome = 'ok' as ok, row_number() over (
            partition by request_id order by outcome = 'ok' desc, stood desc, number desc, id desc
        ) = 1 as stands
        from attempts where outcome <> 'open'
    )
    , named as (
        select *, 'source' as by,
            case when cached <> 'no' then 'cache' when local then 'local' else 'cloud' end as name
        from ended
        union all
        select *, 'model', provider || '/' || coalesce(nullif(model_served, ''), model_asked)
        from ended
        union all
        select *, 'task', task from ended
    )
    select
        day, by, name, count(*), sum(stands), sum(stands and ok),
        sum(stands and ok and cached <> 'no'), sum(stands and ok and cached = 'no' and local),
        sum(cost), sum(iif(stands and ok, baseline, 0)), sum(iif(outcome = 'lost', cost, 0)),
        sum(input_tokens), sum(output_tokens)
    from named group by 1, 2, 3 order by 1, 2, 3
"""

_WAITS = """
    with ended as (
        select *, outcome = 'ok' as ok, row_number() over (
            partition by request_id order by outcome = 'ok' desc, stood desc, number desc, id desc
        ) = 1 as stands
        from attempts where outcome <> 'open'
    )
    , timed as (
        select max(iif(stands, day, '')) as day, sum(total_ms) as ms from ended
        group by request_id having max(ok) and sum(total_ms) is not null
    )
    select 'day', day, count(*), sum(ms) from timed group by 2
    union all
    select 'month', substr(day, 1, 7), count(*), sum(ms) from timed group by 2
    order by 1, 2
"""


def adds_up(database: Database) -> bool:
    """Everything that is kept in sums is what its lines come to."""
    return (
        database.rows(_SPEND)
        == database.rows("select * from spend where held or spent order by day, scope, name")
        and database.rows(_TOTALS)
        == database.rows("select * from totals where attempts order by day, by, name")
        and database.rows(_WAITS)
        == database.rows(
            "select span, period, sum(requests), sum(ms) from waits"
            " group by 1, 2 having sum(requests) order by 1, 2"
        )
    )
