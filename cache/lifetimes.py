"""How long answers are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TTL_S = 24 * 60 * 60

MOMENT_S = 60.0
"""How long an answer holds that depends on more than its words: for whoever asks twice, or tries
again after a lost connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """Seconds, by kind of task; `usual` for every kind that is not named."""

    usual: float = TTL_S
    by_task: Mapping[str, float] = field(default_factory=dict)

    def of(self, task: str, *, passing: bool = False) -> float:
        """`passing`: true for a moment only."""
        lasting = self.by_task.get(task, self.usual)
        return min(lasting, MOMENT_S) if passing else lasting
