"""One piece of a day."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from vocabulary import Money

Dimension = Literal["model", "source", "task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one model, source or kind of task came to on one of the person's days.

    `baseline` is what the answered requests would have cost at the baseline model.
    """

    day: date
    name: str
    spent: Money
    baseline: Money
