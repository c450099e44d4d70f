"""Spending limits: what is left of them, whether a call fits, and which warnings are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vocabulary import Money

Period = Literal["day", "month"]

Scope = Literal["provider", "caller", "task", "tier"]
"""What a limit can be for: who is paid, who asks, what kind of work, how dear a model."""

WARN_AT = (50, 80, 100)
"""Per cent of a limit at which a person is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that may be spent on one thing in a month and on a day; None is no limit."""

    scope: Scope
    name: str
    monthly: Money | None = None
    daily: Money | None = None

    def covers(self, scopes: Mapping[Scope, str]) -> bool:
        return scopes.get(self.scope) == self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that may be spent in all, in a calendar month and on a day, None is no limit; and
    the limits of parts of it.
    """

    monthly: Money | None = None
    daily: Money | None = None
    limits: tuple[Limit, ...] = ()


NO_LIMITS = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What is spent already, mostly with what calls under way may still cost."""

    day: Money
    month: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLeft:
    """What one limit still allows, never below zero; None where it has no such period."""

    limit: Limit
    day: Money | None
    month: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What may still be spent, never below zero; None where there is no limit.

    The renewals are the first instants of the next day and the next month in the person's zone.
    `limits` says the same of the parts.
    """

    day: Money | None
    month: Money | None
    day_renews: datetime
    month_renews: datetime
    limits: tuple[LimitLeft, ...] = ()

    @property
    def least(self) -> Money | None:
        """What the tighter of the two limits of everything still allows; None without any."""
        return _least(self.day, self.month)

    def least_for(self, scopes: Mapping[Scope, str]) -> Money | None:
        """What the tightest of all limits that cover `scopes` still allows."""
        covering = [each for each in self.limits if each.limit.covers(scopes)]
        return _least(self.least, *(_least(each.day, each.month) for each in covering))


@dataclass(frozen=True, slots=True, kw_only=True)
class TooSmall:
    """The limit that a call would break: `limit` is None where it is the one of everything."""

    period: Period
    left: Money
    renews: datetime
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A limit of which `percent` or more is now committed, None being the one of everything."""

    period: Period
    percent: int
    left: Money
    limit: Limit | None = None


def left_of(
    budget: Budget,
    committed: Committed,
    renewals: tuple[datetime, datetime],
    parts: Mapping[Limit, Committed] | None = None,
) -> Left:
    """The budget less what is committed, in all and to its `parts`. `renewals` are those of the day
    and of the month.
    """
    nothing = Committed(day=Money(0), month=Money(0))
    of_parts = [(limit, (parts or {}).get(limit, nothing)) for limit in budget.limits]
    return Left(
        day=_rest(budget.daily, committed.day),
        month=_rest(budget.monthly, committed.month),
        day_renews=renewals[0],
        month_renews=renewals[1],
        limits=tuple(
            LimitLeft(
                limit=limit,
                day=_rest(limit.daily, used.day),
                month=_rest(limit.monthly, used.month),
            )
            for limit, used in of_parts
        ),
    )


def too_small(
    worst_case: Money, left: Left, scopes: Mapping[Scope, str] | None = None
) -> TooSmall | None:
    """The limit that `worst_case` would break, or None where the call fits. What is free always
    fits. Of several the month's is named, because it renews last.
    """
    covering = [each for each in left.limits if each.limit.covers(scopes or {})]
    months = [(left.month, None), *((each.month, each.limit) for each in covering)]
    days = [(left.day, None), *((each.day, each.limit) for each in covering)]
    for rest, limit in months:
        if rest is not None and worst_case > rest:
            return TooSmall(period="month", left=rest, renews=left.month_renews, limit=limit)
    for rest, limit in days:
        if rest is not None and worst_case > rest:
            return TooSmall(period="day", left=rest, renews=left.day_renews, limit=limit)
    return None


def notices(
    budget: Budget, spent: Committed, parts: Mapping[Limit, Committed], cost: Money
) -> tuple[Notice, ...]:
    """The highest mark of `WARN_AT` that each limit passed when `cost` was added to what had been
    spent: `spent` in all, and `parts` of those that the cost counts towards, with it. What is only
    held passes nothing: it may be given back.
    """
    found = [
        _passed(limit, period, most, so_far, cost)
        for limit, sums in ((None, spent), *parts.items())
        for period, most, so_far in _periods(budget if limit is None else limit, sums)
    ]
    return tuple(notice for notice in found if notice is not None)


def _periods(
    most: Budget | Limit, spent: Committed
) -> tuple[tuple[Period, Money | None, Money], ...]:
    return (("day", most.daily, spent.day), ("month", most.monthly, spent.month))


def used(most: Money, left: Money) -> float:
    """Per cent of a limit that is committed; a limit of nothing is used up from the start."""
    return 100 * (most - left) / most if most else 100.0


def _rest(limit: Money | None, committed: Money) -> Money | None:
    return None if limit is None else Money(max(0, limit - committed))


def _least(*limits: Money | None) -> Money | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _passed(
    limit: Limit | None, period: Period, most: Money | None, spent: Money, cost: Money
) -> Notice | None:
    if not most:
        return None
    before, after = 100 * (spent - cost) / most, 100 * spent / most
    passed = [mark for mark in WARN_AT if before < mark <= after]
    if not passed:
        return None
    left = Money(max(0, most - spent))
    return Notice(period=period, percent=passed[-1], left=left, limit=limit)
