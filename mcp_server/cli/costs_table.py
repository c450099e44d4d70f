"""A report as a person reads it: a table, a line of the days, what is left, against what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rich.cells import cell_len
from rich.console import Console, OverflowMethod
from rich.table import Table
from rich.text import Text

from ledger import Budget, Left, Report, dollars
from mcp_server.cli.costs_signs import (
    amount,
    ascii_only,
    bar,
    in_short,
    shown,
    spark,
    to_ascii,
)
from vocabulary import Money

HEADINGS = ("requests", "tokens in", "tokens out", "spent", "saved")
SHORT_HEADINGS = ("req.", "in", "out", "spent", "saved")
GAP = 2
LEAST_NAME, LEAST_SHARE, LONGEST_BAR = 14, 14, 24
"""Columns: the narrowest name and share that say something, and the longest bar."""

CENT = 10_000
"""Micro-dollars."""

_LONGEST_LINE = 62


def show_report(
    out: Console, report: Report, days: Report, *, baseline: str, budget: Budget
) -> None:
    """Print a report. `days` is the same period by day; `baseline` names what savings are against.

    On a terminal of another encoding than UTF-8, plain ASCII is printed.
    """
    plain = ascii_only(out)
    if report.rows:
        out.print(_table(report, width=out.width, plain=plain))
        out.print()
    if (line := _days(days, width=out.width, plain=plain)) is not None:
        out.print(line)
    for text in _words(report, baseline, budget):
        out.print(Text(to_ascii(text) if plain else text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A row of the table; `share` is None where it is the sum of the others."""

    name: str
    counts: tuple[int, int, int]
    spent: Money
    saved: Money
    share: float | None = None

    def cells(self, form: "_Form") -> list[str]:
        counts = [in_short(count) if form.short else f"{count:,}" for count in self.counts]
        every = *counts, amount(self.spent), amount(self.saved)
        return [every[place] for place in form.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How much a row tells: the `columns` of HEADINGS, and whether counts are given in short."""

    columns: tuple[int, ...] = (0, 1, 2, 3, 4)
    short: bool = False

    @property
    def headings(self) -> list[str]:
        names = SHORT_HEADINGS if self.short else HEADINGS
        return [names[place] for place in self.columns]


def _table(report: Report, *, width: int, plain: bool) -> Table:
    """As much as there is room for: whole numbers, else short ones; bars where some is left."""
    lines = _lines(report, plain=plain)
    form = _form(report.by, lines, width)
    room = width - _wanted(report.by, lines, form) - GAP
    bars = min(room - len("100% "), LONGEST_BAR) if room >= LEAST_SHARE else 0
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(report.by, overflow="fold")
    for heading in form.headings:
        # Rich's sign for what is cut off is not ASCII.
        overflow: OverflowMethod = "crop" if plain else "ellipsis"
        table.add_column(heading, justify="right", no_wrap=True, overflow=overflow)
    if bars:
        table.add_column(f"share of {_shared(report)}", no_wrap=True)
    for line in lines:
        cells = [Text(cell) for cell in line.cells(form)]
        cells[-1].stylize("red" if line.saved < 0 else "green" if line.saved else "")
        if bars and line.share is not None:
            drawn = bar(line.share, bars, plain=plain)
            cells.append(Text(f"{line.share:4.0%} {drawn}", style="cyan"))
        table.add_row(Text(line.name), *cells, style="bold" if line.share is None else "")
    return table


def _form(by: str, lines: Sequence[_Line], width: int) -> _Form:
    """The fullest form that leaves room: the full one for a bar, the short ones for the names."""
    full, *shorter = FORMS
    if width - _wanted(by, lines, full) - GAP >= LEAST_SHARE:
        return full
    longest = max(cell_len(line.name) for line in lines)
    for form in shorter:
        if width - _wanted(by, lines, form) + longest >= min(longest, LEAST_NAME):
            return form
    return shorter[-1]


def _wanted(by: str, lines: Sequence[_Line], form: _Form) -> int:
    """The columns of a terminal that every cell, and the gaps between them, would fill."""
    rows = [(by, *form.headings), *((line.name, *line.cells(form)) for line in lines)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + GAP * (len(widths) - 1)


def _lines(report: Report, *, plain: bool) -> list[_Line]:
    """The groups, and where there are several what they come to."""
    parts = [row.spent if report.spent > 0 else row.requests for row in report.rows]
    whole = sum(parts)
    lines = [
        _Line(
            name=shown(row.name, plain=plain),
            counts=(row.requests, row.tokens_in, row.tokens_out),
            spent=row.spent,
            saved=row.saved,
            share=part / whole if whole else 0.0,
        )
        for row, part in zip(report.rows, parts, strict=True)
    ]
    if len(lines) > 1:
        counts = report.requests, report.tokens_in, report.tokens_out
        lines.append(_Line(name="all", counts=counts, spent=report.spent, saved=report.saved))
    return lines


def _shared(report: Report) -> str:
    return "spent" if report.spent > 0 else "requests"


FORMS = (
    _Form(),
    _Form(short=True),
    _Form(short=True, columns=(0, 3, 4)),
    _Form(short=True, columns=(3, 4)),
)


def _days(days: Report, *, width: int, plain: bool) -> Text | None:
    """Spend by day as one line, where the period has several days and something was spent."""
    spent = {date.fromisoformat(row.name): row.spent for row in days.rows}
    if not any(spent.values()) or days.period == "today":
        return None
    first = days.first or min(spent)
    last = max(max(spent), min(days.last or date.min, date.today()))
    each = [spent.get(first + timedelta(n), Money(0)) for n in range((last - first).days + 1)]
    if len(each) < 2:
        return None
    room = max(10, min(width - 2, _LONGEST_LINE))
    together = -(-len(each) // room)
    drawn = [sum(each[n : n + together]) for n in range(0, len(each), together)]
    most = max(spent, key=lambda day: (spent[day], day))
    how = "day" if together == 1 else f"{together} days"
    dash = "-" if plain else "–"
    return Text.assemble(
        (spark(drawn, plain=plain), "cyan"),
        f"\nSpent by {how}, {first} {dash} {last}; most on {most}: {dollars(spent[most])}.",
    )


def _words(report: Report, baseline: str, budget: Budget) -> list[str]:
    said = [
        f"{report.period}: spent {report.spent / 1_000_000:.6f} USD, "
        f"saved {report.saved / 1_000_000:.6f} USD; {report.requests} requests, "
        f"{report.hit_rate:.0%} cached, {report.local_share:.0%} local, "
        f"median {report.ms_p50} ms."
    ]
    if report.unconfirmed:
        said.append(
            f"Of that {dollars(report.unconfirmed)} is the worst case of calls whose count never "
            "came."
        )
    said += [
        f"Saved is against {baseline}: what the same tokens would have cost there.",
        "The assistant's own tokens for handing work over are not counted.",
        *_left(report.left, budget),
    ]
    return said


def _left(left: Left, budget: Budget) -> list[str]:
    """What each limit still allows, and when it begins anew."""
    said = [f"Budget left: {_rest(left.day, left.month)}."]
    renewals = [
        f"the {name}'s {_usd(most)} on {_when(renews)}"
        for name, most, renews in (
            ("day", budget.daily, left.day_renews),
            ("month", budget.monthly, left.month_renews),
        )
        if most is not None
    ]
    if renewals:
        said[0] += f" Renewed: {', '.join(renewals)}."
    for part in left.limits:
        limit, rest = part.limit, _rest(part.day, part.month)
        of = _rest(limit.daily, limit.monthly)
        said.append(f"Left for {limit.scope} {shown(limit.name)}: {rest}; the limit is {of}.")
    return said


def _rest(day: Money | None, month: Money | None) -> str:
    parts = [
        f"{name} {_usd(rest)}"
        for name, rest in (("today", day), ("month", month))
        if rest is not None
    ]
    return ", ".join(parts) or "no limit"


def _usd(money: Money) -> str:
    """To the cent; what is less than one is no nothing, and shown whole."""
    if 0 < abs(money) < CENT:
        return f"{money / 1_000_000:.6f}".rstrip("0") + " USD"
    return f"{money / 1_000_000:.2f} USD"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
