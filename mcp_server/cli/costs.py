"""`homeward costs`: what was spent and saved, for people, for programs, and as a picture."""

import csv
import io
from pathlib import Path

import anyio.to_thread

from ledger import By, Period, Report
from mcp_server.cli.costs_table import show_report
from mcp_server.cli.running import screen, with_app
from mcp_server.replies import costs
from mcp_server.wiring import App
from vocabulary import Money


def show_costs(
    period: Period,
    by: By,
    *,
    as_json: bool = False,
    as_csv: bool = False,
    png: Path | None = None,
    svg: Path | None = None,
) -> None:
    """The report of a period, grouped: as a table, as JSON or as CSV; and charts as files."""

    async def work(app: App) -> None:
        written = [path for path in (png, svg) if path is not None]
        if written:
            await anyio.to_thread.run_sync(_draw, app, period, by, png, svg)
        report = await anyio.to_thread.run_sync(app.report, period, by)
        if as_json:
            print(costs(report, baseline=app.baseline_name).model_dump_json(exclude_none=True))
        elif as_csv:
            print(_csv(report), end="")
        elif written:
            for path in written:
                screen().print(f"Wrote {path}", markup=False, soft_wrap=True)
        else:
            days = await anyio.to_thread.run_sync(app.report, period, "day")
            show_report(screen(), report, days, baseline=app.baseline_name, budget=app.budget)

    with_app(work)


def _draw(app: App, period: Period, by: By, png: Path | None, svg: Path | None) -> None:
    from ledger.daily.sqlite import slices
    from mcp_server.cli.costs_chart import write_chart

    report = app.report(period, by)
    days = None if report.first is None or report.last is None else (report.first, report.last)
    parts = slices(app.database, days, "source" if by == "day" else by)
    if png is not None:
        write_chart(png, "png", parts, report, baseline=app.baseline_name)
    if svg is not None:
        write_chart(svg, "svg", parts, report, baseline=app.baseline_name)


COLUMNS = (
    *("attempts", "requests", "answered", "tokens_in", "tokens_out"),
    *("spent_usd", "saved_usd", "baseline_usd", "unconfirmed_usd"),
)


def _csv(report: Report) -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow((report.by, *COLUMNS))
    for row in report.rows:
        counts = row.attempts, row.requests, row.answered, row.tokens_in, row.tokens_out
        money = row.spent, row.saved, row.baseline, row.unconfirmed
        lines.writerow((inert(row.name), *counts, *map(_plain, money)))
    return out.getvalue()


def inert(name: str) -> str:
    """A text that no spreadsheet takes for a formula: names come from providers as well."""
    return f"'{name}" if name.lstrip().startswith(("=", "+", "-", "@", "'")) else name


def _plain(amount: Money) -> str:
    whole, part = divmod(abs(amount), 1_000_000)
    return f"{'-' if amount < 0 else ''}{whole}.{part:06d}"
