"""One model, held against a request: out for a reason, or a candidate with its price and chance."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ledger import Left, Restraint, Scope, Tier, UnknownPrice, dollars, tier_of
from ledger.tiers import NOMINAL
from routing.gates import Wishes, first_gate
from routing.values import Analysis, Candidate, Excluded, Forecast, Model, Pin
from switchboard.pricing import worst_case
from vocabulary import Money, TaskKind, Usage
from whitelist import Findings, Verdict, Whitelist, permit
from whitelist.grants import Grant

INPUT_SAFETY = 1.25
"""Our token count is an estimate; the worst case assumes that it is a quarter too low."""


def catalogued(model: Model, analysis: Analysis) -> Forecast:
    """What the catalogue alone expects of a model."""
    return Forecast(p=model.quality_for(analysis.task))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the other rooms know at this moment, as values and pure looks.

    `kinds` are all the kinds of task this may be; each must be allowed for a cloud. `price` gives
    the cost of some usage at one model and raises `UnknownPrice`. `left` is what the budget still
    allows, None where that is not known, and `restraints` what may not be used for now to make it
    last; `caller` is who asks. `trouble` tells why a model is left alone now, empty where it is
    not. `closed` says why nothing at all may leave (rules or books that cannot be read); empty
    where they can. `by_reference` says that there are documents, `grants` what the person allowed
    for exactly this text. `expect` tells how likely a model's answer will do, `seconds` how long it
    takes. `pin` is the model that this conversation is with, `cold` are the local models that must
    be loaded first.
    """

    models: Sequence[Model]
    kinds: Sequence[TaskKind]
    findings: Findings
    whitelist: Whitelist
    price: Callable[[Model, Usage], Money]
    left: Left | None
    trouble: Callable[[str], str]
    closed: str = ""
    restraints: Sequence[Restraint] = ()
    caller: str = ""
    by_reference: bool = False
    grants: Sequence[Grant] = ()
    expect: Callable[[Model, Analysis], Forecast] = catalogued
    seconds: Callable[[Model, Analysis], float] = lambda model, analysis: 0.0
    pin: Pin | None = None
    cold: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One model that may answer, or could if the person agreed. No verdict: it is local."""

    candidate: Candidate
    verdict: Verdict | None


def weigh(model: Model, analysis: Analysis, wishes: Wishes, facts: Facts) -> Weighed | Excluded:
    """A model that may answer, or could if the person agreed; or the first gate that stops it."""
    verdict = None
    if not model.local:
        if facts.closed:
            return Excluded(model=model, gate="closed", reason=facts.closed)
        verdict = _verdict(model, facts)
        if not verdict.allowed and not verdict.ask:
            return Excluded(model=model, gate="whitelist", reason=verdict.reason, fix=verdict.fix)
    try:
        candidate = _priced(model, analysis, wishes, facts)
    except UnknownPrice as unknown:
        return Excluded(model=model, gate="price", reason=unknown.what, fix=unknown.fix)
    gated = first_gate(candidate, analysis, wishes, facts.trouble)
    if gated is not None:
        return gated
    short = _money_short(candidate, analysis, facts)
    return Weighed(candidate=candidate, verdict=verdict) if short is None else short


def _money_short(candidate: Candidate, analysis: Analysis, facts: Facts) -> Excluded | None:
    """What does not fit into the budget, or is not used for now so that it lasts."""
    model = candidate.model
    scopes: Mapping[Scope, str] = {
        "provider": model.provider,
        "caller": facts.caller,
        "task": str(analysis.task),
        "tier": candidate.tier,
    }
    for restraint in facts.restraints:
        if not restraint.allows(candidate.tier, scopes):
            return Excluded(model=model, gate="restraint", reason=restraint.why, fix=restraint.fix)
    if facts.left is None or model.local:
        return None
    left = facts.left.least_for(scopes)
    if left is None or candidate.worst_case <= left:
        return None
    return Excluded(
        model=model,
        gate="budget",
        reason=f"It could cost {dollars(candidate.worst_case)}; {dollars(left)} is left.",
        fix="Raise [budget] in homeward.toml, lower max_tokens, or wait for it to renew.",
    )


def _verdict(model: Model, facts: Facts) -> Verdict:
    """What policy says of this cloud: the worst of all the kinds of task that this may be."""
    verdicts = [
        permit(
            facts.findings,
            kind,
            model.host,
            facts.whitelist,
            by_reference=facts.by_reference,
            grants=facts.grants,
        )
        for kind in facts.kinds
    ]
    return min(verdicts, key=lambda verdict: (verdict.allowed, bool(verdict.ask)))


def _priced(model: Model, analysis: Analysis, wishes: Wishes, facts: Facts) -> Candidate:
    reads, pin = analysis.input_tokens, facts.pin
    held = min(reads, pin.tokens) if pin is not None and pin.model == model.id else 0
    likely = Usage(input_tokens=reads, output_tokens=analysis.output_tokens, cached_tokens=held)
    worst = Usage(input_tokens=int(reads * INPUT_SAFETY) + 64, output_tokens=wishes.max_tokens)
    free, forecast = Money(0), facts.expect(model, analysis)
    return Candidate(
        model=model,
        quality=forecast.p,
        doubt=forecast.doubt,
        outcomes=forecast.outcomes,
        seconds=facts.seconds(model, analysis),
        cold=model.id in facts.cold,
        estimate=free if model.local else facts.price(model, likely),
        worst_case=free if model.local else worst_case(facts.price, model, worst),
        tier=_tier(model, facts),
    )


def _tier(model: Model, facts: Facts) -> Tier:
    nominal = Money(0) if model.local else facts.price(model, NOMINAL)
    return tier_of(nominal, local=model.local)
