"""Why requests went to a model that costs money, and whether a cheaper one would have done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from ledger.reviews import Paid
from routing.learning.outcomes import GOOD, Choice, Considered, Experience
from routing.learning.signals import SIGNALS
from routing.values import Forecast

Why = Literal["doubted", "failed", "improved", "explored", "alone", "cheapest", "chosen", "unknown"]

BECAUSE: Mapping[Why, str] = {
    "doubted": "a cheaper answer was doubted",
    "failed": "a cheaper model failed",
    "improved": "a better answer than an earlier one was asked for",
    "explored": "tried, to learn of it",
    "alone": "asked for by name, or no other could answer",
    "cheapest": "the cheapest of those that could answer",
    "chosen": "chosen at once",
    "unknown": "not known any more",
}

By = Literal["word", "check", "forecast", "replay", "nothing"]

HOW_SURE: Mapping[By, str] = {
    "word": "you said so, which is sure",
    "check": "an answer was checked then; sure where it failed, else likely",
    "replay": "asked again at home, compared; fairly sure of short answers, of others a hint",
    "forecast": "what requests like it say; likely, no more",
    "nothing": "nothing is kept of it, or no cheaper model was considered",
}
"""How far each kind of evidence can be trusted, in its order: the first that there is counts."""

_NOTED = 0.5
"""Outcomes of one's own from which on a forecast rests on more than what was shipped."""


_SOON = timedelta(minutes=1)
"""From the word on an earlier answer to the call that is to better it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Whether the answer of a cheaper `model` would have done; None: that cannot be told.

    `sure` is a probability where there is one. `says` gives the ground, without a word of a text.
    """

    model: str
    would: bool | None
    by: By
    sure: float | None
    says: str


NOTHING = Evidence(model="", would=None, by="nothing", sure=None, says="nothing is known of it")

NONE_CHEAPER = replace(NOTHING, says="no cheaper model was considered")

NOT_ENOUGH = "you asked for a better answer than its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dear:
    """A request that cost money: which model answered it, why that one, and would a cheaper do."""

    paid: Paid
    model: str
    why: Why
    evidence: Evidence
    choice: Choice | None = None


Expect = Callable[[Choice, Considered], Forecast]
"""How likely a model's answer to an earlier request would do, by all that is known now."""


def reviewed(
    paid: Iterable[Paid],
    experiences: Sequence[Experience],
    *,
    expect: Expect,
    home_advantage: float,
) -> list[Dear]:
    """The requests that cost money, held against what routing kept of them."""
    by_id = {each.choice.request_id: each for each in experiences}
    alike: dict[str, list[Experience]] = defaultdict(list)
    worded: dict[bytes, list[Experience]] = defaultdict(list)
    for each in experiences:
        alike[each.choice.question].append(each)
        worded[each.choice.features].append(each)

    def one(request: Paid) -> Dear:
        kept = by_id.get(request.request_id)
        if kept is None:
            model = request.dearest.model
            return Dear(paid=request, model=model, why=_by_lines(request), evidence=NOTHING)
        choice = kept.choice
        earlier = _bettered(request, choice, worded[choice.features])
        return Dear(
            paid=request,
            model=choice.answered,
            why=_why(request, choice, improves=bool(earlier)),
            evidence=_not_enough(earlier)
            if earlier
            else evidence(
                kept, alike[choice.question], expect=expect, home_advantage=home_advantage
            ),
            choice=choice,
        )

    return [one(request) for request in paid]


def evidence(
    kept: Experience, alike: Sequence[Experience], *, expect: Expect, home_advantage: float
) -> Evidence:
    """What is known of the cheaper models for one request: said, checked, or to be expected.

    `alike` are requests with the same question.
    """
    choice = kept.choice
    cheap = cheaper(choice)
    if not cheap:
        return NONE_CHEAPER
    names = [each.model for each in cheap]
    found = _said(names, (kept, *alike)) or _checked(names, kept)
    return found or _expected(cheap, choice, expect, home_advantage)


