"""The commands under `homeward prices`; what they do is imported when they run."""

from typing import Annotated

import typer

prices_app = typer.Typer(help="See what models cost, and fetch a newer price table.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@prices_app.callback(invoke_without_command=True)
def prices(ctx: typer.Context, as_json: Json = False) -> None:
    """Show what each model known here costs, whose price that is, and when it will change."""
    if ctx.invoked_subcommand is None:
        from mcp_server.cli.prices import list_prices

        list_prices(as_json=as_json)


@prices_app.command("show")
def prices_show(
    model: Annotated[str, typer.Argument(metavar="PROVIDER/MODEL", help="Any model.")],
    at: Annotated[
        str | None, typer.Option(help="A date or time, UTC: 2026-12-01, 2026-12-01T07:00.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every price of one model, now or on another day."""
    from mcp_server.cli.prices import show_price

    show_price(model, at, as_json=as_json)


@prices_app.command("refresh")
def prices_refresh(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Fetch the newest published price table; say what it changes here, and ask before using it."""
    from mcp_server.cli.prices_table import refresh_prices

    refresh_prices(yes=yes)


@prices_app.command("reset")
def prices_reset() -> None:
    """Go back to the price table that is installed."""
    from mcp_server.cli.prices_table import reset_prices

    reset_prices()
