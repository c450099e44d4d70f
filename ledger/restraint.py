"""What is done when money runs short, or runs faster than it usually does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from ledger.budgets import Budget, Left, used
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
    """What may be used for now, and why not more: a sentence with what brings it back."""

    step: Step
    why: str

    def allows(self, tier: str) -> bool:
        return tier in _ALLOWED[self.step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is committed today, and what a day usually comes to; None while that is not known."""

    today: Money
    usual: Money | None

    @property
    def spike(self) -> bool:
        usual = self.usual
        return usual is not None and self.today >= SPIKE_FROM and self.today > SPIKE * usual


def usual_of(days: Sequence[Money]) -> Money | None:
    """The median of what earlier days with spending came to."""
    return Money(round(median(days))) if len(days) >= LEAST_DAYS else None


def restraint(budget: Budget, left: Left, pace: Pace, follows: Consequences) -> Restraint | None:
    """The strictest consequence that is due, or None where everything may be used."""
    due = [*_of_marks(budget, left, follows), *_of_a_spike(left, pace, follows)]
    strictest = max(due, key=lambda each: STEPS.index(each.step), default=None)
    return None if strictest is None or strictest.step == "tell" else strictest


def _of_marks(budget: Budget, left: Left, follows: Consequences) -> list[Restraint]:
    found = []
    for name, most, rest, renews in (
        ("daily", budget.daily, left.day, left.day_renews),
        ("monthly", budget.monthly, left.month, left.month_renews),
    ):
        if most is None or rest is None:
            continue
        percent = used(most, rest)
        found += [
            Restraint(
                step=step,
                why=f"{int(percent)} % of the {name} budget is used, so {_SAYS[step]} "
                f"until {renews:%Y-%m-%d}.",
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
        )
    ]


_SAYS: Mapping[Step, str] = {
    "tell": "this is only said",
    "cheaper": "no large model is used",
    "free": "no model that costs money is used",
    "local": "no cloud is asked",
    "stop": "no model is asked",
}
