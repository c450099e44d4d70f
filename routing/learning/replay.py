"""What another way of choosing would have brought, estimated from what was chosen and logged.

Self-normalised inverse propensity scoring (Swaminathan & Joachims 2015) and the doubly robust
estimate (Dudík, Langford & Li 2011), both with normal bounds. Only the outcome of the model that
was chosen is used. Weights of the latter are cut off at 20. Where a model could be chosen less
often than that, the outcomes of similar requests stand in for the part that is cut off, and how
uncertain these are, as if they all erred the same way, widens the bound.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.learning.outcomes import Choice, Experience

Policy = Callable[[Choice], str]
"""Which of the considered models would be chosen."""

Floats = NDArray[np.float64]
Models = NDArray[np.object_]

MOST_WEIGHT = 20.0
"""A weight of 1/propensity is cut off here: a bias, which is accounted for, for less variance."""

ONE_SIDED_90 = 1.2816
_STRENGTH = 4.0
"""How many outcomes the prior is worth where similar requests are averaged: few, so that what was
never seen is as uncertain as it is."""
_FOLDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean reward with the bound it exceeds with 90 %, from how many outcomes.

    `effective` is the number of equally weighted outcomes that tell as much (Kish 1965).
    """

    mean: float
    low: float
    outcomes: int
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the new policy would bring more than the current, on average; both in rewards.

    `differs` is the share of requests where they choose differently; `guessed` is how much of what
    is said of these rests on similar requests instead of the log.
    """

    gain: Estimate
    snips: float
    differs: float
    guessed: float


def snips(experiences: Sequence[Experience], policy: Policy) -> Estimate:
    """The mean reward that `policy` would have had, self-normalised; nothing but the log is used.

    Without a single choice in common the mean is 0 and so is `effective`.
    """
    log = _Log(experiences)
    return _snips(log, log.chosen_by(policy))


def doubly_robust(experiences: Sequence[Experience], policy: Policy) -> Estimate:
    """The mean reward that `policy` would have had: what similar requests say, corrected."""
    log = _Log(experiences)
    chosen = log.chosen_by(policy)
    return _estimate(log, log.terms(chosen), log.doubts(chosen))


def compare(experiences: Sequence[Experience], new: Policy, current: Policy) -> Comparison:
    """How much better the new policy would have done, doubly robust, request by request.

    Where both choose the same, the difference is exactly nothing: the bound is as narrow as the
    policies are alike.
    """
    log = _Log(experiences)
    ours, theirs = log.chosen_by(new), log.chosen_by(current)
    differs = ours != theirs
    gained = np.where(differs, log.terms(ours) - log.terms(theirs), 0.0)
    doubts = np.where(differs, np.hypot(log.doubts(ours), log.doubts(theirs)), 0.0)
    return Comparison(
        gain=_estimate(log, gained, doubts),
        snips=_snips(log, ours).mean - _snips(log, theirs).mean,
        differs=float(differs.mean()),
        guessed=float(log.unseen(ours)[differs].mean()) if differs.any() else 0.0,
    )


def _snips(log: "_Log", chosen: Models) -> Estimate:
    weights = log.weights(chosen) * log.matters
    total = float(weights.sum())
    if total == 0:
        return Estimate(mean=0.0, low=0.0, outcomes=len(weights), effective=0.0)
    mean = float(weights @ log.rewards) / total
    error = sqrt(float(weights**2 @ (log.rewards - mean) ** 2)) / total
    return Estimate(
        mean=mean,
        low=mean - ONE_SIDED_90 * error,
        outcomes=len(weights),
        effective=total**2 / float(weights @ weights),
    )


def _estimate(log: "_Log", terms: Floats, doubts: Floats) -> Estimate:
    """The weighted mean of the terms. `doubts` are the same mistake everywhere: they add up."""
    weights = log.matters / log.matters.sum()
    mean = float(weights @ terms)
    spread = float(weights**2 @ (terms - mean) ** 2)
    low = mean - ONE_SIDED_90 * sqrt(spread + float(weights @ doubts) ** 2)
    effective = 1 / float(weights @ weights)
    return Estimate(mean=mean, low=low, outcomes=len(terms), effective=effective)


class _Log:
    """Logged choices in columns: one row for each whose chosen model's outcome is known."""

    def __init__(self, experiences: Sequence[Experience]) -> None:
        known = [(each, each.settled(each.choice.model)) for each in experiences]
        rows = [(each.choice, worth) for each, worth in known if worth is not None]
        if not rows:
            raise ValueError("Of none of these is it known what came of the model that was chosen.")
        self.choices = [choice for choice, _ in rows]
        self.rewards = np.array([worth.reward for _, worth in rows])
        self.matters = np.array([worth.weight for _, worth in rows])
        self._propensities = [
            {each.model: each.propensity for each in choice.considered} for choice in self.choices
        ]
        self._model = np.array([choice.model for choice in self.choices], dtype=object)
        self._expected = _Expected(self.choices, self.rewards, self.matters)

    def chosen_by(self, policy: Policy) -> Models:
        return np.array([policy(choice) for choice in self.choices], dtype=object)

    def weights(self, chosen: Models) -> Floats:
        """How many requests each row stands for: none where another model was chosen."""
        inverse = 1 / np.maximum(self._chances(chosen), 1e-6)
        return np.where(chosen == self._model, inverse, 0.0)

    def terms(self, chosen: Models) -> Floats:
        """One estimate a row: what is expected of its model, and by how much that was wrong."""
        expected = self._expected.means(chosen)
        cut = np.minimum(self.weights(chosen), MOST_WEIGHT)
        return expected + cut * (self.rewards - expected)

    def unseen(self, chosen: Models) -> Floats:
        """Which part of what is expected is never corrected, because weights are cut off."""
        return 1 - np.minimum(1.0, MOST_WEIGHT * self._chances(chosen))

    def doubts(self, chosen: Models) -> Floats:
        """How uncertain that part is."""
        return self.unseen(chosen) * self._expected.doubts(chosen)

    def _chances(self, chosen: Models) -> Floats:
        rows = zip(self._propensities, chosen, strict=True)
        return np.array([chances[model] for chances, model in rows])


