"""From every model to a plan: gates rule models out with a reason, a strategy orders the rest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ledger import UnknownPrice, dollars
from routing.gates import Wishes, first_gate
from routing.strategies import strategy
from routing.values import Analysis, Candidate, Excluded, Model, Plan, Preferences
from switchboard.errors import NoCandidate
from vocabulary import Money, TaskKind, Usage
from whitelist import Findings, Whitelist, permit

INPUT_SAFETY = 1.25
"""Our token count is an estimate; the worst case assumes that it is a quarter too low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the other rooms know at this moment, as values and pure looks.

    `kinds` are all the kinds of task this may be; each must be allowed for a cloud. `price` gives
    the cost of some usage at one model and raises `UnknownPrice`. `left` is what the budget still
    allows, None without a budget. `closed` says why nothing at all may leave (rules or books that
    cannot be read); empty where they can.
    """

    models: Sequence[Model]
    kinds: Sequence[TaskKind]
    findings: Findings
    whitelist: Whitelist
    price: Callable[[Model, Usage], Money]
    left: Money | None
    healthy: Callable[[str], bool]
    closed: str = ""


def draw_plan(
    analysis: Analysis,
    wishes: Wishes,
    preferences: Preferences,
    facts: Facts,
    *,
    strategy_name: str,
) -> Plan:
    """The candidates in the order a strategy gives them, and why each other model is out."""
    kept: list[Candidate] = []
    excluded: list[Excluded] = []
    for model in facts.models:
        if wishes.model not in (None, model.id):
            continue  # another was asked for: why this one is out needs no telling
        outcome = _weigh(model, analysis, wishes, facts)
        if isinstance(outcome, Excluded):
            excluded.append(outcome)
        else:
            kept.append(outcome)
    ranking = strategy(strategy_name)(analysis, kept, preferences)
    return Plan(
        strategy=strategy_name,
        reason=ranking.reason,
        candidates=ranking.candidates,
        excluded=tuple(excluded),
    )


def _weigh(model: Model, analysis: Analysis, wishes: Wishes, facts: Facts) -> Candidate | Excluded:
    if not model.local and facts.closed:
        return Excluded(model=model, gate="closed", reason=facts.closed)
    if not model.local:
        verdicts = [permit(facts.findings, k, model.host, facts.whitelist) for k in facts.kinds]
        verdict = next((each for each in verdicts if not each.allowed), None)
        if verdict is not None:
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
    return candidate


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
