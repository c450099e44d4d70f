"""The requests most like a new one, and what was missed in forecasting how they came out."""

import numpy as np
from numpy.typing import NDArray

REMEMBERED = 2_000
"""Outcomes, of all models together; the oldest make room."""

NEAREST = 32
SHRINK = 60.0
"""Outcomes that speak for nothing having been missed: 32 identical requests count for a third."""

_SHARPNESS = 4


class Nearest:
    """Nearest neighbours by cosine in the basis of a sketch, weighted by its fourth power."""

    def __init__(self) -> None:
        self._directions: NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)
        self._features: NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)
        self._missed = np.zeros(REMEMBERED)
        self._weight = np.zeros(REMEMBERED)
        self._of: dict[str, NDArray[np.intp]] = {}
        self._count = 0
        self._asked: tuple[NDArray[np.float64], NDArray[np.float32]] | None = None

    def remember(
        self, model: str, features: NDArray[np.float64], missed: float, weight: float
    ) -> None:
        """An outcome of `model` was better than the prior thought by `missed`."""
        if not len(self._features):
            self._features = np.zeros((REMEMBERED, len(features)), dtype=np.float32)
            self._directions = np.zeros_like(self._features)
        at = self._count % REMEMBERED
        self._features[at] = features
        self._directions[at] = _direction(features)
        self._missed[at], self._weight[at] = missed, weight
        self._give(at, model)
        self._count += 1
        self._asked = None

    def missed(
        self, model: str, features: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> float:
        """The shrunk mean of what `weights` leave unexplained for `model` nearby."""
        mine = self._of.get(model)
        if mine is None or not len(mine):
            return 0.0
        near = self._near(features)[mine]
        if len(mine) > NEAREST:
            best = np.argpartition(near, -NEAREST)[-NEAREST:]
            mine, near = mine[best], near[best]
        counts = np.maximum(near, 0) ** _SHARPNESS * self._weight[mine]
        left = self._missed[mine] - self._features[mine] @ weights
        return float(counts @ left / (counts.sum() + SHRINK))

    def _give(self, at: int, model: str) -> None:
        """Place `at` is `model`'s from now on; before the first round, it was nobody's."""
        if self._count >= REMEMBERED:
            for name, places in self._of.items():
                self._of[name] = places[places != at]
        self._of[model] = np.append(self._of.get(model, np.empty(0, dtype=np.intp)), at)

    def _near(self, features: NDArray[np.float64]) -> NDArray[np.float32]:
        """Cosines with everything remembered; kept, as several models are asked about in turn."""
        asked = self._asked
        if asked is None or asked[0] is not features:
            asked = self._asked = features, self._directions @ _direction(features)
        return asked[1]


def _direction(features: NDArray[np.float64]) -> NDArray[np.float32]:
    """Of length one; without the constant, which all have in common."""
    rest = features.astype(np.float32)
    rest[0] = 0
    return rest / max(float(np.sqrt(rest @ rest)), 1e-9)
