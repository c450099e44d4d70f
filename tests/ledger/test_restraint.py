"""What follows when money runs short, or faster than usual."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger import (
    Budget,
    Consequences,
    Left,
    Limit,
    Pace,
    SqliteLedger,
    Step,
    restraints,
    tier_of,
)
from ledger.budgets import LimitLeft, Sum
from ledger.restraint import Restraint, usual_of
from tests.ledger.lines import NOON, entry, outcome
from vocabulary import Money

BUDGET = Budget(daily=Money(1_000_000), monthly=Money(10_000_000))
FOLLOWS = Consequences(at={80: "cheaper", 100: "local"}, spike="free")
QUIET = Pace(today=Money(0), usual=None)


def left(day: int, month: int, *parts: LimitLeft) -> Left:
    """What is left of `BUDGET` when nothing is held."""
    return Left(
        day=Money(day),
        month=Money(month),
        spent=Sum(day=Money(1_000_000 - day), month=Money(10_000_000 - month)),
        limits=parts,
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
    found = restraints(BUDGET, rest, pace, FOLLOWS)
    assert [each.step for each in found] == ([] if step is None else [step])


def test_it_says_why_and_until_when() -> None:
    spike = Pace(today=Money(310_000), usual=Money(100_000))
    (found,) = restraints(BUDGET, left(690_000, 9_000_000), spike, FOLLOWS)
    assert found.why == (
        "Today came to $0.31, more than 3 times the usual $0.10, so no model that costs money is "
        "used until 2026-11-21."
    )
    assert found.fix == "Change at_spike under [budget] in homeward.toml."


def test_what_is_only_held_has_no_consequence() -> None:
    rest = replace(left(1_000_000, 10_000_000), day=Money(0), held=Sum(day=Money(1_000_000)))
    assert restraints(BUDGET, rest, QUIET, FOLLOWS) == ()


def test_a_limit_of_a_part_has_its_consequence_for_that_part_only() -> None:
    limit = Limit(scope="provider", name="openai", daily=Money(100))
    part = LimitLeft(limit=limit, day=Money(20), month=None, spent=Sum(day=Money(80)))
    (found,) = restraints(BUDGET, left(1_000_000, 10_000_000, part), QUIET, FOLLOWS)
    assert found.why == (
        "80 % of the daily limit of provider openai is used, so no large model is used for it "
        "until 2026-11-21."
    )
    assert not found.allows("large", {"provider": "openai"})
    assert found.allows("small", {"provider": "openai"})
    assert found.allows("large", {"provider": "anthropic"})


def test_only_telling_is_no_restraint() -> None:
    follows = Consequences(at={50: "tell"}, spike="tell")
    assert restraints(BUDGET, left(0, 0), QUIET, follows) == ()


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
    assert [tier for tier in every if Restraint(step=step, why="").allows(tier, {})] == tiers


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
    assert ledger.pace() == Pace(today=Money(70_000), usual=Money(30_000))
    assert NOON.date() == date(2026, 11, 20)
