"""A logistic model of signals that may be missing, and how well scores tell wrong from right."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bench.checks.rows import STAGES, Answer

_PENALTY = 6.0
_MOST = 2.0
_FAILURE = -1.0
"""Where a failed check's weight stays that the data say little of, in log-odds: caution."""

RISING = frozenset(
    {
        *("sums_right", "numbers_new", "shared_words", "agreement", "verified"),
        *("logprob_mean", "logprob_min", "logprob_first", "logprob_sum"),
    }
)
CHECKS = (
    *("empty", "refusal", "cut_off", "repetition", "echo", "template", "json", "code"),
    *("form", "arithmetic", "language"),
)
FLAGS = (
    *("hedges", "turns", "adds_nothing", "sums_wrong", "fractions", "end_fraction"),
    *("numbers_unused", "no_sums"),
)
"""Signs that are mostly 0, and then say nothing."""

VIEWS = (("text",), ("text", "logprobs"), ("text", "sample"), STAGES[:3], STAGES)
ASSUMED = {"verified": (0.8, 0.5), "reckoned": (3.0, 0.0)}
"""Not trained. `verified` is for callers that switch it on: Gemma's own verdicts say nothing (an
AUROC under a half), and no other model's were had. `reckoned` is right by construction."""

Weights = Mapping[str, tuple[float, float]]


def fit(answers: Sequence[Answer]) -> dict[str, tuple[float, float]]:
    """Weight and centre of each signal.

    Each answer counts a part for each of `VIEWS`, with what is known there, so that the weights
    hold up when signals are missing. Sources differ in how often they are right, and have
    intercepts of their own, which are not kept. A weight with the wrong sign is noise: its signal
    is left out.
    """
    views = [
        (answer.signals(*known), answer, 1.0 / len(VIEWS))
        for answer in answers
        if not answer.failed
        for known in VIEWS
    ]
    names = sorted({name for view, _, _ in views for name in view} - ASSUMED.keys() | set(CHECKS))
    while True:
        weights, centres = _solved(views, names)
        kept = [name for name in names if _sign(name) * weights[name] > 0]
        if kept == names:
            found = {name: (_bounded(name, weights[name]), centres[name]) for name in names}
            return found | ASSUMED
        names = kept


def score(weights: Weights, signals: Mapping[str, float]) -> float:
    """Log-odds, as `routing.checks.confidence` reckons them."""
    return sum(
        weights[name][0] * (value - weights[name][1])
        for name, value in signals.items()
        if name in weights
    )


def auroc(scores: Any, wrong: Any) -> float:
    """The probability that a wrong answer scores higher than a right one; ties count half."""
    scores, wrong = np.asarray(scores, float), np.asarray(wrong, bool)
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    bad, good = wrong.sum(), (~wrong).sum()
    return float((rank[wrong].sum() - bad * (bad + 1) / 2) / (bad * good))


def folds(number: int, parts: int = 5, seed: int = 0) -> Any:
    """The fold of each row."""
    return np.random.default_rng(seed).permutation(number) % parts


def _sign(name: str) -> float:
    return 1.0 if name in RISING else -1.0


def _bounded(name: str, weight: float) -> float:
    """Two sources are not all the questions that there are."""
    return max(-_MOST, min(_MOST, weight)) if name in CHECKS or name in FLAGS else weight


def _centre_of(name: str, values: Any) -> float:
    """What a signal is where it says nothing: its mean, and 0 for signs that are rarely there."""
    return 0.0 if name in CHECKS or name in FLAGS else round(float(np.mean(values)), 3)


def _solved(
    views: Sequence[Any], names: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Newton's method for the penalised likelihood."""
    given = {name: [view[name] for view, _, _ in views if name in view] for name in names}
    centres = {name: _centre_of(name, given[name] or [0.0]) for name in names}
    scale = {name: max(float(np.std(given[name] or [0.0])), 0.05) for name in names}
    scale |= dict.fromkeys(CHECKS, 1.0)
    sources = sorted({answer.source for _, answer, _ in views})
    table = np.array(
        [
            [float(answer.source == source) for source in sources]
            + [(view.get(name, centres[name]) - centres[name]) / scale[name] for name in names]
            for view, answer, _ in views
        ]
    )
    right = np.array([answer.ok for _, answer, _ in views], float)
    counted = np.array([weight for _, _, weight in views])
    towards = np.array([0.0] * len(sources) + [_FAILURE if n in CHECKS else 0.0 for n in names])
    penalty = np.array([1e-3] * len(sources) + [_PENALTY] * len(names))
    found = towards.copy()
    for _ in range(30):
        likely = 1 / (1 + np.exp(-table @ found))
        slope = table.T @ (counted * (likely - right)) + penalty * (found - towards)
        bend = (table.T * (counted * likely * (1 - likely))) @ table + np.diag(penalty)
        found = found - np.linalg.solve(bend, slope)
    solved = found[len(sources) :]
    return {n: float(w) / scale[n] for n, w in zip(names, solved, strict=True)}, centres
