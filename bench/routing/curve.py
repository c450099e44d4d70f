"""Share of the quality gap recovered, over the share of calls that go to the strong model.

RouteLLM's definitions (Ong et al., 2024): PGR is the recovered share of the gap between weak and
strong, APGR its area over all shares of strong calls; random is 0.5. Prompts with equal scores
count as if their order were random.
"""

from collections.abc import Sequence

import numpy as np

from bench.routing.rows import Array, Rows


def recovered(scores: Sequence[float] | Array, rows: Rows) -> tuple[Array, Array]:
    """Shares of strong calls, rising from 0 to 1, and PGR at each."""
    values = np.asarray(scores, dtype=float)
    order = np.argsort(-values, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    won = np.append(0.0, np.cumsum((rows.strong - rows.weak)[order])[ends])
    return np.append(0.0, (ends + 1) / len(values)), won / won[-1]


def apgr(scores: Sequence[float] | Array, rows: Rows) -> float:
    shares, gap = recovered(scores, rows)
    return float(np.trapezoid(gap, shares))


def calls_for(scores: Sequence[float] | Array, rows: Rows, wanted: float) -> float:
    """The smallest share of strong calls that recovers so much of the gap."""
    shares, gap = recovered(scores, rows)
    at = int(np.argmax(gap >= wanted))
    if at == 0:
        return 0.0
    part = (wanted - gap[at - 1]) / (gap[at] - gap[at - 1])
    return float(shares[at - 1] + part * (shares[at] - shares[at - 1]))


def band(scores: Sequence[float] | Array, rows: Rows, rounds: int = 200) -> tuple[float, float]:
    """95 % of APGR over rows drawn with replacement."""
    values, drawn = np.asarray(scores, dtype=float), np.random.default_rng(0)
    found = []
    for _ in range(rounds):
        chosen = drawn.integers(0, len(values), len(values))
        found.append(apgr(values[chosen], rows.some(chosen)))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
