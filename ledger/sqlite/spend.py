"""The sums by day that budgets are held against: of everything, and of what a call is for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ledger.budgets import Budget, Committed, Limit, Scope
from ledger.days import month_of
from ledger.restraint import USUAL_DAYS, Pace, usual_of
from storage import Database
from vocabulary import Money

_BOOK = """
    insert into spend (day, scope, name, held, spent) values (?, ?, ?, ?, ?)
    on conflict (day, scope, name) do update set
        held = held + excluded.held, spent = spent + excluded.spent
"""

_COMMITTED = """
    select
        scope, name,
        coalesce(sum(held + spent) filter (where day = ?1), 0), sum(held + spent)
    from spend where day between ?2 and ?3 group by scope, name
"""

_OF_ALL = """
    select
        coalesce(sum(held + spent) filter (where day = ?1), 0), coalesce(sum(held + spent), 0)
    from spend where day between ?2 and ?3 and scope = 'all'
"""


def book(db: Any, day: str, scopes: Mapping[Scope, str], *, held: int, spent: int) -> None:
    """Add to a day's sums, of everything and of each thing that a call is for."""
    if held or spent:
        rows = [("all", ""), *scopes.items()]
        db.executemany(_BOOK, [(day, scope, name, held, spent) for scope, name in rows])


def committed(
    database: Database, day: date, budget: Budget
) -> tuple[Committed, Mapping[Limit, Committed]]:
    """What is committed on a day and in its month, in all and to what the budget limits."""
    first, last = month_of(day)
    bounds = (day.isoformat(), first.isoformat(), last.isoformat())
    if not budget.limits:
        ((on_day, in_month),) = database.rows(_OF_ALL, bounds)
        return Committed(day=on_day, month=in_month), {}
    sums = {
        (scope, name): Committed(day=on_day, month=in_month)
        for scope, name, on_day, in_month in database.rows(_COMMITTED, bounds)
    }
    nothing = Committed(day=Money(0), month=Money(0))
    parts = {limit: sums.get((limit.scope, limit.name), nothing) for limit in budget.limits}
    return sums.get(("all", ""), nothing), parts


def pace(database: Database, day: date) -> Pace:
    """What is committed on a day, and what the days before it usually came to."""
    rows = database.rows(
        "select day, held + spent, spent from spend where scope = 'all' and day between ? and ?",
        ((day - timedelta(days=USUAL_DAYS)).isoformat(), day.isoformat()),
    )
    today = sum(committed for on, committed, _ in rows if on == day.isoformat())
    before = [spent for on, _, spent in rows if on != day.isoformat() and spent > 0]
    return Pace(today=Money(today), usual=usual_of(before))
