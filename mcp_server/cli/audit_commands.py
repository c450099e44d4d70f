"""`homeward audit`: what left this machine, and whether the record of it is whole."""

from typing import Annotated

import typer

audit_app = typer.Typer(help="See what left this machine, and check the record of it.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lines = Annotated[int, typer.Option("--lines", "-n", help="How many of the last lines.", min=1)]


@audit_app.callback(invoke_without_command=True)
def audit(ctx: typer.Context, lines: Lines = 20, as_json: Json = False) -> None:
    """Show what left this machine: types and counts, never text."""
    if ctx.invoked_subcommand is None:
        audit_show(lines, as_json)


@audit_app.command("show")
def audit_show(lines: Lines = 20, as_json: Json = False) -> None:
    """Show what left this machine: types and counts, never text."""
    from mcp_server.cli.audit import show_audit

    show_audit(lines, as_json=as_json)


@audit_app.command("verify")
def audit_verify() -> None:
    """Check that no line was changed or removed; say which, and how."""
    from mcp_server.cli.audit import verify_audit

    verify_audit()


@audit_app.command("restart")
def audit_restart() -> None:
    """Set a damaged record aside and begin a new one. Needs a person at a terminal."""
    from mcp_server.cli.audit import restart_audit

    restart_audit()
