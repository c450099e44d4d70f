"""A limit says what is left of it, what no longer fits, and when a warning is due."""

from datetime import UTC, datetime

import pytest

from ledger import Budget, Left, Notice
from ledger.budgets import Sum, Sums, left_of, notices, too_small
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
    committed = Sums(of_all=Sum(day=Money(40), month=Money(90)))
    spent = Sums(of_all=Sum(day=Money(30), month=Money(85)))
    rest = left_of(budget, (TOMORROW, NEXT_MONTH), spent=spent, committed=committed)
    assert (rest.day, rest.month) == (day, month)
    assert (rest.spent, rest.held) == (spent.of_all, Sum(day=Money(10), month=Money(5)))
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
        pytest.param(0, 49, (), id="not half yet"),
        pytest.param(0, 50, (50,), id="half"),
        pytest.param(50, 70, (), id="half was said before"),
        pytest.param(40, 85, (80,), id="only the highest of two"),
        pytest.param(85, 120, (100,), id="all"),
    ],
)
def test_a_warning_is_due_once_when_a_mark_is_passed(
    before: int, after: int, due: tuple[int, ...]
) -> None:
    spent = Sums(of_all=Sum(day=Money(after)))
    assert notices(Budget(daily=Money(100)), spent, {}, Money(after - before)) == tuple(
        Notice(period="day", percent=percent, left=Money(max(0, 100 - after))) for percent in due
    )


def test_of_two_periods_each_warns_for_itself() -> None:
    budget = Budget(daily=Money(100), monthly=Money(200))
    spent = Sums(of_all=Sum(day=Money(50), month=Money(160)))
    assert [(n.period, n.percent) for n in notices(budget, spent, {}, Money(20))] == [
        ("day", 50),
        ("month", 80),
    ]


def test_a_budget_of_nothing_warns_of_nothing() -> None:
    budget = Budget(daily=Money(0), monthly=Money(0))
    spent = Sums(of_all=Sum(day=Money(5), month=Money(5)))
    assert notices(budget, spent, {}, Money(5)) == ()
