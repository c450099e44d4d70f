"""A limit says what is left of it, what no longer fits, and when a warning is due."""

from datetime import UTC, datetime

import pytest

from ledger import Budget, Left, Notice, notices
from ledger.budgets import Committed, left_of, too_small
from vocabulary import Money

TOMORROW = datetime(2026, 11, 21, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 12, 1, tzinfo=UTC)


def left(day: int | None, month: int | None, *, day_renews: datetime = TOMORROW) -> Left:
    return Left(
        day=None if day is None else Money(day),
        month=None if month is None else Money(month),
        day_renews=day_renews,
        month_renews=NEXT_MONTH,
    )


@pytest.mark.parametrize(
    ("budget", "day", "month", "least"),
    [
        pytest.param(Budget(), None, None, None, id="no limits"),
        pytest.param(Budget(daily=Money(100)), 60, None, 60, id="a daily one"),
        pytest.param(Budget(monthly=Money(100)), None, 10, 10, id="a monthly one"),
        pytest.param(Budget(daily=Money(50), monthly=Money(200)), 10, 110, 10, id="both"),
        pytest.param(Budget(daily=Money(30), monthly=Money(80)), 0, 0, 0, id="never below zero"),
    ],
)
def test_what_is_left_is_the_limit_less_what_is_committed(
    budget: Budget, day: int | None, month: int | None, least: int | None
) -> None:
    rest = left_of(budget, Committed(day=Money(40), month=Money(90)), (TOMORROW, NEXT_MONTH))
    assert rest == left(day, month)
    assert rest.least == least


@pytest.mark.parametrize(
    ("worst_case", "rest", "period"),
    [
        pytest.param(10, left(10, 10), None, id="fits exactly"),
        pytest.param(11, left(10, 20), "day", id="too much for today"),
        pytest.param(11, left(20, 10), "month", id="too much for the month"),
        pytest.param(11, left(10, 10), "month", id="too much for both"),
        pytest.param(0, left(0, 0), None, id="free, with nothing left"),
        pytest.param(10**12, left(None, None), None, id="no limits"),
    ],
)
def test_a_call_fits_when_its_worst_case_does(
    worst_case: int, rest: Left, period: str | None
) -> None:
    broken = too_small(Money(worst_case), rest)
    assert (broken and broken.period) == period


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        pytest.param(100, 51, (), id="not half yet"),
        pytest.param(100, 50, (50,), id="half"),
        pytest.param(50, 30, (), id="half was said before"),
        pytest.param(60, 15, (80,), id="only the highest of two"),
        pytest.param(15, 0, (100,), id="all"),
        pytest.param(30, 70, (), id="given back"),
    ],
)
def test_a_warning_is_due_once_when_a_mark_is_passed(
    before: int, after: int, due: tuple[int, ...]
) -> None:
    budget = Budget(daily=Money(100))
    assert notices(left(before, None), left(after, None), budget) == tuple(
        Notice(period="day", percent=percent, left=Money(after)) for percent in due
    )


def test_a_new_day_warns_anew() -> None:
    yesterday = left(10, None, day_renews=datetime(2026, 11, 20, tzinfo=UTC))
    due = notices(yesterday, left(45, None), Budget(daily=Money(100)))
    assert due == (Notice(period="day", percent=50, left=Money(45)),)


def test_a_budget_of_nothing_warns_of_nothing() -> None:
    budget = Budget(daily=Money(0), monthly=Money(0))
    assert notices(left(0, 0), left(0, 0), budget) == ()