def cheaper(choice: Choice) -> list[Considered]:
    """The models that would have cost less than the one that answered, the likeliest first."""
    estimates = {each.model: each.estimate for each in choice.considered}
    cost = estimates.get(choice.answered, choice.cost)
    found = [e for e in choice.considered if e.estimate < cost and e.model != choice.answered]
    return sorted(found, key=lambda each: (-each.p, each.estimate))


def _said(names: Sequence[str], experiences: Iterable[Experience]) -> Evidence | None:
    """The person's last word on a cheaper model's answer to this question."""
    spoken = [
        outcome
        for each in experiences
        for outcome in each.outcomes
        if outcome.model in names and SIGNALS[outcome.signal].spoken
    ]
    if not spoken:
        return None
    last = max(spoken, key=lambda outcome: outcome.at)
    return Evidence(
        model=last.model,
        would=last.reward >= GOOD,
        by="word",
        sure=None,
        says=f"its answer was {SIGNALS[last.signal].says}"
        if last.signal != "improve"
        else NOT_ENOUGH,
    )


def _bettered(request: Paid, choice: Choice, worded: Sequence[Experience]) -> str:
    """The cheaper model whose answer to the same words this request was to better; else nothing.

    The earlier answer is asked about with the question, which makes it another question; and its
    model is not among those considered.
    """
    considered = {each.model for each in choice.considered}
    said = [
        outcome
        for each in worded
        if each.choice.cost < request.cost
        for outcome in each.outcomes
        if outcome.signal == "improve"
        and outcome.model not in considered
        and timedelta() <= request.at - outcome.at <= _SOON
    ]
    return max(said, key=lambda outcome: outcome.at).model if said else ""


def _not_enough(model: str) -> Evidence:
    return Evidence(model=model, would=False, by="word", sure=None, says=NOT_ENOUGH)


def _checked(names: Sequence[str], kept: Experience) -> Evidence | None:
    """What the checks made of a cheaper answer that did not stand."""
    for outcome in reversed(kept.outcomes):
        if outcome.model not in names:
            continue
        if outcome.signal == "check_failed":
            says, sure = "its answer failed a check", None
        elif outcome.signal == "check_passed":
            says, sure = f"its answer was doubted ({outcome.reward:.0%} sure)", 1 - outcome.reward
        else:
            continue
        return Evidence(model=outcome.model, would=False, by="check", sure=sure, says=says)
    return None


def _expected(
    cheap: Sequence[Considered], choice: Choice, expect: Expect, home_advantage: float
) -> Evidence:
    """The model of which most is expected by now."""
    best, forecast = max(
        ((each, expect(choice, each)) for each in cheap), key=lambda pair: pair[1].p
    )
    enough = forecast.p >= choice.least - (home_advantage if best.local else 0.0)
    of_yours = forecast.outcomes >= _NOTED
    ground = f"{forecast.outcomes:.0f} outcomes of yours" if of_yours else "what was shipped"
    return Evidence(
        model=best.model,
        would=True if enough and of_yours else None,
        by="forecast",
        sure=forecast.p,
        says=f"{forecast.p:.0%} likely to do, by {ground}",
    )


def _why(request: Paid, choice: Choice, *, improves: bool) -> Why:
    told = _by_lines(request)
    if told != "unknown":
        return told
    if improves:
        return "improved"
    if choice.explored:
        return "explored"
    if cheaper(choice):
        return "chosen"
    return "cheapest" if len(choice.considered) > 1 else "alone"


def _by_lines(request: Paid) -> Why:
    """What the books say of why the dearest attempt was made."""
    dearest = request.dearest
    before = [line for line in request.lines if 0 < line.number < dearest.number]
    if dearest.escalated or (dearest.fallback_from and any(line.answered for line in before)):
        return "doubted"
    return "failed" if dearest.fallback_from else "unknown"
