"""The sums by day that budgets are held against: of everything, and of what a call is for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ledger.budgets import Budget, Scope, Sum, Sums
from ledger.days import month_of
from ledger.restraint import USUAL_DAYS, Pace, usual_of
from storage import Database
from vocabulary import Money

_BOOK = """
    insert into spend (day, scope, name, held, spent) values (?, ?, ?, ?, ?)
    on conflict (day, scope, name) do update set
        held = held + excluded.held, spent = spent + excluded.spent
"""

_SUMS = """
    select
        scope, name,
        coalesce(sum(spent) filter (where day = ?1), 0), sum(spent),
        coalesce(sum(held + spent) filter (where day = ?1), 0), sum(held + spent)
    from spend where day between ?2 and ?3 and (scope = 'all' or ?4) group by scope, name
"""


def book(db: Any, day: str, scopes: Mapping[Scope, str], *, held: int, spent: int) -> None:
    """Add to a day's sums, of everything and of each thing that a call is for."""
    if held or spent:
        rows = [("all", ""), *scopes.items()]
        db.executemany(_BOOK, [(day, scope, name, held, spent) for scope, name in rows])


def spent_and_committed(database: Database, day: date, budget: Budget) -> tuple[Sums, Sums]:
    """What is spent by the end of a day, and that with what calls under way may still cost."""
    first, last = month_of(day)
    values = (day.isoformat(), first.isoformat(), last.isoformat(), bool(budget.limits))
    spent, committed = {}, {}
    for scope, name, day_spent, month_spent, day_all, month_all in database.rows(_SUMS, values):
        spent[scope, name] = Sum(day=day_spent, month=month_spent)
        committed[scope, name] = Sum(day=day_all, month=month_all)
    return _sums(spent, budget), _sums(committed, budget)


def _sums(by_scope: Mapping[tuple[str, str], Sum], budget: Budget) -> Sums:
    return Sums(
        of_all=by_scope.get(("all", ""), Sum()),
        parts={limit: by_scope.get((limit.scope, limit.name), Sum()) for limit in budget.limits},
    )


def pace(database: Database, day: date) -> Pace:
    """What was spent on a day, and what the days before it usually came to."""
    rows = database.rows(
        "select day, spent from spend where scope = 'all' and spent > 0 and day between ? and ?",
        ((day - timedelta(days=USUAL_DAYS)).isoformat(), day.isoformat()),
    )
    spent: dict[str, Money] = dict(rows)
    today = spent.pop(day.isoformat(), 0)
    return Pace(today=Money(today), usual=usual_of([*spent.values()]))
