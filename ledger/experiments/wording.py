"""Experiments in words: values with their units, verdicts, and why one ended."""

import math
from collections.abc import Mapping

from ledger.experiments.standing import Guard, Standing
from ledger.experiments.values import Metric

_WORSE: Mapping[Metric, str] = {
    "quality": "fewer of B's answers are good",
    "cost": "B costs more",
    "latency": "B takes longer",
    "refusals": "more of B's requests stay without an answer",
}


def shown(metric: Metric, value: float, *, signed: bool = False) -> str:
    """A value in its unit: a percentage, dollars, or seconds. A dash where there is none."""
    if math.isnan(value):
        return "-"
    if metric == "cost":
        sign = "-" if value < 0 else "+" * signed
        return f"{sign}${abs(value) / 1_000_000:.5f}"
    plus = "+" if signed else ""
    if metric == "latency":
        return f"{value / 1000:{plus}.2f} s"
    return f"{value * 100:{plus}.1f} %"


def ended_by(guard: Guard) -> str:
    """Why a guard ended an experiment, without a full stop."""
    return (
        f"{_WORSE[guard.metric]}, by more than {shown(guard.metric, guard.tolerance)} "
        f"(e-value {_e(guard.highest)})"
    )


def concluded(standing: Standing) -> str:
    """What may be said now, in one sentence."""
    metric, told = standing.experiment.metric, standing.evidence
    low, high = (shown(metric, end, signed=True) for end in (told.low, told.high))
    between = f"B differs from A in {metric} by {low} to {high} (95 %, whenever one looks)"
    if standing.verdict == "harm" and standing.fired is not None:
        return f"B does harm: {ended_by(standing.fired)}."
    if standing.verdict == "too early":
        return f"No difference is shown yet: {between}."
    return (
        f"{standing.verdict}: {between}. Decided after {told.decided_after:,} "
        f"(e-value {_e(told.highest)}, 20 decides)."
    )


def _e(value: float) -> str:
    return f"{value:,.1f}" if value < 1e6 else f"{value:.0e}"
