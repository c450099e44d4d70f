"""What is learned of models from what became of requests."""

import numpy as np
import pytest

from routing.learning.nearest import NEAREST, REMEMBERED, Nearest
from routing.learning.posterior import (
    COMMON_LEVEL,
    COMMON_PENALTY,
    FEW,
    OWN_LEVEL,
    OWN_PENALTY,
    UNSEEN,
    Posterior,
)
from routing.prior import DIMENSIONS, Sketch

DRAWN = np.random.default_rng(5)


def sketch(*near: float, seed: int | None = None) -> Sketch:
    """A basis of small noise, whose first numbers after the constant are given."""
    drawn = np.random.default_rng(seed) if seed is not None else DRAWN
    features = drawn.normal(0, 0.3, DIMENSIONS).astype(np.float32)
    features[0] = 1
    features[1 : 1 + len(near)] = near
    return Sketch(kind="law", likeness=0.5, features=features)


def test_what_nothing_is_known_of_is_forecast_as_the_prior_does() -> None:
    forecast = Posterior().forecast("a/b", 0.7, sketch())
    assert (forecast.p, forecast.outcomes) == (0.7, 0.0)
    assert forecast.doubt > 0.1


def test_failures_lower_the_forecast_and_the_doubt() -> None:
    posterior, asked = Posterior(), sketch()
    before = posterior.forecast("a/b", 0.7, asked)
    for _ in range(30):
        posterior.learn("a/b", 0.7, sketch(), 0.0)
    after = posterior.forecast("a/b", 0.7, asked)
    assert after.p < 0.3
    assert after.doubt < before.doubt
    assert 5 < after.outcomes < 31


def test_a_model_learns_where_it_fails_and_where_not() -> None:
    posterior = Posterior()
    for _ in range(300):
        side = float(DRAWN.choice([-2, 2]))
        posterior.learn("a/b", 0.5, sketch(side), float(side > 0))
    good, poor = (posterior.forecast("a/b", 0.5, sketch(side)).p for side in (2, -2))
    assert good > 0.75
    assert poor < 0.25


def test_what_is_hard_for_one_model_is_expected_to_be_for_a_new_one() -> None:
    posterior = Posterior()
    for _ in range(100):
        posterior.learn("a/b", 0.7, sketch(2.0), 0.0)
    same, other = (posterior.forecast("new/one", 0.9, sketch(side)).p for side in (2.0, -2.0))
    assert 0.5 < same < 0.85  # a little: it may also have been the model
    assert same < other - 0.05


def test_two_models_are_told_apart() -> None:
    posterior = Posterior()
    for _ in range(100):
        posterior.learn("a/good", 0.6, sketch(), 1.0)
        posterior.learn("a/poor", 0.6, sketch(), 0.0)
    good, poor = (posterior.forecast(name, 0.6, sketch()).p for name in ("a/good", "a/poor"))
    assert good > 0.8
    assert poor < 0.4


def test_an_outcome_of_no_weight_teaches_nothing() -> None:
    posterior, asked = Posterior(), sketch()
    for _ in range(20):
        posterior.learn("a/b", 0.7, sketch(), 0.0, 0.0)
    assert posterior.forecast("a/b", 0.7, asked).p == pytest.approx(0.7)


def test_half_the_weight_twice_is_the_whole_once() -> None:
    once, twice, asked = Posterior(), Posterior(), sketch()
    seen = [sketch() for _ in range(20)]
    for each in seen:
        once.learn("a/b", 0.7, each, 0.2)
        for _ in range(2):
            twice.learn("a/b", 0.7, each, 0.2, 0.5)
    one, two = (posterior.forecast("a/b", 0.7, asked) for posterior in (once, twice))
    assert one.doubt == pytest.approx(two.doubt)
    assert one.p == pytest.approx(two.p, abs=0.02)


def test_a_forecast_is_never_certain() -> None:
    posterior = Posterior()
    for _ in range(200):
        posterior.learn("a/b", 0.1, sketch(3.0), 1.0)
        posterior.learn("c/d", 0.9, sketch(3.0), 0.0)
    found = [posterior.forecast(name, p, sketch(3.0)).p for name, p in (("a/b", 0.9), ("c/d", 0.1))]
    assert all(0 < p < 1 for p in found)


def test_updates_agree_with_solving_from_scratch() -> None:
    posterior = Posterior()
    seen = [(sketch(), float(DRAWN.random()), float(DRAWN.random())) for _ in range(150)]
    for each, reward, weight in seen:
        posterior.learn("a/b", 0.6, each, reward, weight)
    table = np.array([each.features for each, _, _ in seen], dtype=np.float64)
    table[:, 0] *= OWN_LEVEL
    shared = table * np.array([COMMON_LEVEL / OWN_LEVEL] + [1.0] * (DIMENSIONS - 1))
    missed = np.array([reward - 0.6 for _, reward, _ in seen])
    weights = np.array([weight for _, _, weight in seen])
    gram, sums = (table.T * weights) @ table, (table.T * weights) @ missed
    common = np.linalg.solve(
        (shared.T * weights) @ shared + COMMON_PENALTY * np.eye(DIMENSIONS),
        (shared.T * weights) @ missed,
    )
    common[0] *= COMMON_LEVEL / OWN_LEVEL
    common *= UNSEEN + (1 - UNSEEN) * weights.sum() / (weights.sum() + FEW)
    own = gram + OWN_PENALTY * np.eye(DIMENSIONS)
    expected = np.linalg.solve(own, sums + OWN_PENALTY * common)
    assert np.allclose(posterior._of("a/b"), expected)


def test_a_request_that_keeps_failing_is_remembered_beside_the_regression() -> None:
    nearest, x = Nearest(), sketch(seed=3).features.astype(np.float64)
    for _ in range(NEAREST):
        nearest.remember("a/b", x, -0.6, 1.0)
    assert -0.6 < nearest.missed("a/b", x, np.zeros(DIMENSIONS)) < -0.15
    assert nearest.missed("a/b", -x, np.zeros(DIMENSIONS)) == 0
    assert nearest.missed("other/one", x, np.zeros(DIMENSIONS)) == 0


def test_the_oldest_outcomes_make_room_for_newer_ones_of_any_model() -> None:
    nearest, x = Nearest(), sketch(seed=4).features.astype(np.float64)
    nearest.remember("old/one", x, -0.9, 1.0)
    assert nearest.missed("old/one", x, np.zeros(DIMENSIONS)) < 0
    for _ in range(REMEMBERED):
        nearest.remember("new/one", x, 0.0, 1.0)
    assert nearest.missed("old/one", x, np.zeros(DIMENSIONS)) == 0
