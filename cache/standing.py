"""How sure an entry must be before it serves again, learned from what people said of its hits.

A pure function of the verdicts. In the manner of vCache (Schroeder et al., ICLR 2026, arXiv
2502.03771): correctness as a logistic curve over the guard's confidence, one curve for each entry,
fitted on its own verdicts alone and read on the cautious side. Never looser than the global bound.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cache.judge import CERTAINTY

NEVER = 2.0
"""A bar that no confidence reaches."""

_STEEPNESS = 24.0
"""How sharply correctness rises with confidence. Fixed: a bad verdict can only raise the bar."""

_GRID = 64
_PRIOR = 12.0
"""How unlikely a curve that begins high is before anything was said: exp(-12 t)."""

_CAUTION = 0.9
"""The quantile of the fitted curves that is believed."""

_WORTH = 0.2
"""Wilson's lower bound of the share of good verdicts under which two bad ones end an entry."""

_Z = 1.2816
"""One-sided 90 % of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person said of one hit: whether it answered the question that was asked.

    `similarity` is the cosine and `confidence` the guard's at the time, both 1 for an exact hit.
    """

    similarity: float
    confidence: float
    good: bool


def bar(verdicts: Sequence[Verdict], *, certainty: float = CERTAINTY) -> float:
    """The confidence that this entry asks for: at least `certainty`; over 1 is never again.

    A bad verdict stops at once whatever is no surer than what was judged, with half of what was
    left above it. More good ones bring back only what the curve over all of them allows.
    """
    bad = [verdict.confidence for verdict in verdicts if not verdict.good]
    if not bad:
        return certainty
    if len(bad) > 1 and wilson(len(verdicts) - len(bad), len(verdicts)) < _WORTH:
        return NEVER
    worst = max(bad)
    beyond = worst + (1 - worst) / 2
    if not beyond > worst or worst >= SAME:
        return NEVER
    return max(certainty, beyond, _curve(verdicts, certainty))


SAME = 0.99
"""A question as sure as this reads the same: if its answer was bad, the answer itself is."""


def wilson(good: int, total: int, *, z: float = _Z) -> float:
    """Lower bound of the true share of good ones (Wilson, 1927); 0 when nothing was said."""
    if not total:
        return 0.0
    share, square = good / total, z * z / total
    spread = z * math.sqrt(share * (1 - share) / total + square / (4 * total))
    return max(0.0, (share + square / 2 - spread) / (1 + square))


def _curve(verdicts: Sequence[Verdict], certainty: float) -> float:
    """Where the cautious curve reaches `certainty`, between it and 1.

    Adding a bad verdict multiplies the weights by what grows with `start`, so the quantile, and
    with it the bar, never falls.
    """
    starts = [certainty + (1 - certainty) * step / _GRID for step in range(_GRID + 1)]
    logs = [
        -_PRIOR * (start - certainty) / (1 - certainty)
        + sum(_log_likelihood(verdict, start) for verdict in verdicts)
        for start in starts
    ]
    highest = max(logs)
    weights = [math.exp(log - highest) for log in logs]
    below, enough = 0.0, _CAUTION * sum(weights)
    for start, weight in zip(starts, weights, strict=True):
        below += weight
        if below >= enough:
            return start
    return starts[-1]


def _log_likelihood(verdict: Verdict, start: float) -> float:
    logit = _STEEPNESS * (verdict.confidence - start)
    return -math.log1p(math.exp(-logit if verdict.good else logit))
