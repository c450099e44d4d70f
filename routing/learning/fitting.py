"""From outcomes to what routing knows, and from that to a way of choosing that can be replayed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from routing.learning.exploring import Option, choose
from routing.learning.outcomes import Choice, Experience, Learned, Outcomes, unpacked
from routing.learning.posterior import Posterior
from routing.learning.replay import Policy
from routing.learning.training import MARGIN, Trained, train
from routing.prior import DIMENSIONS, Sketch

Rule = Callable[[Sequence[Option], float], int]
"""From options and the quality that is asked for to the number of the one to ask."""


def fit(outcomes: Outcomes, prior_version: str) -> Posterior:
    """What routing may know by now: all outcomes up to where it has learned, and no other.

    Blocks for about a second when thousands are kept.
    """
    recent = outcomes.recent(prior_version=prior_version)
    through = _through(outcomes, prior_version)
    return fitted([each for each in recent.experiences if each.number <= through])


def learn(
    outcomes: Outcomes,
    prior_version: str,
    *,
    now: datetime,
    rule: Rule = choose,
    margin: float = MARGIN,
) -> Trained:
    """Look whether newer outcomes may be learned from, and note up to where.

    Blocks for some seconds when thousands are kept. `rule` is how forecasts become a choice.
    """
    recent = outcomes.recent(prior_version=prior_version)
    through = _through(outcomes, prior_version)
    trained = train(
        recent.experiences, lambda some: chooses(fitted(some), rule), through=through, margin=margin
    )
    if trained.applied:
        outcomes.learn(
            Learned(
                through=trained.through,
                prior_version=prior_version,
                at=now,
                outcomes=trained.outcomes,
                says=trained.says,
            )
        )
    return trained


def fitted(experiences: Sequence[Experience]) -> Posterior:
    """What these teach, of each model that was asked."""
    posterior = Posterior()
    for each in experiences:
        sketch = sketch_of(each.choice)
        if sketch is None:
            continue
        priors = {considered.model: considered.prior for considered in each.choice.considered}
        for model in each.rewarded():
            worth = each.settled(model)
            if worth is not None and model in priors:
                posterior.learn(model, priors[model], sketch, worth.reward, worth.weight)
    return posterior


def chooses(posterior: Posterior, rule: Rule = choose) -> Policy:
    """What the rule makes of what the posterior knows: the cheapest that is good enough."""

    def policy(choice: Choice) -> str:
        sketch = sketch_of(choice)
        if sketch is None:
            return choice.model
        options = [
            Option(
                p=posterior.forecast(each.model, each.prior, sketch).p,
                doubt=0.0,
                cost=each.estimate,
            )
            for each in choice.considered
        ]
        return choice.considered[rule(options, choice.least)].model

    return policy


def forecast_of(posterior: Posterior, choice: Choice, model: str) -> float | None:
    """P(ok) of a model for an earlier request, as known now; None where that cannot be told."""
    sketch = sketch_of(choice)
    prior = next((each.prior for each in choice.considered if each.model == model), None)
    if sketch is None or prior is None:
        return None
    return posterior.forecast(model, prior, sketch).p


def sketch_of(choice: Choice) -> Sketch | None:
    """What the prior saw of the request; None where its vector is damaged or of another size."""
    try:
        features = unpacked(choice.features)
    except ValueError:
        return None
    if features.shape != (DIMENSIONS,):
        return None
    return Sketch(kind=choice.kind, likeness=choice.likeness, features=features)


def _through(outcomes: Outcomes, prior_version: str) -> int:
    learned = outcomes.learned()
    if learned is None or learned.prior_version != prior_version:
        return 0
    return learned.through
