"""How likely a model's answer will do, by the prior and by what became of this person's requests.

Ridge regressions on what the prior missed, `reward - P(ok)`, over the basis of a sketch: one for
all models together, which learns what is hard here, and one for each model, which is shrunk towards
it and learns what that model is good at. Each is kept up to date without solving anything (Sherman
and Morrison, 1950), with the statistics of LinUCB (Li et al., 2010) and of Thompson sampling for
linear models (Agrawal and Goyal, 2013). As the basis holds how like each kind a request is, every
model has for each kind a mean that is shrunk to that of all models, and that to the prior.
What the regressions missed of the nearest requests is added, shrunk as well (`nearest`).
"""

import numpy as np
from numpy.typing import NDArray

from routing.learning.nearest import Nearest
from routing.prior import DIMENSIONS, Sketch
from routing.values import Forecast

COMMON_PENALTY, OWN_PENALTY = 50.0, 500.0
"""Of the ridges, on a basis of unit scale. A model's own mean for one kind counts for half after 55
outcomes, that of all models after 6: how hard requests are differs far more than models do."""

COMMON_LEVEL, OWN_LEVEL = 3.0, 10.0
"""Scales of the constant: how good a model is on the whole is learned from a handful of outcomes,
how hard everything is from more."""

UNSEEN, FEW = 0.3, 2.0
"""A model that was never seen takes over so much of what all the others missed, one with so many
outcomes half of the rest: that one model fails says that requests are hard, or that it is bad."""

NOISE = 0.45
"""Standard deviation of one outcome about its expectation: of yes and no at 0.72."""

_LEAST, _MOST = 0.01, 0.99

Vector = NDArray[np.float64]


class _Ridge:
    """The inverse of a regularised Gram matrix, and the weighted sums of what was missed."""

    def __init__(self, penalty: float) -> None:
        self.inverse = np.eye(DIMENSIONS) / penalty
        self.sums: Vector = np.zeros(DIMENSIONS)

    def learn(self, x: Vector, missed: float, weight: float) -> None:
        turned = self.inverse @ x
        scale = weight / (1 + weight * float(x @ turned))
        self.inverse -= np.outer(turned * scale, turned)
        self.sums += weight * missed * x


class Posterior:
    """Starts as the prior, and learns in place. Learning is for one thread, and not while others
    ask; several may ask at once.
    """

    def __init__(
        self, *, common_penalty: float = COMMON_PENALTY, own_penalty: float = OWN_PENALTY
    ) -> None:
        self._common = _Ridge(common_penalty)
        self._own: dict[str, _Ridge] = {}
        self._seen: dict[str, float] = {}
        self._own_penalty = own_penalty
        self._nearest = Nearest()
        self._weights: dict[str, Vector] = {}
        self._common_weights: Vector = np.zeros(DIMENSIONS)
        self._last: tuple[Sketch, Vector] | None = None

    def forecast(self, model: str, prior_p: float, sketch: Sketch) -> Forecast:
        """What to expect of `model`, of which the prior thinks `prior_p`.

        A model of which nothing was seen is expected to find a little harder what the others did.
        `doubt` is about this model beside others; what they have in common is left out.
        """
        x = self._basis(sketch)
        before = float(x @ x) / self._own_penalty
        own = self._own.get(model)
        now = before if own is None else float(x @ own.inverse @ x)
        weights = self._of(model)
        missed = float(x @ weights) + self._nearest.missed(model, x, weights)
        return Forecast(
            p=min(max(prior_p + missed, _LEAST), _MOST),
            doubt=NOISE * now**0.5,
            outcomes=max(0.0, 1 / now - 1 / before),
        )

    def learn(
        self, model: str, prior_p: float, sketch: Sketch, reward: float, weight: float = 1.0
    ) -> None:
        """An answer of `model` was worth `reward` in [0, 1]; `weight` says how much that says."""
        x, missed = self._basis(sketch), reward - prior_p
        own = self._own.setdefault(model, _Ridge(self._own_penalty))
        common = x.copy()
        common[0] *= COMMON_LEVEL / OWN_LEVEL
        self._common.learn(common, missed, weight)
        own.learn(x, missed, weight)
        self._common_weights = self._common.inverse @ self._common.sums
        self._common_weights[0] *= COMMON_LEVEL / OWN_LEVEL
        self._seen[model] = self._seen.get(model, 0.0) + weight
        self._weights.clear()
        self._nearest.remember(model, x, missed, weight)

    def _basis(self, sketch: Sketch) -> Vector:
        """The basis as the ridges have it; kept, as several models are asked about in turn."""
        last = self._last
        if last is None or last[0] is not sketch:
            x = sketch.features.astype(np.float64)
            x[0] *= OWN_LEVEL
            last = self._last = sketch, x
        return last[1]

    def _of(self, model: str) -> Vector:
        """A model's weights: the ridge towards the common ones instead of towards zero."""
        found = self._weights.get(model)
        if found is None:
            found = self._weights[model] = self._solved(model)
        return found

    def _solved(self, model: str) -> Vector:
        own, seen = self._own.get(model), self._seen.get(model, 0.0)
        towards = (UNSEEN + (1 - UNSEEN) * seen / (seen + FEW)) * self._common_weights
        if own is None:
            return towards
        return own.inverse @ (own.sums + self._own_penalty * towards)
