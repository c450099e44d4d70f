"""The commands under `homeward costs`; what they do is imported when they run."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

costs_app = typer.Typer(help="Show what was spent and saved; check it against the provider's.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@costs_app.callback(invoke_without_command=True)
def costs(
    ctx: typer.Context,
    period: Annotated[
        Literal["today", "7d", "month", "all"], typer.Option(help="Days, in your time zone.")
    ] = "month",
    by: Annotated[
        Literal["model", "day", "task", "source"],
        typer.Option(help="What each line is of; source: cache, local or cloud."),
    ] = "model",
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the lines as CSV.")] = False,
    png: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a chart of the days as PNG.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a chart of the days as SVG.")
    ] = None,
) -> None:
    """Show spend, savings, cache and local share, and what is left of the budget."""
    if ctx.invoked_subcommand is not None:
        return
    if as_json and as_csv:
        raise typer.BadParameter("Say one of --json, --csv.")
    from mcp_server.cli.costs import show_costs

    show_costs(period, by, as_json=as_json, as_csv=as_csv, png=png, svg=svg)


@costs_app.command("reconcile")
def costs_reconcile(
    file: Annotated[Path, typer.Argument(help="A CSV export of Anthropic, OpenAI or OpenRouter.")],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC) the export covers."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (UTC) the export covers."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare the ledger with a provider's export. Exit status 1 where they differ."""
    from mcp_server.cli.costs_reconcile import reconcile

    reconcile(
        file,
        first=None if first is None else first.date(),
        last=None if last is None else last.date(),
        as_json=as_json,
    )
