"""One line of the books: what is known before an attempt starts, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ledger.budgets import Scope
from vocabulary import Money, TaskKind, Usage

Result = Literal["ok", "error", "timeout", "cancelled"]
"""How an attempt ended. The books know two more: `open`, and `lost` (see `Ledger.recover`)."""

Cached = Literal["no", "exact", "semantic"]

_NO_MONEY = Money(0)
_NO_TOKENS = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One attempt to answer a request, before it starts.

    `id` is new for every attempt; `number` counts a request's attempts from 1. `at` is aware of
    its time zone and decides on which of the person's days the money is booked. `caller` is who
    asked. `tier` is the model's price tier (`ledger.tiers`). `worst_case` is the cost if the whole
    token limit is used, 0 for what is free. `fallback_from` is the `provider/model` whose failure
    led here; `escalated`: it answered, and not well enough. `arm` names the experiment and the arm
    that this is part of.
    """

    id: str
    request_id: str
    number: int
    at: datetime
    caller: str
    task: TaskKind
    strategy: str
    profile: str
    provider: str
    local: bool
    model_asked: str
    tier: str = ""
    worst_case: Money = _NO_MONEY
    fallback_from: str | None = None
    escalated: bool = False
    arm: str = ""

    @property
    def scopes(self) -> Mapping[Scope, str]:
        """What this is for, in the words that limits are set for."""
        return {
            "provider": self.provider,
            "caller": self.caller,
            "task": str(self.task),
            "tier": self.tier,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt, also of one that broke off: what was used is billed.

    `model_served` is the model the provider says answered; it is the one that is billed.
    `price_source` says whose price `cost` rests on. `baseline` is what the same tokens would have
    cost at `baseline_model`, which the person would otherwise have used; it counts once per
    answered request, and is 0 where no cloud would have been asked.
    Times are milliseconds from the start of this attempt. `cached` is how the cache answered.
    """

    result: Result
    model_served: str
    usage: Usage = _NO_TOKENS
    cost: Money = _NO_MONEY
    price_source: str = ""
    baseline: Money = _NO_MONEY
    baseline_model: str = ""
    first_token_ms: int | None = None
    total_ms: int | None = None
    cached: Cached = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Room in the budget that is kept for one attempt until it is settled."""

    entry_id: str
    day: date
    held: Money
