"""What is compared: figures of a model on a UTC day, the provider's and ours."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from vocabulary import Money

Measure = Literal["requests", "input", "cached", "output", "cost"]
"""What an export may count: calls, tokens read, the part of them from the provider's prompt cache,
tokens written, and money."""

ANY_MODEL = ""
"""The model of figures that are not divided by model."""

Key = tuple[date, str]
"""A UTC day and the family of a model."""


_NO_MONEY = Money(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums; 0 where nothing was used, and where an export does not say."""

    requests: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    cost: Money = _NO_MONEY

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            requests=self.requests + other.requests,
            input=self.input + other.input,
            cached=self.cached + other.cached,
            output=self.output + other.output,
            cost=Money(self.cost + other.cost),
        )

    @property
    def nothing(self) -> bool:
        return self == Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A model on a day, as the provider counts it; `lines` of the export were added up."""

    day: date
    model: str
    figures: Figures
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A provider's file. `gives` is what it counts; the rest of its figures is 0 and says nothing.

    `rounded` is the unit to which the provider rounds the cost of a line, in US dollars. `first`
    and `last` are the days it has lines of; None where there is no line. `unread` are columns that
    nobody here knows.
    """

    title: str
    provider: str
    gives: frozenset[Measure]
    rounded: Decimal
    first: date | None
    last: date | None
    lines: int
    unread: tuple[str, ...]
    charged: tuple[Charged, ...]


NOTHING = Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What is booked, and the parts of it that explain most differences.

    `figures` are everything. Of `lost` calls the whole worst case is booked (`lost_cost`); of
    those that `broke` off the tokens are estimates (`broke_cost`). `late` are the figures of calls
    that began in the last half hour of a UTC day, and may have ended on the next.
    """

    figures: Figures = NOTHING
    lost: int = 0
    lost_cost: Money = _NO_MONEY
    broke: int = 0
    broke_cost: Money = _NO_MONEY
    late: Figures = NOTHING

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            figures=self.figures + other.figures,
            lost=self.lost + other.lost,
            lost_cost=Money(self.lost_cost + other.lost_cost),
            broke=self.broke + other.broke,
            broke_cost=Money(self.broke_cost + other.broke_cost),
            late=self.late + other.late,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A model on a UTC day in our books, without what the cache or a local model answered."""

    day: date
    served: str
    asked: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A model on a day about which the two do not agree, and why that is likely.

    `cost` is the provider's less ours, None where the export has no money in it. `counts` says
    whether this speaks against the books; what merely fell on the next day does not.
    """

    day: date
    model: str
    theirs: Figures
    ours: Figures
    cost: Money | None
    reason: str
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What came of comparing; `differences` are the largest first.

    `compared` models on days were looked at. `tolerance` is what `theirs.cost` and `ours.cost` may
    be apart, None where the export has no money in it. `agrees` is the verdict.
    """

    export: Export
    first: date
    last: date
    compared: int
    theirs: Figures
    ours: Figures
    tolerance: Money | None
    differences: tuple[Difference, ...]
    agrees: bool
