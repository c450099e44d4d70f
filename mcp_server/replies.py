"""Between what the faces speak of (dollars, short texts) and the rooms' values."""

import math

from ledger import Group as Row
from ledger import Report, micro_dollars
from mcp_server.results import Allowed, Costs, Group, Proposed, Routed
from switchboard import InvalidRequest
from switchboard.asking import ConsentRequired
from switchboard.request import Answer, Decision
from vocabulary import Money
from whitelist import Proposal, Verdict


def usd(amount: Money) -> float:
    """US dollars, for whoever reads."""
    return amount / 1_000_000


def limit(usd: float) -> Money:
    """A limit in US dollars as money.

    Raises:
        InvalidRequest: it is not a number (`nan`), or has no end (`inf`).
    """
    if not math.isfinite(usd):
        raise InvalidRequest(
            "max_cost_usd is not an amount of money.", fix="Leave it out for no limit."
        )
    return micro_dollars(usd)


def routed(answer: Answer) -> Routed:
    return Routed(
        status="done",
        answer=answer.text,
        model=f"{answer.provider}/{answer.model}",
        where="local" if answer.local else "cloud",
        cached=answer.cached,
        similarity=None if answer.similarity is None else round(answer.similarity, 4),
        age_s=None if answer.age_s is None else round(answer.age_s),
        tokens_in=answer.usage.input_tokens,
        tokens_out=answer.usage.output_tokens,
        cost_usd=usd(answer.cost),
        ms=answer.total_ms,
        why=in_short(answer.decision),
        notices=[*answer.notices, *_to_improve(answer)],
        request_id=answer.request_id,
        confidence=None if answer.confidence is None else round(answer.confidence, 2),
    )


def _to_improve(answer: Answer) -> list[str]:
    if not answer.improvable:
        return []
    place = "locally" if answer.local else "cheaply"
    return [f"Answered {place}, checked; improve={answer.request_id!r} asks a better model."]


def consent_required(required: ConsentRequired) -> Routed:
    """For the assistant: that the person decides, and how; no samples, it may not know them."""
    return Routed(status="consent_required", answer=str(required), consent_id=required.ask.id)


def planned(decision: Decision) -> Routed:
    return Routed(status="plan", answer="", why=in_short(decision), cost_usd=usd(decision.estimate))


def in_short(decision: Decision) -> str:
    """A decision in a few phrases: kind, complexity, reason, order, what failed, what was out."""
    parts = [
        f"{decision.task}, complexity {decision.complexity:.2f}"
        f" ({', '.join(decision.signals) or 'no signal'})",
        f"{decision.strategy}: {decision.reason}",
    ]
    if decision.personal:
        parts.append(
            "personal data found: " + ", ".join(f"{n}× {k}" for k, n in decision.personal.items())
        )
    if decision.form == "redacted":
        parts.append("sent redacted")
    if decision.considered:
        parts.append("order: " + " > ".join(decision.considered[:4]))
    failed = [f"{tried.model} {tried.outcome}" for tried in decision.tried if tried.outcome != "ok"]
    if failed:
        parts.append("fell back from: " + ", ".join(failed))
    by_gate: dict[str, list[str]] = {}
    for entry in decision.excluded:
        by_gate.setdefault(entry.gate, []).append(entry.model.id)
    parts += [
        f"ruled out by {gate}: {len(ids)} ({', '.join(ids[:2])}{', …' if len(ids) > 2 else ''})"
        for gate, ids in by_gate.items()
    ]
    return "; ".join(parts)


def allowed(verdict: Verdict) -> Allowed:
    return Allowed(
        allowed=verdict.allowed, rule=verdict.rule, reason=verdict.reason, to_change=verdict.fix
    )


def proposed(proposal: Proposal) -> Proposed:
    entry = f"{proposal.resource_type} {proposal.resource_name}"
    if proposal.state == "allowed":
        return Proposed(status="already_allowed", entry=entry)
    return Proposed(
        status="pending",
        id=proposal.id,
        entry=entry,
        how_to_approve=(
            f"Only the person can approve it, in a terminal: homeward approve {proposal.id}"
        ),
    )


def allowed_for_an_hour(proposal: Proposal) -> Proposed:
    return Proposed(
        status="allowed_for_an_hour",
        id=proposal.id,
        entry=f"{proposal.resource_type} {proposal.resource_name}",
        how_to_approve=f"For good, in a terminal: homeward approve {proposal.id}",
    )


def costs(report: Report, *, baseline: str) -> Costs:
    return Costs(
        period=report.period,
        spent_usd=usd(report.spent),
        saved_usd=usd(report.saved),
        baseline=baseline,
        requests=report.requests,
        hit_rate=round(report.hit_rate, 4),
        local_share=round(report.local_share, 4),
        ms_p50=report.ms_p50,
        unconfirmed_usd=usd(report.unconfirmed) or None,
        left_today_usd=None if report.left.day is None else usd(report.left.day),
        left_month_usd=None if report.left.month is None else usd(report.left.month),
        groups=[group(row) for row in report.rows],
    )


def group(row: Row) -> Group:
    return Group(
        name=row.name, requests=row.requests, cost_usd=usd(row.spent), saved_usd=usd(row.saved)
    )
