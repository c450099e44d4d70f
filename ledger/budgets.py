"""Spending limits: what is left of them, whether a call fits, and which warnings are due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vocabulary import Money

Period = Literal["day", "month"]
WARN_AT = (50, 80, 100)
"""Per cent of a limit at which a person is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that may be spent in a calendar month and on a day; None is no limit."""

    monthly: Money | None = None
    daily: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What is spent already plus what calls under way may still cost."""

    day: Money
    month: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What may still be spent, never below zero; None where there is no limit.

    The renewals are the first instants of the next day and the next month in the person's zone.
    """

    day: Money | None
    month: Money | None
    day_renews: datetime
    month_renews: datetime

    @property
    def least(self) -> Money | None:
        """What the tighter of the two limits still allows; None where there is none."""
        limits = [limit for limit in (self.day, self.month) if limit is not None]
        return min(limits, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A limit of which `percent` or more is now committed."""

    period: Period
    percent: int


def left_of(budget: Budget, committed: Committed, renewals: tuple[datetime, datetime]) -> Left:
    """The budget less what is committed. `renewals` are those of the day and of the month."""
    return Left(
        day=_rest(budget.daily, committed.day),
        month=_rest(budget.monthly, committed.month),
        day_renews=renewals[0],
        month_renews=renewals[1],
    )


def too_small(worst_case: Money, left: Left) -> Period | None:
    """The limit that `worst_case` would break, or None where the call fits.

    Where both would break the month is named, because it renews last. What is free always fits.
    """
    if left.month is not None and worst_case > left.month:
        return "month"
    if left.day is not None and worst_case > left.day:
        return "day"
    return None


def notices(before: Left, after: Left, budget: Budget) -> tuple[Notice, ...]:
    """The highest mark of `WARN_AT` that each limit passed between two readings."""
    day_was = before.day if before.day_renews == after.day_renews else budget.daily
    month_was = before.month if before.month_renews == after.month_renews else budget.monthly
    found = (
        _passed("day", budget.daily, day_was, after.day),
        _passed("month", budget.monthly, month_was, after.month),
    )
    return tuple(notice for notice in found if notice is not None)


def _rest(limit: Money | None, committed: Money) -> Money | None:
    return None if limit is None else Money(max(0, limit - committed))


def _passed(
    period: Period, limit: Money | None, before: Money | None, after: Money | None
) -> Notice | None:
    if limit is None or before is None or after is None:
        return None
    passed = [mark for mark in WARN_AT if _used(limit, before) < mark <= _used(limit, after)]
    return Notice(period=period, percent=passed[-1]) if passed else None


def _used(limit: Money, left: Money) -> float:
    """Per cent of the limit; a limit of nothing is used up from the start."""
    return 100 * (limit - left) / limit if limit else 100.0
