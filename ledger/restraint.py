"""What is done when money runs short, or runs faster than it usually does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from ledger.budgets import Budget, Left, Limit, Scope, Sum, periods, used
from ledger.money import dollars
from ledger.tiers import Tier
from vocabulary import Money

Step = Literal["tell", "cheaper", "free", "local", "stop"]
"""From only saying so, over no large models, none that cost money, and none that are not at home,
to none at all."""

STEPS: tuple[Step, ...] = ("tell", "cheaper", "free", "local", "stop")

_ALLOWED: Mapping[Step, frozenset[Tier]] = {
    "tell": frozenset(("local", "free", "small", "medium", "large")),
    "cheaper": frozenset(("local", "free", "small", "medium")),
    "free": frozenset(("local", "free")),
    "local": frozenset(("local",)),
    "stop": frozenset(),
}

SPIKE = 3
"""A day that costs more than this many usual ones is a spike (seed document 001: a daily alarm)."""

SPIKE_FROM = Money(100_000)
"""Under ten cents nothing is a spike, or the first real use after quiet days would be one."""

USUAL_DAYS = 28
LEAST_DAYS = 5
"""The usual is the median of the days with spending among the last 28, if there are five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows at each mark (per cent of the budget that is used) and of a spike."""

    at: Mapping[int, Step] = field(default_factory=dict)
    spike: Step = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restraint:
    """What may be used for now, and why not more: a sentence with what brings it back, and a way
    out. It holds for what `limit` covers, None for everything.
    """

    step: Step
    why: str
    fix: str = ""
    limit: Limit | None = None

    def allows(self, tier: str, scopes: Mapping[Scope, str]) -> bool:
        elsewhere = self.limit is not None and not self.limit.covers(scopes)
        return elsewhere or tier in _ALLOWED[self.step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What was spent today, and what a day usually comes to; None while that is not known."""

    today: Money
    usual: Money | None

    @property
    def spike(self) -> bool:
        usual = self.usual
        return usual is not None and self.today >= SPIKE_FROM and self.today > SPIKE * usual


def usual_of(days: Sequence[Money]) -> Money | None:
    """The median of what earlier days with spending came to."""
    return Money(round(median(days))) if len(days) >= LEAST_DAYS else None


def restraints(
    budget: Budget, left: Left, pace: Pace, follows: Consequences
) -> tuple[Restraint, ...]:
    """What is due: the strictest for everything first, then the strictest for each limited part;
    nothing where everything may be used.
    """
    of_all = [*_of_marks(budget, left.spent, left, follows), *_of_a_spike(left, pace, follows)]
    parts = [_of_marks(each.limit, each.spent, left, follows) for each in left.limits]
    strictest = [
        max(due, key=lambda each: STEPS.index(each.step)) for due in (of_all, *parts) if due
    ]
    return tuple(each for each in strictest if each.step != "tell")


def _of_marks(
    most: Budget | Limit, spent: Sum, left: Left, follows: Consequences
) -> list[Restraint]:
    limit = most if isinstance(most, Limit) else None
    what = "budget" if limit is None else f"limit of {limit.scope} {limit.name}"
    there = "" if limit is None else " for it"
    found = []
    for period, amount, so_far in periods(most, spent):
        if amount is None:
            continue
        name, renews = (
            ("daily", left.day_renews) if period == "day" else ("monthly", left.month_renews)
        )
        percent = used(amount, so_far)
        found += [
            Restraint(
                step=step,
                why=f"{int(percent)} % of the {name} {what} is used, so {_SAYS[step]}{there} "
                f"until {renews:%Y-%m-%d}.",
                fix=f"Raise it under [budget] in homeward.toml, or change at_{mark} there.",
                limit=limit,
            )
            for mark, step in follows.at.items()
            if percent >= mark
        ]
    return found


def _of_a_spike(left: Left, pace: Pace, follows: Consequences) -> list[Restraint]:
    if not pace.spike or pace.usual is None:
        return []
    return [
        Restraint(
            step=follows.spike,
            why=f"Today came to {dollars(pace.today)}, more than {SPIKE} times the usual "
            f"{dollars(pace.usual)}, so {_SAYS[follows.spike]} until {left.day_renews:%Y-%m-%d}.",
            fix="Change at_spike under [budget] in homeward.toml.",
        )
    ]


_SAYS: Mapping[Step, str] = {
    "tell": "this is only said",
    "cheaper": "no large model is used",
    "free": "no model that costs money is used",
    "local": "no cloud is asked",
    "stop": "no model is asked",
}
