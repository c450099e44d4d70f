"""What follows when money runs short, or faster than usual."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ledger import Budget, Consequences, Left, Pace, SqliteLedger, Step, restraint, tier_of
from ledger.restraint import Restraint, usual_of
from tests.ledger.lines import NOON, entry, outcome
from vocabulary import Money

BUDGET = Budget(daily=Money(1_000_000), monthly=Money(10_000_000))
FOLLOWS = Consequences(at={80: "cheaper", 100: "local"}, spike="free")
QUIET = Pace(today=Money(0), usual=None)


def left(day: int, month: int) -> Left:
    return Left(
        day=Money(day),
        month=Money(month),
        day_renews=datetime(2026, 11, 21, tzinfo=UTC),
        month_renews=datetime(2026, 12, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("rest", "pace", "step"),
    [
        pytest.param(left(210_000, 10_000_000), QUIET, None, id="not yet"),
        pytest.param(left(200_000, 10_000_000), QUIET, "cheaper", id="four fifths of the day"),
        pytest.param(left(900_000, 1_900_000), QUIET, "cheaper", id="four fifths of the month"),
        pytest.param(left(0, 9_000_000), QUIET, "local", id="the day is used up"),
        pytest.param(left(0, 1_000_000), QUIET, "local", id="the strictest of two"),
        pytest.param(
            left(690_000, 9_690_000),
            Pace(today=Money(310_000), usual=Money(100_000)),
            "free",
            id="over three usual days",
        ),
        pytest.param(
            left(700_000, 9_700_000),
            Pace(today=Money(300_000), usual=Money(100_000)),
            None,
            id="three usual days",
        ),
        pytest.param(
            left(900_001, 9_900_000),
            Pace(today=Money(99_999), usual=Money(10)),
            None,
            id="cents are no spike",
        ),
    ],
)
def test_the_strictest_consequence_that_is_due_holds(
    rest: Left, pace: Pace, step: Step | None
) -> None:
    found = restraint(BUDGET, rest, pace, FOLLOWS)
    assert (found and found.step) == step


def test_it_says_why_and_until_when() -> None:
    spike = Pace(today=Money(310_000), usual=Money(100_000))
    found = restraint(BUDGET, left(690_000, 9_000_000), spike, FOLLOWS)
    assert found is not None
    assert found.why == (
        "Today came to $0.31, more than 3 times the usual $0.10, so no model that costs money is "
        "used until 2026-11-21."
    )


def test_only_telling_is_no_restraint() -> None:
    follows = Consequences(at={50: "tell"}, spike="tell")
    assert restraint(BUDGET, left(0, 0), QUIET, follows) is None


@pytest.mark.parametrize(
    ("step", "tiers"),
    [
        ("tell", ["local", "free", "small", "medium", "large"]),
        ("cheaper", ["local", "free", "small", "medium"]),
        ("free", ["local", "free"]),
        ("local", ["local"]),
        ("stop", []),
    ],
)
def test_each_step_leaves_less(step: Step, tiers: list[str]) -> None:
    every = ["local", "free", "small", "medium", "large"]
    assert [tier for tier in every if Restraint(step=step, why="").allows(tier)] == tiers


@pytest.mark.parametrize(
    ("cost", "local", "tier"),
    [
        (0, True, "local"),
        (5_000, True, "local"),
        (0, False, "free"),
        (1, False, "small"),
        (1_999, False, "small"),
        (2_000, False, "medium"),
        (20_000, False, "large"),
    ],
)
def test_a_models_tier_is_how_dear_it_is(cost: int, local: bool, tier: str) -> None:
    assert tier_of(Money(cost), local=local) == tier


def test_the_usual_is_known_after_five_days_with_spending() -> None:
    assert usual_of([Money(1)] * 4) is None
    assert usual_of([Money(1), Money(2), Money(3), Money(4), Money(1000)]) == 3


def test_the_books_tell_todays_pace_beside_that_of_the_days_before(ledger: SqliteLedger) -> None:
    for days_ago, cost in enumerate((70_000, 900_000, 10_000, 20_000, 30_000, 0, 40_000)):
        at = NOON - timedelta(days=days_ago)
        ledger.note(entry(at=at), outcome(cost=Money(cost)))
    ledger.note(entry(at=NOON - timedelta(days=29)), outcome(cost=Money(5_000_000)))
    ledger.reserve(entry(worst_case=Money(5_000)), Budget())
    assert ledger.pace() == Pace(today=Money(75_000), usual=Money(30_000))
    assert NOON.date() == date(2026, 11, 20)
