"""Spending limits: what is left of them, whether a call fits, and which warnings are due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Sum:
    """What a day and its month came to."""

    day: Money = Money(0)
    month: Money = Money(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What was spent on everything, and on each part that a budget limits."""

    of_all: Sum = field(default_factory=Sum)
    parts: Mapping[Limit, Sum] = field(default_factory=dict)

    def of(self, limit: Limit) -> Sum:
        return self.parts.get(limit, Sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLeft:
    """What one limit still allows, never below zero; None where it has no such period. `spent` is
    what it has been used for, without what is only held.
    """

    limit: Limit
    day: Money | None
    month: Money | None
    spent: Sum = field(default_factory=Sum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What may still be spent, never below zero; None where there is no limit.

    The renewals are the first instants of the next day and the next month in the person's zone.
    `spent` is what was spent, `held` what calls under way may still cost: both are taken off.
    `limits` says the same of the parts.
    """

    day: Money | None
    month: Money | None
    day_renews: datetime
    month_renews: datetime
    spent: Sum = field(default_factory=Sum)
    held: Sum = field(default_factory=Sum)
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
    """A limit of which `percent` or more is now spent, None being the one of everything."""

    period: Period
    percent: int
    left: Money
    limit: Limit | None = None


def left_of(
    budget: Budget, renewals: tuple[datetime, datetime], *, spent: Sums, committed: Sums
) -> Left:
    """The budget less what is `committed`, which is what is `spent` with what is held. `renewals`
    are those of the day and of the month.
    """
    of_all, so_far = committed.of_all, spent.of_all
    return Left(
        day=_rest(budget.daily, of_all.day),
        month=_rest(budget.monthly, of_all.month),
        day_renews=renewals[0],
        month_renews=renewals[1],
        spent=so_far,
        held=Sum(day=Money(of_all.day - so_far.day), month=Money(of_all.month - so_far.month)),
        limits=tuple(
            LimitLeft(
                limit=limit,
                day=_rest(limit.daily, committed.of(limit).day),
                month=_rest(limit.monthly, committed.of(limit).month),
                spent=spent.of(limit),
            )
            for limit in budget.limits
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
    budget: Budget, spent: Sums, scopes: Mapping[Scope, str], cost: Money
) -> tuple[Notice, ...]:
    """The highest mark of `WARN_AT` that each limit passed when `cost`, of what `scopes` say, was
    added to what had been spent; `spent` is that with it. What is only held passes nothing: it may
    be given back.
    """
    parts = [(limit, sums) for limit, sums in spent.parts.items() if limit.covers(scopes)]
    found = [
        _passed(limit, period, most, so_far, cost)
        for limit, sums in ((None, spent.of_all), *parts)
        for period, most, so_far in periods(budget if limit is None else limit, sums)
    ]
    return tuple(notice for notice in found if notice is not None)


def periods(most: Budget | Limit, spent: Sum) -> tuple[tuple[Period, Money | None, Money], ...]:
    """Each period with its limit, None without one, and what was spent in it."""
    return (("day", most.daily, spent.day), ("month", most.monthly, spent.month))


def used(most: Money, spent: Money) -> float:
    """Per cent of a limit that is spent; a limit of nothing is used up from the start."""
    return 100 * spent / most if most else 100.0


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
