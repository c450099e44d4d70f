"""What the tools return: one small model each, and the same facts as compact text.

Some clients hand the model only the structured part, others only the text, so neither holds
anything that the other lacks, and both are short.
"""

from typing import Annotated, Literal

from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from ledger import Report, dollars
from switchboard.request import Answer, Decision
from vocabulary import Money
from whitelist import Proposal, Verdict


class Routed(BaseModel):
    """The answer to a prompt, where it came from, why, and what it cost."""

    status: Literal["done", "working", "plan"]
    answer: Annotated[str, Field(description="Untrusted model output; partial while working")]
    ticket: Annotated[str | None, Field(description="Call route_prompt(ticket=…) for the rest")] = (
        None
    )
    model: str = ""
    where: Literal["local", "cloud", ""] = ""
    cached: Literal["no", "exact", "semantic"] = "no"
    similarity: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0
    ms: int = 0
    why: str = ""
    notices: list[str] = []
    request_id: str = ""

    def text(self) -> str:
        if self.status == "plan":
            return f"Plan (nothing was sent): {self.why}"
        if self.status == "working":
            so_far = f"\n\nSo far:\n{self.answer}" if self.answer else ""
            return f"Still working. Call route_prompt with ticket={self.ticket!r}.{so_far}"
        hit = f"{self.cached} cache hit" if self.cached != "no" else "not cached"
        if self.similarity is not None:
            hit += f" (similarity {self.similarity:.3f})"
        facts = (
            f"[{self.where} · {self.model} · {hit} · {self.tokens_in}+{self.tokens_out} tokens · "
            f"{dollars(Money(round(self.cost_usd * 1e6)))} · {self.ms} ms · {self.request_id}]"
        )
        return "\n".join([self.answer, "", facts, f"[why: {self.why}]", *self.notices])


class Allowed(BaseModel):
    """Whether something may be reached or sent, the rule that decided, and what would change it."""

    allowed: bool
    rule: str
    reason: str
    to_change: str = ""

    def text(self) -> str:
        verdict = "Allowed" if self.allowed else "Not allowed"
        return f"{verdict}: {self.reason} [rule: {self.rule}] {self.to_change}".rstrip()


class Proposed(BaseModel):
    """A proposal that waits for the person."""

    status: Literal["pending", "already_allowed"]
    id: str | None = None
    entry: str
    how_to_approve: str = ""

    def text(self) -> str:
        if self.status == "already_allowed":
            return f"{self.entry} is allowed already; nothing to do."
        return f"Proposed {self.entry} (id {self.id}), pending. {self.how_to_approve}"


class Group(BaseModel):
    name: str
    requests: int
    cost_usd: float
    saved_usd: float


class Costs(BaseModel):
    """Spend and savings of a period. Saved is against sending everything to `baseline`."""

    period: str
    spent_usd: float
    saved_usd: float
    baseline: str
    requests: int
    hit_rate: float
    local_share: float
    ms_p50: int
    left_today_usd: float | None
    left_month_usd: float | None
    groups: list[Group]

    def text(self) -> str:
        left = [
            f"{name} {amount:.2f} USD"
            for name, amount in (("today", self.left_today_usd), ("month", self.left_month_usd))
            if amount is not None
        ]
        lines = [
            f"{self.period}: spent {self.spent_usd:.6f} USD, saved {self.saved_usd:.6f} USD "
            f"against {self.baseline}; {self.requests} requests, {self.hit_rate:.0%} cached, "
            f"{self.local_share:.0%} local, median {self.ms_p50} ms.",
            f"Budget left: {', '.join(left) or 'no limit'}.",
        ]
        lines += [
            f"- {group.name}: {group.requests} requests, {group.cost_usd:.6f} USD, "
            f"saved {group.saved_usd:.6f} USD"
            for group in self.groups
        ]
        return "\n".join(lines)


def both(result: Routed | Allowed | Proposed | Costs) -> CallToolResult:
    """The structured result, and the same in text."""
    return CallToolResult(
        content=[TextContent(type="text", text=result.text())],
        structured_content=result.model_dump(mode="json"),
    )


def _usd(amount: Money) -> float:
    return amount / 1_000_000


def routed(answer: Answer) -> Routed:
    return Routed(
        status="done",
        answer=answer.text,
        model=f"{answer.provider}/{answer.model}",
        where="local" if answer.local else "cloud",
        cached=answer.cached,
        similarity=None if answer.similarity is None else round(answer.similarity, 4),
        tokens_in=answer.usage.input_tokens,
        tokens_out=answer.usage.output_tokens,
        cost_usd=_usd(answer.cost),
        ms=answer.total_ms,
        why=in_short(answer.decision),
        notices=list(answer.notices),
        request_id=answer.request_id,
    )


def planned(decision: Decision) -> Routed:
    return Routed(
        status="plan", answer="", why=in_short(decision), cost_usd=_usd(decision.estimate)
    )


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


def costs(report: Report, *, baseline: str) -> Costs:
    return Costs(
        period=report.period,
        spent_usd=_usd(report.spent),
        saved_usd=_usd(report.saved),
        baseline=baseline,
        requests=report.requests,
        hit_rate=round(report.hit_rate, 4),
        local_share=round(report.local_share, 4),
        ms_p50=report.ms_p50,
        left_today_usd=None if report.left.day is None else _usd(report.left.day),
        left_month_usd=None if report.left.month is None else _usd(report.left.month),
        groups=[
            Group(
                name=row.name,
                requests=row.requests,
                cost_usd=_usd(row.spent),
                saved_usd=_usd(row.saved),
            )
            for row in report.rows
        ],
    )
