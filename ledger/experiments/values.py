"""An experiment, its two arms, and what was seen of one request in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from vocabulary import Money

Letter = Literal["A", "B"]
By = Literal["caller", "request"]
Metric = Literal["quality", "cost", "latency", "refusals"]

ARMS: tuple[Letter, ...] = get_args(Letter)
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What an arm does otherwise than the settings; what is None stays as it is.

    `model` is `provider/name`; `min_quality` and `min_confidence` lie in [0, 1]; `system` is put
    before the system prompt of a request.
    """

    strategy: str | None = None
    model: str | None = None
    min_quality: float | None = None
    min_confidence: float | None = None
    system: str | None = None

    @property
    def changes(self) -> Mapping[str, str | float]:
        """What it sets, by name."""
        fields = ("strategy", "model", "min_quality", "min_confidence", "system")
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How one metric is measured and guarded; both in its unit.

    A single request counts for at most `cap`: no finite number of requests could say anything of a
    mean that one of them may move by any amount. B may be worse than A by `tolerance` before the
    experiment ends by itself. Units: micro-dollars, milliseconds, and shares in [0, 1].
    """

    cap: float
    tolerance: float


DEFAULT_LIMITS: Mapping[Metric, Limit] = {
    "quality": Limit(cap=1.0, tolerance=0.05),
    "cost": Limit(cap=500_000, tolerance=5_000),
    "latency": Limit(cap=120_000, tolerance=10_000),
    "refusals": Limit(cap=1.0, tolerance=0.05),
}
"""Where the books know nothing of the last month; `homeward experiment start` looks there first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Arm B against arm A, which is things as they are unless it changes something too.

    `by` says who keeps an arm: a caller, or a caller's question. `share` in (0, 1) of them gets B.
    `detect` is the difference in `metric` that would matter, in its unit. `why` and `stopped_by`
    (`person` or `guard`) tell of its end.
    """

    id: str
    name: str
    began: datetime
    by: By
    share: float
    metric: Metric
    detect: float
    a: Arm = field(default_factory=Arm)
    b: Arm
    limits: Mapping[Metric, Limit] = field(default_factory=lambda: DEFAULT_LIMITS)
    note: str = ""
    ended: datetime | None = None
    why: str = ""
    stopped_by: str = ""

    def arm(self, letter: Letter) -> Arm:
        return self.a if letter == "A" else self.b

    @property
    def names(self) -> frozenset[str]:
        """What differs from the settings in one of the arms."""
        return frozenset(self.a.changes) | frozenset(self.b.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What came of a unit's first request. `done`: it was answered, or will not be any more.

    `settled`: whether it was good does not change any more. One without an answer is not good.
    """

    letter: Letter
    done: bool
    settled: bool
    answered: bool
    good: bool
    cost: Money
    total_ms: int
