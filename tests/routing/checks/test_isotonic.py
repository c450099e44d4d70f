"""Calibration: never decreasing, close to the outcomes, and the narrowest group that is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.checks.isotonic import LEAST, Calibration, Label, fit, isotonic

SHARES = st.floats(min_value=0.0, max_value=1.0)


def labels(
    confidence: float, right: int, wrong: int, *, model: str = "m", kind: str = "k"
) -> list[Label]:
    return [
        Label(model=model, kind=kind, confidence=confidence, ok=float(place < right))
        for place in range(right + wrong)
    ]


LABELS = st.builds(
    Label, model=st.just("m"), kind=st.just("k"), confidence=SHARES, ok=st.sampled_from([0.0, 1.0])
)


@given(st.lists(LABELS, min_size=1, max_size=60), SHARES, SHARES)
def test_more_confidence_never_counts_for_less(
    found: list[Label], one: float, other: float
) -> None:
    curve = isotonic(found)
    low, high = sorted((one, other))
    assert curve.of(low) <= curve.of(high) + 1e-9


@given(st.lists(LABELS, min_size=1, max_size=60), SHARES)
def test_a_calibrated_confidence_is_a_probability(found: list[Label], confidence: float) -> None:
    assert 0 <= isotonic(found).of(confidence) <= 1


@given(st.lists(LABELS, min_size=2, max_size=60))
def test_the_order_of_the_labels_makes_no_difference(found: list[Label]) -> None:
    assert isotonic(found) == isotonic(found[::-1])


def test_many_outcomes_move_a_confidence_to_how_often_it_was_right() -> None:
    curve = isotonic([*labels(0.8, 300, 700), *labels(0.2, 50, 950)])
    assert curve.of(0.8) == pytest.approx(0.3, abs=0.01)
    assert curve.of(0.2) == pytest.approx(0.05, abs=0.01)
    assert 0.05 < curve.of(0.5) < 0.3


def test_without_outcomes_a_confidence_stays_as_it_is() -> None:
    assert Calibration().apply(0.7, model="m", kind="k") == 0.7
    assert fit(labels(0.7, 0, LEAST - 1)).apply(0.7, model="m", kind="k") == 0.7


def test_the_narrowest_group_with_enough_outcomes_holds() -> None:
    calibration = fit(
        [
            *labels(0.7, 0, 400, model="weak", kind="sums"),
            *labels(0.7, 20, 20, model="weak", kind="facts"),
            *labels(0.7, 400, 0, model="good", kind="facts"),
        ]
    )
    at = {
        (model, kind): calibration.apply(0.7, model=model, kind=kind)
        for model, kind in (("weak", "sums"), ("weak", "facts"), ("good", "sums"), ("new", "sums"))
    }
    assert at["weak", "sums"] < 0.05
    assert at["weak", "sums"] < at["weak", "facts"] < 0.1  # too few of its kind: the model's
    assert at["good", "sums"] > 0.95
    assert 0.4 < at["new", "sums"] < 0.6
