"""P(ok) of an answer from its signals: a logistic model whose weights are data.

    log-odds = log-odds(prior) + sum of weight · (signal - centre)

A signal that is missing adds nothing. `python -m bench.checks.train` makes the weights.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_MOST = 4.0
"""Log-odds. However much the signals agree, they do not outweigh a prior of 2 % or 98 %."""


def evidence(signals: Mapping[str, float]) -> float:
    """What the signals say, in log-odds; 0 where they say nothing."""
    known = weights()
    total = sum(
        known[name][0] * (value - known[name][1])
        for name, value in signals.items()
        if name in known and math.isfinite(value)
    )
    return max(-_MOST, min(_MOST, total))


def moved(prior: float, by: float) -> float:
    """A probability after evidence of `by` log-odds. The prior is kept within [0.01, 0.99]."""
    start = min(max(prior, 0.01), 0.99)
    return 1.0 / (1.0 + (1.0 - start) / start * math.exp(-by))


@cache
def weights() -> Mapping[str, tuple[float, float]]:
    """Weight and centre of each signal, by name."""
    text = files("routing.checks").joinpath("weights.json").read_text(encoding="utf-8")
    return {name: (row["weight"], row["centre"]) for name, row in json.loads(text).items()}
