"""How long answers are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TTL_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """Seconds, by kind of task; `usual` for every kind that is not named."""

    usual: float = TTL_S
    by_task: Mapping[str, float] = field(default_factory=dict)

    def of(self, task: str) -> float:
        return self.by_task.get(task, self.usual)
