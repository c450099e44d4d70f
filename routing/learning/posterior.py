"""How likely a model's answer will do, by the prior and by what became of this person's requests.

For each model one ridge regression on what the prior missed, `reward - P(ok)`, kept up to date
without solving anything (Sherman and Morrison, 1950): the statistics of LinUCB (Li et al., 2010) and
of Thompson sampling for linear models (Agrawal and Goyal, 2013). The basis holds how like each kind
a request is, so each model has, for each kind, a mean that is shrunk towards the prior.
What the regression missed of the nearest requests is added, shrunk as well.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.learning.nearest import Nearest
from routing.prior import DIMENSIONS, Sketch
from routing.values import Forecast

PENALTY = 300.0
"""Of the ridge, on a basis of unit scale: a kind's own mean counts for half after 33 outcomes."""

NOISE = 0.45
"""Standard deviation of one outcome about its expectation: of yes and no at 0.72."""

_LEAST, _MOST = 0.01, 0.99


@dataclass(slots=True, kw_only=True, eq=False)
class _Arm:
    """One model: the inverse of the regularised Gram matrix, weights, and what was seen last."""

    inverse: NDArray[np.float64]
    sums: NDArray[np.float64] = field(default_factory=lambda: np.zeros(DIMENSIONS))
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(DIMENSIONS))


class Posterior:
    """Starts as the prior, and learns in place; not for several threads at once."""

    def __init__(self, *, penalty: float = PENALTY) -> None:
        self._penalty = penalty
        self._arms: dict[str, _Arm] = {}
        self._nearest = Nearest()

    def forecast(self, model: str, prior_p: float, sketch: Sketch) -> Forecast:
        """What to expect of `model`, of which the prior thinks `prior_p`."""
        x = sketch.features.astype(np.float64)
        before = float(x @ x) / self._penalty
        arm = self._arms.get(model)
        if arm is None:
            return Forecast(p=prior_p, doubt=NOISE * before**0.5)
        now = float(x @ arm.inverse @ x)
        p = prior_p + float(arm.weights @ x)
        p += self._nearest.missed(model, sketch.features, arm.weights)
        return Forecast(
            p=min(max(p, _LEAST), _MOST),
            doubt=NOISE * now**0.5,
            outcomes=max(0.0, 1 / now - 1 / before),
        )

    def learn(
        self, model: str, prior_p: float, sketch: Sketch, reward: float, weight: float = 1.0
    ) -> None:
        """An answer of `model` was worth `reward` in [0, 1]; `weight` says how much that says."""
        arm = self._arms.get(model)
        if arm is None:
            arm = self._arms[model] = _Arm(inverse=np.eye(DIMENSIONS) / self._penalty)
        x = sketch.features.astype(np.float64)
        turned = arm.inverse @ x
        arm.inverse -= np.outer(turned, turned) * (weight / (1 + weight * float(x @ turned)))
        arm.sums += weight * (reward - prior_p) * x
        arm.weights = arm.inverse @ arm.sums
        self._nearest.remember(model, sketch.features, reward - prior_p, weight)
