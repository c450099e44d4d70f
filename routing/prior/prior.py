"""P(a model's answer is right | its quality, the request), before anything was seen.

The logit is a straight line in the logit of the quality, as in a two-parameter item response model
(Birnbaum, 1968). Where the line runs is said by two heads, linear in the basis: the probabilities
at two qualities, those of a good small model and of the best.
"""

import math

import numpy as np
from numpy.typing import NDArray

from routing.prior.kinds import OTHER, kinds
from routing.prior.sketching import (
    DIMENSIONS,
    KIND_SCALE,
    KINDS_AT,
    LENGTH_AT,
    Reader,
    Sketch,
)

ANCHORS = (0.78, 0.96)
"""The qualities in the catalogue at which the heads hold: a model of 7 to 9 billion weights, and
the best of the clouds."""

_LEAST, _MOST = 0.05, 0.97
_BEND = 0.02
"""Where the lead of a strong model bends towards zero, which it never reaches."""
_NOTABLE = 0.04


class Prior:
    """`heads` [2, dimensions of the basis]: the probability at the first anchor, and what the
    second adds. `version` names the basis: learned weights and stored features are of one version.
    """

    def __init__(self, *, version: str, reader: Reader, heads: NDArray[np.float32]) -> None:
        self.version = version
        self._reader = reader
        self._heads = heads
        self._usual_gain = float(heads[1] @ _usual_basis(reader))

    def sketch(self, text: str, *, turns: int = 0) -> Sketch:
        """What matters of a text, the last ask or what it approves, after so many `turns`."""
        return self._reader.read(text, turns=turns)

    def likely(self, quality: float, sketch: Sketch) -> float:
        """P(ok) of a model of that quality in [0, 1], as the catalogue has it; rises with it."""
        small, gain = (self._heads @ sketch.features).tolist()
        gain = min(_BEND * math.log1p(math.exp(min(gain, 1.0) / _BEND)), _MOST - _LEAST)
        low = min(max(small, _LEAST), _MOST - gain)
        start, end = _logit(low), _logit(low + gain)
        first, second = map(_logit, ANCHORS)
        share = (_logit(min(max(quality, 0.01), 0.99)) - first) / (second - first)
        return 1 / (1 + math.exp(-(start + share * (end - start))))

    def gain(self, sketch: Sketch) -> float:
        """What the best model adds to P(ok) of a good small one."""
        small, large = ANCHORS
        return self.likely(large, sketch) - self.likely(small, sketch)

    def explain(self, sketch: Sketch) -> tuple[str, ...]:
        """Why a strong model is, or is not, thought to be needed: the strongest reasons first."""
        reasons: list[tuple[float, str]] = []
        for number, kind in enumerate(kinds()):
            like = float(sketch.features[KINDS_AT][number]) / KIND_SCALE
            if like >= 0.15 and sketch.kind != OTHER:
                pulls = like * abs(kind.large - kind.small)
                reasons.append((pulls + (kind.name == sketch.kind), f"like {kind.says}"))
        long = float(self._heads[1, LENGTH_AT] * sketch.features[LENGTH_AT])
        if abs(long) >= _NOTABLE:
            reasons.append((abs(long), "a long text" if long > 0 else "a short text"))
        if sketch.kind == OTHER:
            reasons.append((0.0, "like no kind of request that is known"))
        gain = float(self._heads[1] @ sketch.features)
        more = "more" if gain > self._usual_gain else "less"
        return (
            *(words for _, words in sorted(reasons, key=lambda reason: -reason[0])[:3]),
            f"a strong model is thought to help {more} than usual",
        )


def _usual_basis(reader: Reader) -> NDArray[np.float32]:
    """The basis of a text that nothing is known of."""
    basis = np.zeros(DIMENSIONS, dtype=np.float32)
    basis[0] = 1
    basis[KINDS_AT] = KIND_SCALE * reader.usual
    return basis


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
