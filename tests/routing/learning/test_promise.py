"""What is promised is kept as often as it is said; what cannot be promised is not."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from routing.learning.outcomes import Experience, Outcome
from routing.learning.promise import (
    ALPHA,
    DELTA,
    Label,
    fixed_sequence,
    labels_of,
    promise,
    tail,
    upper_bound,
)
from routing.learning.signals import SignalName
from tests.routing.learning.worlds import LARGE, NOON, SMALL, choice


def labels(number: int, worse: float, *, seed: int = 0, slope: float = 0.0) -> list[Label]:
    rng = np.random.default_rng(seed)
    forecasts = rng.uniform(0, 1, number)
    risks = np.clip(worse + slope * (0.5 - forecasts), 0, 1)
    return [
        Label(forecast=float(f), worse=bool(rng.random() < risk))
        for f, risk in zip(forecasts, risks, strict=True)
    ]


@pytest.mark.parametrize(("worse", "of", "p"), [(0, 10, 0.2), (3, 20, 0.3), (90, 300, 0.25)])
def test_the_tail_is_the_exact_sum(worse: int, of: int, p: float) -> None:
    share = Fraction(p)
    exact = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(worse + 1))
    assert tail(worse, of, p) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(
    ("worse", "of", "p", "probability"), [(5, 5, 0.3, 1.0), (0, 9, 0.0, 1.0), (1, 9, 1.0, 0.0)]
)
def test_the_tail_at_its_ends(worse: int, of: int, p: float, probability: float) -> None:
    assert tail(worse, of, p) == probability


@pytest.mark.parametrize(
    ("worse", "of", "bound"),
    [(0, 10, 1 - 0.1**0.1), (10, 10, 1.0), (1, 10, 0.3368), (5, 50, 0.1776)],
)
def test_the_bound_is_that_of_clopper_and_pearson(worse: int, of: int, bound: float) -> None:
    assert upper_bound(worse, of, 0.1) == pytest.approx(bound, abs=2e-4)


def test_below_300_labels_it_says_how_many_are_missing() -> None:
    told = promise(labels(299, 0.0))
    assert (told.threshold, told.missing, told.bound) == (None, 1, 1.0)
    assert told.says == (
        "Nothing can be promised yet: 299 answers from home are labelled, 1 more are needed."
    )


def test_where_hardly_anything_is_worse_everything_may_stay_at_home() -> None:
    told = promise(labels(300, 0.05))
    assert told.share == 1
    assert told.worse <= told.bound <= ALPHA
    assert "100% may stay at home, and at most 20% of that is worse" in told.says


def test_where_too_much_is_worse_nothing_is_promised() -> None:
    told = promise(labels(400, 0.4))
    assert (told.threshold, told.missing) == (None, 0)
    assert told.says.startswith("It cannot be promised that at most 20%")


def test_a_strict_promise_says_how_little_it_leaves() -> None:
    assert "seldom leaves more than 5 % at home" in promise(labels(400, 0.2), alpha=0.1).says


def test_the_sequence_ends_with_the_first_that_fails() -> None:
    bad_in_the_middle = [
        Label(forecast=1 - number / 1000, worse=90 <= number < 180) for number in range(1000)
    ]
    threshold = fixed_sequence(bad_in_the_middle, ALPHA, DELTA)
    assert threshold == pytest.approx(1 - 89 / 1000)  # looser ones would pass again


def _true_risk(threshold: float, worse: float, slope: float) -> float:
    forecasts = np.linspace(threshold, 1, 2000)
    return float(np.clip(worse + slope * (0.5 - forecasts), 0, 1).mean())


@pytest.mark.parametrize(("worse", "slope"), [(0.2, 0.0), (0.25, 0.2), (0.35, 0.6)])
def test_the_promise_is_broken_no_more_often_than_is_said(worse: float, slope: float) -> None:
    broken = kept = 0
    for seed in range(150):
        drawn = labels(300, worse, seed=seed, slope=slope)
        threshold = fixed_sequence(drawn, ALPHA, DELTA)
        if threshold is not None:
            kept += 1
            broken += _true_risk(threshold, worse, slope) > ALPHA
    assert broken / 150 <= DELTA
    assert slope == 0 or kept > 10  # it promises something where something can be


def experience(*said: tuple[str, SignalName, float]) -> Experience:
    outcomes = tuple(
        Outcome(model=model, signal=signal, reward=reward, weight=1.0, at=NOON)
        for model, signal, reward in said
    )
    return Experience(number=1, choice=choice(), outcomes=outcomes)


@pytest.mark.parametrize(
    ("outcomes", "worse"),
    [
        ([(SMALL, "good", 1.0)], [False]),
        ([(SMALL, "bad", 0.0)], [True]),
        ([(SMALL, "bad", 0.0), (LARGE, "good", 1.0)], [True]),
        ([(SMALL, "bad", 0.0), (LARGE, "bad", 0.0)], [False]),
        ([(LARGE, "good", 1.0)], []),
        ([], []),
    ],
    ids=[
        "it did",
        "it did not",
        "the strong one did",
        "the strong one did not either",
        "home was not asked",
        "silence",
    ],
)
def test_which_requests_are_labelled(
    outcomes: Sequence[tuple[str, SignalName, float]], worse: list[bool]
) -> None:
    assert [each.worse for each in labels_of([experience(*outcomes)])] == worse
