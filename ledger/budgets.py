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


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What is spent already plus what calls under way may still cost."""

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


def notices(before: Left, after: Left, budget: Budget) -> tuple[Notice, ...]:
    """The highest mark of `WARN_AT` that each limit passed between two readings."""
    new_day = before.day_renews != after.day_renews
    new_month = before.month_renews != after.month_renews

    def passed(
        limit: Limit | None,
        most: tuple[Money | None, Money | None],
        was: tuple[Money | None, Money | None],
        rest: tuple[Money | None, Money | None],
    ) -> list[Notice | None]:
        return [
            _passed("day", limit, most[0], most[0] if new_day else was[0], rest[0]),
            _passed("month", limit, most[1], most[1] if new_month else was[1], rest[1]),
        ]

    found = passed(
        None,
        (budget.daily, budget.monthly),
        (before.day, before.month),
        (after.day, after.month),
    )
    for was, rest in zip(before.limits, after.limits, strict=True):
        limit = rest.limit
        found += passed(
            limit, (limit.daily, limit.monthly), (was.day, was.month), (rest.day, rest.month)
        )
    return tuple(notice for notice in found if notice is not None)


def used(most: Money, left: Money) -> float:
    """Per cent of a limit that is committed; a limit of nothing is used up from the start."""
    return 100 * (most - left) / most if most else 100.0


def _rest(limit: Money | None, committed: Money) -> Money | None:
    return None if limit is None else Money(max(0, limit - committed))


def _least(*limits: Money | None) -> Money | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _passed(
    period: Period,
    limit: Limit | None,
    most: Money | None,
    before: Money | None,
    after: Money | None,
) -> Notice | None:
    if most is None or before is None or after is None:
        return None
    passed = [mark for mark in WARN_AT if used(most, before) < mark <= used(most, after)]
    if not passed:
        return None
    return Notice(period=period, percent=passed[-1], left=after, limit=limit)
