"""A review as a person reads it, and as a program does."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger import dollars
from mcp_server.cli.costs_signs import amount, ascii_only, shown
from mcp_server.cli.review_facts import Reviewed
from mcp_server.cli.running import screen
from switchboard.reviewing import BECAUSE, HOW_SURE, Dear
from switchboard.suggesting import Suggestion
from vocabulary import Money
from whitelist.plain import one_line

MOST_ROWS = 20
LONGEST_QUESTION = 60
HEADINGS = ("when", "id", "kind", "model", "cost", "why", "cheaper?")
COST, FOLDED = 4, (2, 3)
FORMS = (0, 1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6), (1, 3, 4, 5, 6), (1, 4, 5, 6)
"""Columns by their place: the cost, those that may take several lines, and what is shown where
there is less and less room."""

GAP, LEAST_FOLDED = 2, 12
"""Columns of a terminal: between two cells, and the narrowest that a folded cell may be."""

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
        _print_rows(out, facts["rows"][:MOST_ROWS])
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


def _print_rows(out: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """The figures, each with the numbers of its reasons, which stand below, as do the questions."""
    plain = ascii_only(out)
    notes: dict[str, int] = {}
    lines = [_cells(row, notes, plain=plain) for row in rows]
    kept = _kept([HEADINGS, *lines], out.width)
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, GAP, 0, 0))
    for place in kept:
        folds = place in FOLDED
        table.add_column(
            HEADINGS[place],
            justify="right" if place == COST else "left",
            no_wrap=not folds,
            overflow="fold" if folds or not plain else "crop",
        )
    for line in lines:
        table.add_row(*(Text(line[place]) for place in kept))
    out.print(table)
    out.print(_grid((f"{number}.", note) for note, number in notes.items()))
    asked = [(row["id"], row["question"]) for row in rows if "question" in row]
    if asked:
        out.print("What was asked:", style="dim")
        out.print(_grid((id_, one_line(text, limit=LONGEST_QUESTION)) for id_, text in asked))


def _cells(row: Mapping[str, Any], notes: dict[str, int], *, plain: bool) -> tuple[str, ...]:
    """One row; its reasons are added to `notes`, where they are not among them."""

    def number(note: str) -> int:
        return notes.setdefault(shown(note, plain=plain), len(notes) + 1)

    why, cheap = number(row["why"]), row["cheaper"]
    model = f"{cheap['model']}: " if cheap["model"] else ""
    ground = number(f"{model}{cheap['says']} ({cheap['by']})")
    return (
        row["at"][5:16].replace("T", " "),
        row["id"],
        (row["kind"] or row["task"]).replace("_", " "),
        shown(row["model"], plain=plain),
        amount(Money(round(row["cost_usd"] * 1_000_000))),
        str(why),
        f"{_WOULD[cheap['would_do']]} ({ground})",
    )


def _kept(lines: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """The columns there is room for: ids, money and reasons stay."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    least = [min(wide, LEAST_FOLDED) if n in FOLDED else wide for n, wide in enumerate(widths)]
    for columns in FORMS:
        if sum(least[place] for place in columns) + GAP * (len(columns) - 1) <= width:
            return columns
    return FORMS[-1]


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for first, second in rows:
        grid.add_row(Text(first, no_wrap=True), Text(second))
    return grid


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
