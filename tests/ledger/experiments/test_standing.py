"""Where an experiment stands: what counts, in which order, and what is said of it."""

import math
import random

import pytest

from ledger.experiments import Experiment, Limit, Metric, Observation
from ledger.experiments.standing import standing, stopping
from ledger.experiments.wording import concluded, shown
from tests.ledger.experiments.made import experiment, observation
from vocabulary import Money


def world(
    number: int, *, good: tuple[float, float] = (0.9, 0.9), cost: tuple[int, int] = (2_000, 2_000)
) -> list[Observation]:
    """Observations of two arms with these chances and costs."""
    rng, made = random.Random(4), []
    for _ in range(number):
        b = rng.random() < 0.5
        made.append(
            observation(
                letter="B" if b else "A",
                good=rng.random() < good[b],
                cost=Money(round(cost[b] * rng.uniform(0.5, 1.5))),
            )
        )
    return made


def test_nothing_counts_behind_a_request_that_is_not_finished() -> None:
    seen = world(40)
    seen[10] = observation(done=False, settled=False)
    stands = standing(experiment(), seen)
    assert (stands.evidence.number, stands.waiting) == (10, 30)


def test_quality_waits_for_words_and_cost_does_not() -> None:
    seen = world(40)
    seen[10] = observation(settled=False)
    assert standing(experiment(), seen).evidence.number == 10
    assert standing(experiment(metric="cost"), seen).evidence.number == 40


@pytest.mark.parametrize(
    ("metric", "given", "verdict"),
    [
        ("quality", {"good": (0.6, 0.95)}, "B is better"),
        ("cost", {"cost": (8_000, 2_000)}, "B is better"),
        ("cost", {"cost": (2_000, 6_000)}, "B is worse"),
        ("quality", {}, "too early"),
    ],
)
def test_the_verdict_knows_which_way_is_better(
    metric: Metric, given: dict[str, tuple[float, float]], verdict: str
) -> None:
    limits = {**experiment().limits, "cost": Limit(cap=20_000, tolerance=20_000)}
    tried = experiment(metric=metric, limits=limits)
    stands = standing(tried, world(600, **given))  # type: ignore[arg-type]
    assert stands.verdict == verdict
    assert stands.fired is None
    assert (stands.remaining == 0) == (verdict != "too early")


def test_a_quality_guard_and_a_cost_guard_fire() -> None:
    worse = standing(experiment(), world(400, good=(0.95, 0.3)))
    assert worse.verdict == "harm"
    assert worse.fired is not None
    assert worse.fired.metric == "quality"
    dear = experiment(limits={**experiment().limits, "cost": Limit(cap=20_000, tolerance=500)})
    guard = stopping(dear, world(400, cost=(1_000, 9_000)))
    assert guard is not None
    assert guard.metric == "cost"
    assert stopping(dear, world(400)) is None
    assert concluded(worse).startswith("B does harm: fewer of B's answers are good, by more than")


def test_means_are_shown_in_their_units_and_per_arm() -> None:
    seen = [
        observation(cost=Money(1_000)),
        observation(cost=Money(3_000), good=False),
        observation(letter="B", total_ms=4_500, answered=False, good=False),
    ]
    stands = standing(experiment(), seen)
    assert stands.seen["A"].number == 2
    assert stands.seen["A"].means == {
        "quality": 0.5,
        "cost": 2_000,
        "latency": 1_500,
        "refusals": 0,
    }
    assert stands.seen["B"].means["refusals"] == 1


def test_an_empty_experiment_stands_too() -> None:
    stands = standing(experiment(), [])
    assert (stands.verdict, stands.waiting) == ("too early", 0)
    assert math.isnan(stands.seen["A"].means["cost"])
    assert stands.remaining == stands.needed > 500
    assert "No difference is shown yet" in concluded(stands)


def test_the_estimate_follows_what_is_seen() -> None:
    tried = experiment()
    noisy = standing(tried, world(200, good=(0.5, 0.5)))
    quiet = standing(tried, world(200, good=(0.98, 0.98)))
    assert quiet.needed < noisy.needed


def test_a_difference_of_costs_is_told_in_dollars() -> None:
    limits = {**experiment().limits, "cost": Limit(cap=20_000, tolerance=20_000)}
    tried: Experiment = experiment(metric="cost", limits=limits)
    stands = standing(tried, world(2_000, cost=(8_000, 2_000)))
    assert stands.evidence.low < -6_000 < stands.evidence.high < 0
    assert concluded(stands).startswith("B is better: B differs from A in cost by -$0.00")


@pytest.mark.parametrize(
    ("metric", "value", "says"),
    [
        ("quality", 0.0512, "+5.1 %"),
        ("refusals", -0.2, "-20.0 %"),
        ("cost", 1234.5, "+$0.00123"),
        ("cost", -20_000, "-$0.02000"),
        ("latency", 1500, "+1.50 s"),
        ("latency", math.nan, "-"),
    ],
)
def test_values_are_shown_in_their_units(metric: Metric, value: float, says: str) -> None:
    assert shown(metric, value, signed=True) == says
