"""Routing learns what a replay lets it learn, and forgets with the outcomes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from routing.learning.fitting import chooses, fit, fitted, forecast_of, learn, sketch_of
from routing.learning.outcomes import Experience, packed
from routing.learning.posterior import Posterior
from routing.learning.replay import Policy
from routing.learning.sqlite import SqliteOutcomes
from routing.learning.training import LEAST, Fit, train
from routing.prior import DIMENSIONS
from tests.routing.learning.worlds import (
    COST,
    MIDDLE,
    NOON,
    PRIOR,
    SMALL,
    TRUTH,
    World,
    as_shipped,
    by_table,
    choice,
)

SHIPPED = by_table(as_shipped())


def learner(better: Policy, least: int = 1) -> Fit:
    """Chooses as shipped until it has seen something, then as `better` does."""

    def fit_some(experiences: Sequence[Experience]) -> Policy:
        return better if len(experiences) >= least else SHIPPED

    return fit_some


def basis(kind: str) -> bytes:
    """The kind of a request as the prior's own basis would have it, and nothing else."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0] = 1
    vector[2 + list(TRUTH).index(kind)] = 3
    return packed(vector)


def logged(seed: int, requests: int, share: float = 0.05) -> list[Experience]:
    log = World(seed=seed, share=share).log(requests)
    return [
        replace(each, choice=replace(each.choice, features=basis(each.choice.kind))) for each in log
    ]


def test_a_few_outcomes_change_nothing_and_it_is_said_how_many_are_missing() -> None:
    trained = train(World(seed=1).log(LEAST - 1), learner(by_table(TRUTH)))
    assert not trained.applied
    assert trained.through == 0
    assert trained.says == (
        f"Everything stays as it is: {LEAST - 1} new outcomes; it takes {LEAST} to judge by."
    )


def test_what_is_better_on_outcomes_that_it_has_not_seen_applies() -> None:
    log = World(seed=1, share=0.3).log(1000)
    trained = train(log, learner(by_table(TRUTH)))
    assert trained.applied
    assert (trained.through, trained.outcomes) == (1000, 1000)
    assert trained.comparison is not None
    assert trained.comparison.gain.mean > 0
    assert "Learned from 1000 outcomes. Replayed on 500 newer outcomes" in trained.says


def test_what_is_worse_is_kept_out_with_the_figures() -> None:
    nothing_is_hard = by_table({kind: {**models, SMALL: 0.99} for kind, models in TRUTH.items()})
    trained = train(World(seed=1).log(400), learner(nothing_is_hard))
    assert not trained.applied
    assert trained.through == 0
    assert trained.says.startswith("Everything stays as it is: Replayed on 200 newer outcomes")
    assert "the limit is -0.050" in trained.says


def test_only_what_came_later_is_judged_by() -> None:
    log = World(seed=1).log(300)
    seen: list[int] = []

    def fit_some(experiences: Sequence[Experience]) -> Policy:
        seen.append(len(experiences))
        return SHIPPED

    trained = train(log, fit_some, through=200)
    assert seen == [250, 200]
    assert trained.applied
    assert trained.comparison is not None
    assert trained.comparison.gain.outcomes == 50


def test_with_outcomes_a_forecast_moves_towards_what_came_of_that_kind() -> None:
    log = logged(seed=5, requests=3000, share=0.9)
    posterior = fitted(log)
    for kind, models in TRUTH.items():
        made = next(each.choice for each in log if each.choice.kind == kind)
        for model, truth in models.items():
            told = forecast_of(posterior, made, model)
            assert told is not None
            assert abs(told - truth) < max(0.8 * abs(PRIOR[model] - truth), 0.1)


def test_what_is_learned_lasts_and_is_no_more_than_what_was_let(outcomes: SqliteOutcomes) -> None:
    for each in logged(seed=6, requests=300):
        outcomes.put(each)
    maths = next(each.choice for each in outcomes.every() if each.choice.kind == "maths")

    refused = learn(outcomes, "1", now=NOON, margin=-1.0)
    assert not refused.applied
    assert outcomes.learned() is None
    assert forecast_of(fit(outcomes, "1"), maths, MIDDLE) == pytest.approx(PRIOR[MIDDLE])

    let = learn(outcomes, "1", now=NOON, margin=1.0)
    kept = outcomes.learned()
    assert kept is not None
    assert (kept.through, kept.says) == (let.through, let.says)
    after = forecast_of(fit(outcomes, "1"), maths, MIDDLE)
    assert after is not None
    assert abs(after - PRIOR[MIDDLE]) > 0.005

    outcomes.forget(lambda made: True)
    assert forecast_of(fit(outcomes, "1"), maths, MIDDLE) == pytest.approx(PRIOR[MIDDLE])


def test_what_was_learned_with_another_prior_does_not_apply(outcomes: SqliteOutcomes) -> None:
    for each in logged(seed=6, requests=300):
        outcomes.put(each)
    learn(outcomes, "1", now=NOON, margin=1.0)
    made = next(outcomes.every()).choice
    assert forecast_of(fit(outcomes, "2"), made, SMALL) == pytest.approx(PRIOR[SMALL])
    assert learn(outcomes, "2", now=NOON).says.startswith("Everything stays as it is: 0 new")


@pytest.mark.parametrize("features", [b"\x00", b"\x00\x3c" * 3], ids=["damaged", "of another size"])
def test_a_vector_that_does_not_fit_teaches_nothing(features: bytes) -> None:
    made = choice(features=features)
    assert sketch_of(made) is None
    experience = replace(World(seed=0).log(1)[0], choice=made)
    fitted([experience])
    assert chooses(Posterior())(made) == made.model
    assert forecast_of(Posterior(), made, SMALL) is None


def test_the_worlds_costs_rise_with_quality() -> None:
    assert sorted(COST, key=lambda model: COST[model]) == sorted(
        PRIOR, key=lambda model: PRIOR[model]
    )
