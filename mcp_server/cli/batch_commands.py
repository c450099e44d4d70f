"""The commands under `homeward batch`; what they do is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

batch_app = typer.Typer(help="Have many prompts answered within a day, at half the price.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Wanted = Annotated[
    str | None, typer.Argument(metavar="ID", help="How its id begins; the newest, if left out.")
]


@batch_app.command("send")
def batch_send(
    file: Annotated[Path, typer.Argument(help='Lines {"id": …, "prompt": …}.')],
    dry_run: Annotated[bool, typer.Option(help="Only say what would be sent.")] = False,
    as_json: Json = False,
) -> None:
    """Send the prompts of a file that may go to a cloud as they are; say which stay, and why."""
    from mcp_server.cli.batch import send_batch

    send_batch(file, dry_run=dry_run, as_json=as_json)


@batch_app.command("status")
def batch_status(as_json: Json = False) -> None:
    """Show every batch, and how far those are that are under way."""
    from mcp_server.cli.batch import show_batches

    show_batches(as_json=as_json)


@batch_app.command("fetch")
def batch_fetch(
    wanted: Wanted = None,
    out: Annotated[
        Path, typer.Option(help="A new file for the answers; `-` is standard output.")
    ] = Path("-"),
) -> None:
    """Fetch the answers of a batch that has ended, and settle what each has cost."""
    from mcp_server.cli.batch import fetch_batch

    fetch_batch(wanted, out)


@batch_app.command("cancel")
def batch_cancel(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="How its id begins.")],
) -> None:
    """Stop a batch. What was answered by then is billed, and can be fetched."""
    from mcp_server.cli.batch import cancel_batch

    cancel_batch(wanted)
