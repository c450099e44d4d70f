"""A request that cost money, as the books have it."""

from dataclasses import dataclass
from datetime import datetime

from vocabulary import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One attempt that ended. `model` is `provider/name`; `fallback_from` the one tried before it.

    `answered`: it gave a whole answer. `escalated`: the one before it did, and not well enough.
    """

    number: int
    model: str
    local: bool
    answered: bool
    cost: Money
    fallback_from: str | None
    escalated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A request with all its attempts, in their order; some of them cost money at a cloud."""

    request_id: str
    at: datetime
    task: str
    caller: str
    lines: tuple[Line, ...]

    @property
    def cost(self) -> Money:
        return Money(sum(line.cost for line in self.lines))

    @property
    def dearest(self) -> Line:
        """The attempt at a cloud that cost most."""
        return max((line for line in self.lines if not line.local), key=lambda line: line.cost)
