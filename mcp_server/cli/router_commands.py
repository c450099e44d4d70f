"""The commands under `homeward router`; what they do is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

router_app = typer.Typer(help="See, explain, move and forget what routing has learned.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@router_app.command("stats")
def router_stats(as_json: Json = False) -> None:
    """Show what is known of each model and kind of request, and what can be promised."""
    from mcp_server.cli.router import show_stats

    show_stats(as_json=as_json)


@router_app.command("explain")
def router_explain(
    wanted: Annotated[
        str | None, typer.Argument(metavar="ID", help="A request; its id stands below its answer.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(help="Say it of this text instead; nothing is sent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say why a request went where it went, or where one would go."""
    from mcp_server.cli import router_explain as explaining

    if (wanted is None) == (prompt is None):
        raise typer.BadParameter("Name a request by its ID, or give a text with --prompt.")
    if prompt is not None:
        explaining.explain_prompt(prompt, as_json=as_json)
    elif wanted is not None:
        explaining.explain_request(wanted, as_json=as_json)


@router_app.command("train")
def router_train(as_json: Json = False) -> None:
    """Learn from newer outcomes, if a replay says that this does no harm."""
    from mcp_server.cli.router import train

    train(as_json=as_json)


@router_app.command("reset")
def router_reset(yes: Yes = False, as_json: Json = False) -> None:
    """Forget everything that was learned, and the outcomes it was learned from."""
    from mcp_server.cli.router import reset

    reset(yes=yes, as_json=as_json)


@router_app.command("forget")
def router_forget(
    wanted: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="One request, with its outcomes.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="What is older: a date (2026-11-30), or 30d, 12h.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Forget some requests with their outcomes, and what was learned from them."""
    from mcp_server.cli.router import forget

    if (wanted is None) == (before is None):
        raise typer.BadParameter("Say one of --id, --before.")
    forget(wanted, before, yes=yes, as_json=as_json)


@router_app.command("export")
def router_export(
    file: Annotated[Path, typer.Argument(help="A new file; `-` is standard output.")],
) -> None:
    """Write requests and outcomes as lines of JSON. No text of any prompt is among them."""
    from mcp_server.cli.router_file import export

    export(file)


@router_app.command("import")
def router_import(
    file: Annotated[Path, typer.Argument(help="What `homeward router export` wrote.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take requests and outcomes from a file. What is here already stays."""
    from mcp_server.cli.router_file import import_file

    import_file(file, yes=yes, as_json=as_json)
