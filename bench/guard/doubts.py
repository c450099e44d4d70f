"""Trains the part of the guard that weighs vetoes which may be outweighed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.guard.rows import Compared, Row
from cache.guard.doubts import NAMES, NEAREST, is_doubtful, may_be_outweighed, weighed
from cache.judge import CERTAINTY

_PENALTY = 100.0
"""Strong: some 300 pairs that mean the same and 100 that do not show little of 80 weights. With a
tenth of it traps of ours were served that no pair here is like."""

_OWN = 4.0
"""How much a pair of our own counts, whose label is sure, beside one of Quora's."""

_SERVED = 0.68
"""What the model gives where an answer is served: the share that Quora's labels call the same."""


def doubtful(given: Sequence[Compared]) -> tuple[list[Row], Any]:
    """The rows that a veto keeps apart which leaves a doubt. And features."""
    found = [
        each
        for each in given
        if each.similarity >= NEAREST
        and each.reason is not None
        and is_doubtful(each.reason, each.first, each.second, each.difference)
    ]
    table = [weighed(each.first, each.second, each.similarity, each.difference) for each in found]
    return [each.row for each in found], np.array(table)


def outweighable(given: Sequence[Compared]) -> set[int]:
    """By identity, the rows of which an answer may be served in spite of a veto."""
    return {
        id(each.row)
        for each in given
        if each.reason is not None
        and may_be_outweighed(each.reason, each.first, each.second, each.difference)
    }


def fit_doubts(given: Sequence[Row], table: Any) -> dict[str, float]:
    """Log-odds, moved so that `_SERVED` becomes `CERTAINTY`; the bias is `""`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    centre, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    values = np.column_stack([np.ones(len(table)), (table - centre) / spread])
    turned = np.where([row.same for row in given], 1.0, -1.0)
    counted = np.where([row.set == "own" for row in given], _OWN, 1.0)

    def loss(weights: Any) -> tuple[float, Any]:
        margin = turned * (values @ weights)
        slope = -(counted * turned / (1 + np.exp(margin))) @ values
        slope[1:] += _PENALTY * weights[1:]
        penalty = 0.5 * _PENALTY * float(weights[1:] @ weights[1:])
        return float((counted * np.logaddexp(0, -margin)).sum()) + penalty, slope

    found = minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found[1:] / spread
    bias = float(found[0] - weights @ centre) - _odds(_SERVED) + _odds(CERTAINTY)
    return {"": bias, **dict(zip(NAMES, map(float, weights), strict=True))}


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
