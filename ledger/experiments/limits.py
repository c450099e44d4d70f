"""Caps, tolerances and the difference that matters, by what the last month was like."""

from collections.abc import Mapping

from ledger.experiments.sqlite import History, Spread
from ledger.experiments.values import DEFAULT_LIMITS, METRICS, Limit, Metric

CAP_OF_MOST = 4.0
"""The cap is so many times what 95 of 100 requests stay below. A bet may not lose more than it has,
so the wider a value may swing, the smaller the bets and the later anything is seen."""

LEAST_CAP: Mapping[Metric, float] = {"cost": 10_000, "latency": 10_000}
"""A cent, ten seconds: arms may be dearer or slower than anything so far."""

TOLERATED_OF_MEAN: Mapping[Metric, float] = {"cost": 0.25, "latency": 0.5}
"""Of the mean of the last month: fixed at the start, for the mean of arm A moves with chance."""

LEAST_TOLERATED: Mapping[Metric, float] = {"cost": 500, "latency": 1_000}
"""A twentieth of a cent, a second."""


def limits_of(
    history: History,
    *,
    caps: Mapping[Metric, float | None],
    tolerated: Mapping[Metric, float | None],
) -> dict[Metric, Limit]:
    """What holds in an experiment; `caps` and `tolerated` are what the person said, in the metric's
    unit, and win over what the books suggest.
    """
    spreads: Mapping[Metric, Spread | None] = {"cost": history.cost, "latency": history.latency}
    limits = {}
    for metric in METRICS:
        usual, spread = DEFAULT_LIMITS[metric], spreads.get(metric)
        cap, tolerance = usual.cap, usual.tolerance
        if spread is not None:
            cap = min(usual.cap, max(LEAST_CAP[metric], CAP_OF_MOST * spread.most))
            tolerance = max(LEAST_TOLERATED[metric], TOLERATED_OF_MEAN[metric] * spread.mean)
        cap, tolerance = _or(caps.get(metric), cap), _or(tolerated.get(metric), tolerance)
        limits[metric] = Limit(cap=cap, tolerance=tolerance)
    return limits


def to_detect(metric: Metric, limits: Mapping[Metric, Limit]) -> float:
    """The difference that matters where a person names none: five in a hundred, or a quarter more
    (cost) and half more (latency) than the last month's mean, which is what is tolerated.
    """
    shares = metric in ("quality", "refusals")
    limit = limits[metric]
    return 0.05 if shares else limit.tolerance or limit.cap / 20


def _or(said: float | None, otherwise: float) -> float:
    return otherwise if said is None else said
