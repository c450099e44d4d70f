"""From every model to a plan: gates rule models out with a reason, a strategy orders the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger import UnknownPrice, dollars
from routing.gates import Wishes, first_gate
from routing.strategies import strategy
from routing.values import Analysis, Candidate, Excluded, Model, Plan, Preferences
from switchboard.errors import NoCandidate
from vocabulary import Money, TaskKind, Usage
from whitelist import Findings, Verdict, Whitelist, permit
from whitelist.grants import Grant

INPUT_SAFETY = 1.25
"""Our token count is an estimate; the worst case assumes that it is a quarter too low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the other rooms know at this moment, as values and pure looks.

    `kinds` are all the kinds of task this may be; each must be allowed for a cloud. `price` gives
    the cost of some usage at one model and raises `UnknownPrice`. `left` is what the budget still
    allows, None without a budget. `closed` says why nothing at all may leave (rules or books that
    cannot be read); empty where they can. `by_reference` says that there are documents, `grants`
    what the person allowed for exactly this text.
    """

    models: Sequence[Model]
    kinds: Sequence[TaskKind]
    findings: Findings
    whitelist: Whitelist
    price: Callable[[Model, Usage], Money]
    left: Money | None
    healthy: Callable[[str], bool]
    closed: str = ""
    by_reference: bool = False
    grants: Sequence[Grant] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A plan, and what policy says of each cloud in it.

    `terms` are the verdicts by model id: the form in which the text may go there, and on whose
    word. `asking` are the models that would do if the person agreed, best first, each with the
    verdict that says what to ask.
    """

    plan: Plan
    terms: Mapping[str, Verdict] = field(default_factory=dict)
    asking: Sequence[tuple[Candidate, Verdict]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """One model that may answer, or could if the person agreed. No verdict: it is local."""

    candidate: Candidate
    verdict: Verdict | None


def draw_plan(
    analysis: Analysis,
    wishes: Wishes,
    preferences: Preferences,
    facts: Facts,
    *,
    strategy_name: str,
) -> Drawn:
    """The candidates in the order a strategy gives them, and why each other model is out."""
    kept: list[Candidate] = []
    excluded: list[Excluded] = []
    terms: dict[str, Verdict] = {}
    asking: dict[str, tuple[Candidate, Verdict]] = {}
    for model in facts.models:
        if wishes.model not in (None, model.id):
            continue  # another was asked for: why this one is out needs no telling
        weighed = _weigh(model, analysis, wishes, facts)
        if isinstance(weighed, Excluded):
            excluded.append(weighed)
            continue
        candidate, verdict = weighed.candidate, weighed.verdict
        if verdict is not None and not verdict.allowed:
            asking[model.id] = (candidate, verdict)
            excluded.append(
                Excluded(model=model, gate="consent", reason=verdict.reason, fix=verdict.fix)
            )
            continue
        if verdict is not None:
            terms[model.id] = verdict
        kept.append(candidate)
    order = strategy(strategy_name)
    ranking = order(analysis, kept, preferences)
    wanted = order(analysis, [candidate for candidate, _ in asking.values()], preferences)
    return Drawn(
        plan=Plan(
            strategy=strategy_name,
            reason=ranking.reason,
            candidates=ranking.candidates,
            excluded=tuple(excluded),
        ),
        terms=terms,
        asking=[asking[candidate.model.id] for candidate in wanted.candidates],
    )


def _weigh(model: Model, analysis: Analysis, wishes: Wishes, facts: Facts) -> _Weighed | Excluded:
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
    gated = first_gate(candidate, analysis, wishes, facts.healthy)
    if gated is not None:
        return gated
    if facts.left is not None and candidate.worst_case > facts.left:
        return Excluded(
            model=model,
            gate="budget",
            reason=f"It could cost {dollars(candidate.worst_case)}; {dollars(facts.left)} is left.",
            fix="Raise [budget] in homeward.toml, lower max_tokens, or wait for it to renew.",
        )
    return _Weighed(candidate=candidate, verdict=verdict)


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
    likely = Usage(input_tokens=analysis.input_tokens, output_tokens=analysis.output_tokens)
    worst = Usage(
        input_tokens=int(analysis.input_tokens * INPUT_SAFETY) + 64, output_tokens=wishes.max_tokens
    )
    free = Money(0)
    return Candidate(
        model=model,
        quality=model.quality_for(analysis.task),
        estimate=free if model.local else facts.price(model, likely),
        worst_case=free if model.local else facts.price(model, worst),
    )


def nothing_left(plan: Plan, troubles: Sequence[str]) -> NoCandidate:
    """The error for a plan without candidates: which gate removed which models, and the way out.

    `troubles` are the servers that could not be asked for their models, in words.
    """
    if not plan.excluded:
        why = " ".join(troubles) or "No model server is set up."
        return NoCandidate(
            f"There is no model to ask. {why}",
            fix="Get a model with `ollama pull llama3.2:3b`, or set a key such as "
            "ANTHROPIC_API_KEY; `homeward doctor` checks both.",
        )
    lines = [
        f"{names} ({gate}): {reason}" for (gate, reason), names in _grouped(plan.excluded).items()
    ]
    fixes = list(dict.fromkeys(entry.fix for entry in plan.excluded if entry.fix))
    return NoCandidate(
        " ".join(["No model may answer this.", *lines, *troubles]),
        fix=" ".join(["Ways out:", *fixes[:4]]) if fixes else "",
    )


def _grouped(excluded: Iterable[Excluded]) -> dict[tuple[str, str], str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for entry in excluded:
        groups.setdefault((entry.gate, entry.reason), []).append(entry.model.id)
    return {
        key: ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
        for key, ids in groups.items()
    }
