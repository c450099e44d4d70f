"""The commands under `homeward cache`; what they do is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

cache_app = typer.Typer(help="See, explain, move and clear the remembered answers.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@cache_app.command("stats")
def cache_stats(as_json: Json = False) -> None:
    """Show how many answers are kept, how often they were served, and what that saved."""
    from mcp_server.cli.cache import show_stats

    show_stats(as_json=as_json)


@cache_app.command("inspect")
def cache_inspect(
    wanted: Annotated[str, typer.Argument(metavar="ID|TEXT", help="An answer, or a question.")],
    caller: Annotated[
        str, typer.Option(help="Who would ask: `homeward ask`, or a host such as `mcp:NAME`.")
    ] = "homeward ask",
    as_json: Json = False,
) -> None:
    """Show one answer, or why a question would or would not be served one."""
    from mcp_server.cli.cache import inspect

    inspect(wanted, caller=caller, as_json=as_json)


@cache_app.command("clear")
def cache_clear(
    scope: Annotated[str | None, typer.Option(help="Only this scope's answers.")] = None,
    model: Annotated[str | None, typer.Option(help="Only this model's answers.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Erase remembered answers. By text or age: `homeward forget`."""
    from mcp_server.cli.cache import clear

    clear(scope, model, yes=yes, as_json=as_json)


@cache_app.command("export")
def cache_export(
    file: Annotated[Path, typer.Argument(help="A new file; `-` is standard output.")],
    yes: Yes = False,
) -> None:
    """Write the remembered answers as lines of JSON, in plain text."""
    from mcp_server.cli.cache_file import export

    export(file, yes=yes)


@cache_app.command("import")
def cache_import(
    file: Annotated[Path, typer.Argument(help="What `homeward cache export` wrote.")],
    trust: Annotated[
        bool, typer.Option("--trust", help="Also what was not written by this Homeward of yours.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take answers from a file. What is here already stays."""
    from mcp_server.cli.cache_file import import_file

    import_file(file, trust=trust, yes=yes, as_json=as_json)


@cache_app.command("warm")
def cache_warm(
    file: Annotated[Path | None, typer.Argument(help="Questions, one a line.")] = None,
    limit: Annotated[int, typer.Option(help="Most questions to ask.", min=1)] = 20,
    minutes: Annotated[float, typer.Option(help="Most minutes to take.", min=0)] = 10,
) -> None:
    """Ask models at home now: questions of a file, or your own that expire soon."""
    from mcp_server.cli.cache_warm import warm

    warm(file, most=limit, minutes=minutes)