class _Expected:
    """The reward that similar requests had: by model, and by model and kind, shrunk to the prior.

    What is expected of a request is averaged over the other fold only, so that no row foretells
    itself.
    """

    def __init__(self, choices: Sequence[Choice], rewards: Floats, matters: Floats) -> None:
        self._choices = choices
        self._priors = [{each.model: each.prior for each in c.considered} for c in choices]
        wrong = rewards - [
            priors[choice.model] for choice, priors in zip(choices, self._priors, strict=True)
        ]
        models = [(n % _FOLDS, choice.model) for n, choice in enumerate(choices)]
        self._models = _shifts(models, wrong, matters)
        rest = wrong - [self._models[key].shift for key in models]
        kinds = [(*key, choice.kind) for key, choice in zip(models, choices, strict=True)]
        self._kinds = _shifts(kinds, rest, matters)

    def means(self, chosen: Models) -> Floats:
        return np.array([self._one(number, model)[0] for number, model in enumerate(chosen)])

    def doubts(self, chosen: Models) -> Floats:
        """Standard deviation of what is expected."""
        return np.array([self._one(number, model)[1] for number, model in enumerate(chosen)])

    def _one(self, number: int, model: str) -> tuple[float, float]:
        other = (number + 1) % _FOLDS
        by_model = self._models.get((other, model), _NOTHING)
        by_kind = self._kinds.get((other, model, self._choices[number].kind), _NOTHING)
        mean = self._priors[number][model] + by_model.shift + by_kind.shift
        mean = min(max(mean, 0.0), 1.0)
        likely = min(max(mean, 0.05), 0.95)
        return mean, sqrt(likely * (1 - likely) / (by_kind.outcomes + _STRENGTH))


@dataclass(frozen=True, slots=True)
class _Shift:
    shift: float
    outcomes: float


_NOTHING = _Shift(0.0, 0.0)


def _shifts(keys: Sequence[Hashable], wrong: Floats, matters: Floats) -> dict[Any, _Shift]:
    sums: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key, miss, weight in zip(keys, wrong, matters, strict=True):
        sums[key][0] += miss * weight
        sums[key][1] += weight
    return {key: _Shift(total / (n + _STRENGTH), n) for key, (total, n) in sums.items()}
