"""From every model to a plan: gates rule models out with a reason, a strategy orders the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from routing.gates import Wishes
from routing.strategies import strategy
from routing.strategies.pinning import hold
from routing.strategies.ranking import Ranking
from routing.values import Analysis, Candidate, Excluded, Plan, Preferences
from switchboard.errors import NoCandidate
from switchboard.weighing import Facts, Weighed, weigh
from whitelist import Verdict


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


def draw_plan(
    analysis: Analysis,
    wishes: Wishes,
    preferences: Preferences,
    facts: Facts,
    *,
    strategy_name: str,
) -> Drawn:
    """The candidates in the order a strategy gives them, and why each other model is out."""
    kept: list[Weighed] = []
    asking: list[Weighed] = []
    excluded: list[Excluded] = []
    wishes = _above(wishes, analysis, facts)
    for model in facts.models:
        if wishes.model not in (None, model.id):
            continue  # another was asked for: why this one is out needs no telling
        weighed = weigh(model, analysis, wishes, facts)
        if isinstance(weighed, Excluded):
            excluded.append(weighed)
        elif (verdict := weighed.verdict) is not None and not verdict.allowed:
            asking.append(weighed)
            excluded.append(
                Excluded(model=model, gate="consent", reason=verdict.reason, fix=verdict.fix)
            )
        else:
            kept.append(weighed)
    order = strategy(strategy_name)
    may = [weighed.candidate for weighed in kept]
    ranking = hold(order(analysis, may, preferences), facts.pin, preferences)
    wanted = order(analysis, [weighed.candidate for weighed in asking], preferences)
    verdicts = {each.candidate.model.id: each.verdict for each in (*kept, *asking) if each.verdict}
    return Drawn(
        plan=Plan(
            strategy=strategy_name,
            reason=ranking.reason,
            candidates=ranking.candidates,
            excluded=(*excluded, *_left_out(ranking, may)),
            escalates=ranking.escalates,
        ),
        terms={id: verdict for id, verdict in verdicts.items() if verdict.allowed},
        asking=[(each, verdicts[each.model.id]) for each in wanted.candidates],
    )


def _above(wishes: Wishes, analysis: Analysis, facts: Facts) -> Wishes:
    """The wishes, with what the model that one wants better than is thought to be worth here."""
    earlier = [model for model in facts.models if model.id == wishes.better_than]
    return replace(wishes, above=facts.expect(earlier[0], analysis).p) if earlier else wishes


def _left_out(ranking: Ranking, may: Sequence[Candidate]) -> Iterable[Excluded]:
    """The candidates that a strategy does not use, by its own rules."""
    for candidate in may:
        if candidate not in ranking.candidates:
            yield Excluded(model=candidate.model, gate="strategy", reason=ranking.left_out)


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
