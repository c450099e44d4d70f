"""The command `homeward setup`; what it does is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer


def setup(
    host: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[HOST]...",
            help="claude-desktop, claude-code, cursor, vscode, vscode-insiders, windsurf, zed; "
            "all that are found, if left out.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take Homeward out of the hosts' files again.")
    ] = False,
    command: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The `homeward` that hosts are to start."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Connect the assistants on this machine, find a local model, keep keys; then check it all."""
    from mcp_server.cli.setup import run_setup

    run_setup(
        tuple(host or ()),
        dry_run=dry_run,
        yes=yes,
        remove=remove,
        command=command,
        as_json=as_json,
    )
