"""`homeward costs reconcile`: the books against a provider's export, and what differs."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger import dollars
from ledger.reconcile import (
    Difference,
    Export,
    Figures,
    Reconciliation,
    UnreadableExport,
    compare,
    read_export,
)
from ledger.reconcile.sqlite import begun, booked
from mcp_server.cli.costs_signs import amount, ascii_only, shown
from mcp_server.cli.running import screen, told, with_app
from mcp_server.wiring import App
from vocabulary import Money

MOST_SHOWN = 40
"""Differences in the table; `--json` gives all."""

GAP, MODEL, LEAST_MODEL = 2, 1, 12
"""Columns between two cells, the place of the model, and how many of a terminal's it needs."""


def reconcile(path: Path, *, first: date | None, last: date | None, as_json: bool) -> None:
    """Compare the books with a file, and end with status 1 where they differ."""
    with told():
        export = read_export(path)
        days = _days(export, first, last)

    async def work(app: App) -> Reconciliation:
        return await anyio.to_thread.run_sync(_compared, app, export, *days)

    result = with_app(work)
    if as_json:
        print(json.dumps(_as_json(result)))
    else:
        show(screen(), result)
    if not result.agrees:
        raise typer.Exit(1)


def _days(export: Export, first: date | None, last: date | None) -> tuple[date, date]:
    """The days that are compared: those that the file has lines of, or that the person says.

    Raises:
        UnreadableExport: there is none.
    """
    begins, ends = first or export.first, last or export.last
    if begins is None or ends is None:
        raise UnreadableExport(
            "The export has no line, so it does not say which days it covers.",
            fix="Say it with --from and --to.",
        )
    if begins > ends:
        raise UnreadableExport(
            f"No day lies from {begins} to {ends}.", fix="Check --from and --to."
        )
    return begins, ends


def _compared(app: App, export: Export, first: date, last: date) -> Reconciliation:
    return compare(
        export,
        booked(app.database, export.provider, first, last),
        first=first,
        last=last,
        begun=begun(app.database, export.provider),
        today=datetime.now(UTC).date(),
    )


def show(out: Console, result: Reconciliation) -> None:
    """What was compared, what differs, and the verdict."""

    def say(text: str, style: str = "") -> None:
        out.print(Text(shown(text, plain=ascii_only(out)), style=style))

    export = result.export
    say(f"{export.title}: {result.first} to {result.last} (UTC), {_lines(export.lines)}.")
    if export.unread:
        say(f"Not read, because unknown here: {', '.join(export.unread)}.", "yellow")
    if result.differences:
        out.print()
        _table(out, result)
        out.print()
    more = len(result.differences) - MOST_SHOWN
    if more > 0:
        say(f"{more} smaller ones are not shown; --json gives all.", "dim")
    for text in _verdict(result):
        say(text)


def _table(out: Console, result: Reconciliation) -> None:
    """The figures, each with the number of its reason; the reasons stand below."""
    plain, money = ascii_only(out), result.tolerance is not None
    reasons: dict[str, int] = {}
    rows = [
        (
            str(each.day),
            shown(each.model or "all", plain=plain),
            *(_money(each) if money else _tokens(each)),
            str(reasons.setdefault(each.reason, len(reasons) + 1)),
        )
        for each in result.differences[:MOST_SHOWN]
    ]
    headings = "day", "model", "provider" if money else "provider tok.", "books", "apart", "why"
    kept = _kept([headings, *rows], out.width)
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, GAP, 0, 0))
    for place in kept:
        is_model = place == MODEL
        table.add_column(
            headings[place],
            justify="right" if place > MODEL else "left",
            no_wrap=not is_model,
            overflow="fold" if is_model or not plain else "crop",
        )
    for row, each in zip(rows, result.differences, strict=False):
        table.add_row(*(Text(row[place]) for place in kept), style="" if each.counts else "dim")
    out.print(table)
    notes = Table.grid(padding=(0, 1, 0, 0))
    for reason, number in reasons.items():
        notes.add_row(Text(f"{number}."), Text(shown(reason, plain=plain)))
    out.print()
    out.print(notes)


def _kept(rows: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """The columns there is room for: every one, or else only the difference beside its model."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room = width - sum(widths) + widths[MODEL] - GAP * (len(widths) - 1)
    return tuple(range(len(widths))) if room >= LEAST_MODEL else (0, MODEL, 4, 5)


def _money(each: Difference) -> tuple[str, str, str]:
    difference = Money(each.theirs.cost - each.ours.cost)
    return amount(each.theirs.cost), amount(each.ours.cost), _signed(amount(difference))


def _tokens(each: Difference) -> tuple[str, str, str]:
    theirs, ours = (f.input + f.output for f in (each.theirs, each.ours))
    return f"{theirs:,}", f"{ours:,}", _signed(f"{theirs - ours:,}")


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def _verdict(result: Reconciliation) -> list[str]:
    counted = sum(each.counts for each in result.differences)
    compared = "1 day of a model" if result.compared == 1 else f"{result.compared} days of a model"
    if result.tolerance is None:
        said = (
            f"Tokens in and out: {_both(result.theirs)} at the provider, {_both(result.ours)} in "
            "the books. The export has no money in it."
        )
    else:
        over = Money(result.theirs.cost - result.ours.cost)
        said = (
            f"In all {dollars(result.theirs.cost)} at the provider, {dollars(result.ours.cost)} in "
            f"the books: {_signed(dollars(over))} (up to {dollars(result.tolerance)} is rounding)."
        )
    if result.agrees:
        return [said, f"They agree; {compared} compared."]
    if not counted:
        return [said, f"They differ in all, though by too little on each; {compared} compared."]
    return [said, f"They differ in {counted}; {compared} compared."]


def _both(figures: Figures) -> str:
    return f"{figures.input:,} and {figures.output:,}"


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


def _as_json(result: Reconciliation) -> dict[str, Any]:
    gives = result.export.gives
    return {
        "agrees": result.agrees,
        "export": result.export.title,
        "provider": result.export.provider,
        "first": result.first.isoformat(),
        "last": result.last.isoformat(),
        "lines": result.export.lines,
        "not_read": list(result.export.unread),
        "compared": result.compared,
        "tolerance_usd": _usd(result.tolerance),
        "provider_total": _figures(result.theirs, gives),
        "books_total": _figures(result.ours, gives),
        "differences": [
            {
                "day": each.day.isoformat(),
                "model": each.model or None,
                "provider": _figures(each.theirs, gives),
                "books": _figures(each.ours, gives),
                "difference_usd": _usd(each.cost),
                "reason": each.reason,
                "counts": each.counts,
            }
            for each in result.differences
        ],
    }


def _figures(figures: Figures, gives: frozenset[Any]) -> dict[str, Any]:
    """Only what the export counts: what it does not say is no zero."""
    named = {
        "requests": figures.requests,
        "input": figures.input,
        "cached": figures.cached,
        "output": figures.output,
    }
    given: dict[str, Any] = {name: count for name, count in named.items() if name in gives}
    return given | ({"cost_usd": _usd(figures.cost)} if "cost" in gives else {})


def _usd(amount_: Money | None) -> float | None:
    return None if amount_ is None else amount_ / 1_000_000
