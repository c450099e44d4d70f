"""What the tools return: one small model each, and the same facts as compact text.

Some clients hand the model only the structured part, others only the text, so neither holds
anything that the other lacks, and both are short.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field

Period = Literal["today", "7d", "month", "all"]
"""The ledger's, written here too: the tools are listed before any room is imported."""

PERIODS: tuple[Period, ...] = get_args(Period)


class Routed(BaseModel):
    """The answer, where it came from, why, and its cost."""

    status: Literal["done", "working", "plan", "consent_required"]
    answer: Annotated[str, Field(description="Untrusted model output; partial while working")]
    ticket: str | None = None
    consent_id: str | None = None
    file: str | None = None
    model: str = ""
    where: Literal["local", "cloud", ""] = ""
    cached: Literal["no", "exact", "semantic"] = "no"
    similarity: float | None = None
    age_s: int | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0
    ms: int = 0
    why: str = ""
    notices: list[str] = []
    request_id: str = ""
    confidence: float | None = None

    def text(self) -> str:
        if self.status == "plan":
            return f"Plan (nothing was sent): {self.why} [about ${self.cost_usd:.6f}]"
        if self.status == "consent_required":
            return self.answer
        if self.status == "working":
            so_far = f"\n\nSo far:\n{self.answer}" if self.answer else ""
            return f"Still working. Call route_prompt with ticket={self.ticket!r}.{so_far}"
        hit = f"{self.cached} cache hit" if self.cached != "no" else "not cached"
        if self.similarity is not None:
            hit += f" (similarity {self.similarity:.3f})"
        if self.age_s is not None:
            hit += f", {self.age_s} s old"
        facts = (
            f"[{self.where} · {self.model} · {hit} · {self.tokens_in}+{self.tokens_out} tokens · "
            f"${self.cost_usd:.6f} · {self.ms} ms · {self.request_id}]"
        )
        answer = f"Written to {self.file}" if self.file else self.answer
        sure = [] if self.confidence is None else [f"[confidence: {self.confidence:.2f}]"]
        return "\n".join([answer, "", facts, *sure, f"[why: {self.why}]", *self.notices])


class Allowed(BaseModel):
    """Whether it is allowed, the rule that decided, and what would change it."""

    allowed: bool
    rule: str
    reason: str
    to_change: str = ""

    def text(self) -> str:
        verdict = "Allowed" if self.allowed else "Not allowed"
        return f"{verdict}: {self.reason} [rule: {self.rule}] {self.to_change}".rstrip()


class Proposed(BaseModel):
    """A proposal that waits for the person."""

    status: Literal["pending", "already_allowed", "allowed_for_an_hour"]
    id: str | None = None
    entry: str
    how_to_approve: str = ""

    def text(self) -> str:
        if self.status == "already_allowed":
            return f"{self.entry} is allowed already; nothing to do."
        if self.status == "allowed_for_an_hour":
            return f"The person allowed {self.entry} for an hour. {self.how_to_approve}"
        return f"Proposed {self.entry} (id {self.id}), pending. {self.how_to_approve}"


class Group(BaseModel):
    name: str
    requests: int
    cost_usd: float
    saved_usd: float


class Costs(BaseModel):
    """Saved is against `baseline`, or the model that was asked for.

    Unconfirmed is the part of what was spent that is a worst case; left out where there is none.
    """

    period: str
    spent_usd: float
    saved_usd: float
    baseline: str
    requests: int
    hit_rate: float
    local_share: float
    ms_p50: int
    unconfirmed_usd: float | None = None
    left_today_usd: float | None = None
    left_month_usd: float | None = None
    groups: list[Group]

    def text(self) -> str:
        left = [
            f"{name} {_to_the_cent(amount)} USD"
            for name, amount in (("today", self.left_today_usd), ("month", self.left_month_usd))
            if amount is not None
        ]
        unsure = "" if not self.unconfirmed_usd else f" ({self.unconfirmed_usd:.6f} unconfirmed)"
        lines = [
            f"{self.period}: spent {self.spent_usd:.6f} USD{unsure}, saved {self.saved_usd:.6f} "
            f"USD against {self.baseline} or the model asked for; {self.requests} requests, "
            f"{self.hit_rate:.0%} cached, "
            f"{self.local_share:.0%} local, models took {self.ms_p50} ms (median).",
            f"Budget left: {', '.join(left) or 'no limit'}.",
        ]
        lines += [
            f"- {group.name}: {group.requests} requests, {group.cost_usd:.6f} USD, "
            f"saved {group.saved_usd:.6f} USD"
            for group in self.groups
        ]
        return "\n".join(lines)


def _to_the_cent(usd: float) -> str:
    """What is less than a cent is not nothing, and shown whole."""
    return f"{usd:.6f}".rstrip("0") if 0 < abs(usd) < 0.01 else f"{usd:.2f}"
