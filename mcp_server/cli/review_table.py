"""A review as a person reads it, and as a program does."""

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from ledger import dollars
from mcp_server.cli.review_facts import Reviewed
from mcp_server.cli.running import screen
from switchboard.reviewing import BECAUSE, HOW_SURE, Dear
from switchboard.suggesting import Suggestion
from vocabulary import Money
from whitelist.plain import one_line

MOST_ROWS = 20
LONGEST_QUESTION = 60
_WOULD = {True: "yes", False: "no", None: "?"}


def as_json(found: Reviewed, *, texts: bool) -> dict[str, Any]:
    """Everything of a review. Without `texts` no word of a question is in it."""
    best = found.advice.best
    return {
        "since": found.since.isoformat(timespec="seconds"),
        "days": found.days,
        "requests": len(found.dear),
        "cost_usd": _usd(each.paid.cost for each in found.dear),
        "cheaper": {
            name: {
                "requests": len(group),
                "cost_usd": _usd(each.paid.cost for each in group),
            }
            for would, name in ((True, "could"), (False, "could_not"), (None, "not_known"))
            for group in [[each for each in found.dear if each.evidence.would is would]]
        },
        "rows": [_row(each, found.questions if texts else {}) for each in found.dear],
        "asked_again": found.replayed,
        "suggestion": None if best is None else _suggestion(best),
        "says": found.advice.says,
        "notices": list(found.notices),
    }


def _row(dear: Dear, questions: Mapping[str, str]) -> dict[str, Any]:
    request, evidence = dear.paid, dear.evidence
    row = {
        "id": request.request_id,
        "at": request.at.isoformat(timespec="seconds"),
        "task": request.task,
        "kind": "" if dear.choice is None else dear.choice.kind,
        "model": dear.model,
        "cost_usd": request.cost / 1_000_000,
        "why": BECAUSE[dear.why],
        "cheaper": {
            "model": evidence.model,
            "would_do": evidence.would,
            "by": evidence.by,
            "sure": None if evidence.sure is None else round(evidence.sure, 3),
            "says": evidence.says,
        },
    }
    if request.request_id in questions:
        row["question"] = questions[request.request_id]
    return row


def _suggestion(best: Suggestion) -> dict[str, Any]:
    change, saving = best.change, best.saving
    return {
        "setting": f"routing.{change.key}",
        "from": change.before,
        "to": change.after,
        "saves_usd_a_week": [round(each, 6) for each in (saving.usd, saving.low, saving.high)],
        "moves": best.moved,
        "rests_on": best.rests,
        "quality": round(best.quality, 4),
        "quality_at_least": round(best.quality_low, 4),
        "outcomes": best.outcomes,
    }


def show(facts: Mapping[str, Any]) -> None:
    """On standard output."""
    out = screen()
    if not facts["requests"]:
        out.print(
            f"There is nothing to review: no request cost money in the last {_days(facts)}.",
            soft_wrap=True,
        )
    else:
        out.print(_summary(facts), markup=False, soft_wrap=True)
        out.print(_table(facts["rows"][:MOST_ROWS]))
        if (more := len(facts["rows"]) - MOST_ROWS) > 0:
            out.print(f"and {more:,} cheaper ones; --json has them all.")
        used = dict.fromkeys(row["cheaper"]["by"] for row in facts["rows"])
        sure = " ".join(f"{each}: {HOW_SURE[each]}." for each in used)
        out.print(sure, style="dim", markup=False, soft_wrap=True)
        if facts["suggestion"] is not None:
            out.print(_change(facts["suggestion"]), style="bold", markup=False, soft_wrap=True)
        out.print(facts["says"], markup=False, soft_wrap=True)
    for notice in facts["notices"]:
        out.print(notice, style="yellow", markup=False, soft_wrap=True)


def _summary(facts: Mapping[str, Any]) -> str:
    groups = facts["cheaper"]
    number = facts["requests"]
    parts = [
        f"In the last {_days(facts)} {number:,} {'request' if number == 1 else 'requests'} cost "
        f"{_dollars(facts['cost_usd'])} at models that cost money.",
        f"Would a cheaper model have done? Yes: {_group(groups['could'])}; no: "
        f"{_group(groups['could_not'])}; not known: {_group(groups['not_known'])}.",
    ]
    if facts["asked_again"]:
        parts.append(f"Asked again at home: {facts['asked_again']}; nothing left the machine.")
    return " ".join(parts)


def _table(rows: list[dict[str, Any]]) -> Table:
    asked = any("question" in row for row in rows)
    names = ["when", "id", "kind", "model", "cost", "why", "cheaper would do"]
    table = Table(*names, *(["question"] if asked else []), box=None)
    for row in rows:
        cheap = row["cheaper"]
        model = f" {cheap['model']}," if cheap["model"] else ""
        cells = [
            row["at"][:16].replace("T", " "),
            row["id"],
            (row["kind"] or row["task"]).replace("_", " "),
            row["model"],
            _dollars(row["cost_usd"]),
            row["why"],
            f"{_WOULD[cheap['would_do']]}:{model} {cheap['says']} ({cheap['by']})",
        ]
        if asked:
            cells.append(one_line(row.get("question", ""), limit=LONGEST_QUESTION))
        table.add_row(*map(escape, cells))
    return table


def _change(best: Mapping[str, Any]) -> str:
    usd, low, high = best["saves_usd_a_week"]
    if best["rests_on"] == "replay":
        quality = (
            f"{best['quality']:.0%} of the answers asked again would have done (at least "
            f"{best['quality_at_least']:.0%} with 90 % confidence)"
        )
    else:
        quality = (
            f"expected change in how often an answer does: {best['quality']:+.3f} (at least "
            f"{best['quality_at_least']:+.3f} with 90 % confidence)"
        )
    return (
        f"Set {best['setting']} from {_value(best['from'])} to {_value(best['to'])}: saves about "
        f"${usd:.4f} a week (${low:.4f} to ${high:.4f}); {quality}. `homeward review --apply` "
        "makes the change."
    )


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _group(group: Mapping[str, Any]) -> str:
    return f"{group['requests']:,} ({_dollars(group['cost_usd'])})"


def _days(facts: Mapping[str, Any]) -> str:
    days = facts["days"]
    return "day" if days == 1 else f"{days:g} days"


def _usd(costs: Any) -> float:
    return float(sum(costs)) / 1_000_000


def _dollars(usd: float) -> str:
    return dollars(Money(round(usd * 1_000_000)))
