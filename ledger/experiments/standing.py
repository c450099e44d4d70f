"""Where an experiment stands: what was seen in each arm, how sure the difference is, and a verdict.

Requests are counted in the order in which they came, up to the first that is not finished: whoever
took those first that finish first would see more of the quicker arm.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from ledger.experiments.evidence import Evidence, evidence, harm
from ledger.experiments.sizes import needed
from ledger.experiments.values import (
    ARMS,
    METRICS,
    Experiment,
    Letter,
    Metric,
    Observation,
)

if TYPE_CHECKING:
    from ledger.experiments.evidence import Bools, Floats

Verdict = Literal["too early", "B is better", "B is worse", "harm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The means of an arm over the units that are counted, in each metric's unit; no cap applies.
    NaN where there were none.
    """

    number: int
    means: Mapping[Metric, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A metric that B may not make worse by more than `tolerance`."""

    metric: Metric
    tolerance: float
    highest: float
    fired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`evidence` of the experiment's metric is in that metric's unit, with values cut at its cap.

    `waiting` are units that are not finished, or of which something may still be said. `needed`
    are the units after which a difference of `detect` would mostly be found.
    """

    experiment: Experiment
    seen: Mapping[Letter, Seen]
    evidence: Evidence
    guards: tuple[Guard, ...]
    waiting: int
    needed: int
    verdict: Verdict

    @property
    def fired(self) -> Guard | None:
        """The first guard that stops B."""
        return next((guard for guard in self.guards if guard.fired), None)

    @property
    def remaining(self) -> int:
        """Units to be expected until a difference of `detect` is found; 0 when it is decided."""
        decided = self.verdict != "too early"
        return 0 if decided else max(self.needed - self.evidence.number, 1)


def standing(experiment: Experiment, observations: Sequence[Observation]) -> Standing:
    """Works out where it stands. A tenth of a second for ten thousand observations."""
    counted = {metric: _counted(metric, observations) for metric in METRICS}
    main = experiment.metric
    told = _evidence(experiment, main, counted[main])
    guards = tuple(_guards(experiment, counted))
    seen = {letter: _seen(letter, counted[main]) for letter in ARMS}
    return Standing(
        experiment=experiment,
        seen=seen,
        evidence=told,
        guards=guards,
        waiting=len(observations) - told.number,
        needed=units_needed(experiment, deviation=_deviation(experiment, counted[main])),
        verdict=_verdict(main, told, guards),
    )


def stopping(experiment: Experiment, observations: Sequence[Observation]) -> Guard | None:
    """The guard that stops the experiment now, if one does."""
    counted = {metric: _counted(metric, observations) for metric in METRICS}
    return next((guard for guard in _guards(experiment, counted) if guard.fired), None)


def value_of(observation: Observation, metric: Metric) -> float:
    """One observation in a metric's unit."""
    if metric == "quality":
        return float(observation.good)
    if metric == "refusals":
        return float(not observation.answered)
    return float(observation.cost if metric == "cost" else observation.total_ms)


def _counted(metric: Metric, observations: Sequence[Observation]) -> list[Observation]:
    """Those up to the first that may still change."""
    if metric == "quality":
        return list(takewhile(lambda each: each.settled, observations))
    return list(takewhile(lambda each: each.done, observations))


def _scaled(
    experiment: Experiment, metric: Metric, counted: Sequence[Observation]
) -> "tuple[Floats, Bools]":
    """Values in [0, 1] of the cap, and which are B's."""
    import numpy as np

    cap = experiment.limits[metric].cap
    values = np.array([value_of(each, metric) for each in counted], dtype=float)
    to_b = np.array([each.letter == "B" for each in counted], dtype=bool)
    return np.clip(values / cap, 0, 1), to_b


def _evidence(experiment: Experiment, metric: Metric, counted: Sequence[Observation]) -> Evidence:
    values, to_b = _scaled(experiment, metric, counted)
    told = evidence(values, to_b, experiment.share)
    cap = experiment.limits[metric].cap
    return replace(told, low=told.low * cap, high=told.high * cap)


def _guards(
    experiment: Experiment, counted: Mapping[Metric, Sequence[Observation]]
) -> Iterator[Guard]:
    for metric in METRICS:
        limit = experiment.limits[metric]
        values, to_b = _scaled(experiment, metric, counted[metric])
        badness = 1 - values if metric == "quality" else values
        told = harm(badness, to_b, experiment.share, tolerance=limit.tolerance / limit.cap)
        yield Guard(
            metric=metric, tolerance=limit.tolerance, highest=told.highest, fired=told.fired
        )


def _seen(letter: Letter, counted: Sequence[Observation]) -> Seen:
    mine = [each for each in counted if each.letter == letter]
    return Seen(
        number=len(mine),
        means={
            metric: math.fsum(value_of(each, metric) for each in mine) / len(mine)
            if mine
            else math.nan
            for metric in METRICS
        },
    )


def units_needed(
    experiment: Experiment, *, deviation: float | None = None, detect: float | None = None
) -> int:
    """Units until a difference of `detect`, else the experiment's own, is mostly found.

    `deviation` of one value, in its unit like `detect`; where it is not known, three times in ten
    for what is yes or no (one in ten is bad), and a quarter of the cap for what is measured.
    """
    metric = experiment.metric
    cap = experiment.limits[metric].cap
    guess = 0.3 if metric in ("quality", "refusals") else 0.25
    scaled = guess if deviation is None else deviation / cap
    return needed(scaled, experiment.share, (detect or experiment.detect) / cap)


_FEW = 30
"""Below this many values their own deviation says little."""


def _deviation(experiment: Experiment, counted: Sequence[Observation]) -> float | None:
    """Of one value, in its unit; None where there are few."""
    if len(counted) < _FEW:
        return None
    values, _ = _scaled(experiment, experiment.metric, counted)
    return float(values.std()) * experiment.limits[experiment.metric].cap


def _verdict(metric: Metric, told: Evidence, guards: Sequence[Guard]) -> Verdict:
    if any(guard.fired for guard in guards):
        return "harm"
    if told.higher is None:
        return "too early"
    return "B is better" if told.higher == (metric == "quality") else "B is worse"
