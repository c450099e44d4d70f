"""What came of one prompt of a batch, as a line of the books and as an answer."""

from dataclasses import dataclass

from ledger import Outcome, UnknownPrice
from ledger.batches import BatchLine
from ledger.entry import Result as How
from routing.providers.batches import Ending, Result
from routing.values import Completion, Model
from switchboard.comparing import compared
from switchboard.pricing import Pricing
from vocabulary import Money

_HOW: dict[Ending, How] = {
    "succeeded": "ok",
    "errored": "error",
    "canceled": "cancelled",
    "expired": "timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of one prompt, by the name the person gave it; no completion where it failed."""

    label: str
    ending: Ending
    completion: Completion | None
    outcome: Outcome


def settled(line: BatchLine, provider: str, result: Result, pricing: Pricing) -> Came:
    """A result, at the batch prices of `pricing`. Only what succeeded is billed; where its tokens
    cannot be believed or its price is not known, at the worst case that was held.
    """
    given = result.completion
    if given is None:
        outcome = Outcome(result=_HOW[result.ending], model_served=line.model)
        return Came(label=line.label, ending=result.ending, completion=None, outcome=outcome)
    cost, source = _bill(line, provider, given, pricing)
    instead = compared(pricing, given.usage, line.task, line.instead)
    outcome = Outcome(
        result="ok",
        model_served=given.model or line.model,
        usage=given.usage,
        cost=cost,
        price_source=source,
        baseline=instead.cost,
        baseline_model=instead.model,
    )
    return Came(label=line.label, ending=result.ending, completion=given, outcome=outcome)


def nothing_sent(line: BatchLine) -> Outcome:
    """Of a prompt that never left."""
    return Outcome(result="error", model_served=line.model)


def _bill(line: BatchLine, provider: str, given: Completion, pricing: Pricing) -> tuple[Money, str]:
    if not given.counted:
        return line.held, "worst case: not counted"
    asked = Model(provider=provider, name=line.model, local=False, host="")
    try:
        bill = pricing.bill(asked, given, line.at)
    except UnknownPrice:
        return line.held, "worst case: price unknown"
    return bill.cost, f"{bill.source}, batch"
