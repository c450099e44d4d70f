"""Every command with its options; what it does is imported when it runs, so help stays instant."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mcp_server.cli.audit_commands import audit_app
from mcp_server.cli.batch_commands import batch_app
from mcp_server.cli.cache_commands import cache_app
from mcp_server.cli.config_commands import config_app, keys_app
from mcp_server.cli.costs_commands import costs_app
from mcp_server.cli.experiment_commands import experiment_app
from mcp_server.cli.prices_commands import prices_app
from mcp_server.cli.router_commands import router_app
from mcp_server.cli.setup_commands import setup
from mcp_server.cli.whitelist_commands import folders_app, whitelist_app

app = typer.Typer(
    help="Keeps every prompt at home unless it must travel, and then sends it the cheapest way "
    "that will do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="See the models there are, and prepare the encoder.")
app.add_typer(whitelist_app, name="whitelist")
app.add_typer(config_app, name="config")
app.add_typer(models_app, name="models")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.add_typer(folders_app, name="folders")
app.add_typer(cache_app, name="cache")
app.add_typer(costs_app, name="costs")
app.add_typer(router_app, name="router")
app.add_typer(experiment_app, name="experiment")
app.add_typer(prices_app, name="prices")
app.add_typer(batch_app, name="batch")
app.command()(setup)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _say_version(wanted: bool) -> None:
    if wanted:
        from mcp_server import __version__

        typer.echo(f"homeward {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version."),
]


@app.callback()
def homeward(version: Version = False) -> None:  # its help is that of `app`
    pass


@app.command()
def demo(
    cloud: Annotated[bool, typer.Option(help="Let a second embedded model play the cloud.")] = True,
    plain: Annotated[bool, typer.Option(help="One line a prompt instead of a live table.")] = False,
) -> None:
    """Send about twenty prompts through the real path; show where each went, why, its cost."""
    from mcp_server.cli.demo import run_demo

    run_demo(cloud=cloud, plain=plain)


@app.command()
def mcp(
    transport: Annotated[
        Literal["stdio", "sse", "streamable-http"], typer.Option(help="How the client connects.")
    ] = "stdio",
    host: Annotated[str, typer.Option(help="Address to listen on (HTTP).")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on (HTTP).")] = 8765,
    public_host: Annotated[
        list[str] | None, typer.Option(help="Name clients use, when not on loopback.")
    ] = None,
) -> None:
    """Serve assistants over MCP."""
    from mcp_server.cli.serve import serve_mcp

    serve_mcp(transport, host=host, port=port, public_hosts=tuple(public_host or ()))


@app.command()
def ask(
    prompt: Annotated[str, typer.Argument(help="The task; `-` reads it from standard input.")] = "",
    context: Annotated[
        Path | None, typer.Option("--context", "-c", help="A text file the task is about.")
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", help="A document in an open folder: read at home only."),
    ] = None,
    system: Annotated[str, typer.Option(help="Instructions on role, format and tone.")] = "",
    prefer: Annotated[
        Literal["auto", "local", "cloud"], typer.Option(help="Where it may or should go.")
    ] = "auto",
    model: Annotated[str | None, typer.Option(help="Insist on provider/name.")] = None,
    max_cost_usd: Annotated[float | None, typer.Option(help="Limit for this call.", min=0)] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Limit of the answer.", min=1)] = None,
    fresh: Annotated[bool, typer.Option(help="Do not answer from the cache.")] = False,
    improve: Annotated[
        str | None, typer.Option(help="The id of an answer that was not good enough.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    why: Annotated[bool, typer.Option(help="Say afterwards why it went where it went.")] = False,
) -> None:
    """Answer one prompt, streaming it as it comes."""
    from mcp_server.cli.ask import run_ask

    run_ask(
        prompt,
        context=context,
        files=tuple(file or ()),
        system=system,
        prefer=prefer,
        model=model,
        max_cost_usd=max_cost_usd,
        max_tokens=max_tokens,
        fresh=fresh,
        improve=improve,
        dry_run=dry_run,
        why=why,
    )


@app.command()
def feedback(
    wanted: Annotated[
        str, typer.Argument(metavar="ID", help="The answer; its id stands below it.")
    ],
    verdict: Annotated[
        Literal["good", "bad", "better"],
        typer.Argument(help="What you think of it; `better`: it was not enough."),
    ],
    as_json: Json = False,
) -> None:
    """Say whether an answer was good; routing and cache learn from it. The last word counts."""
    from mcp_server.cli.feedback import give_feedback

    give_feedback(wanted, verdict, as_json=as_json)


@app.command()
def review(
    days: Annotated[float, typer.Option(help="How far to look back.", min=0.1, max=365)] = 7,
    replay: Annotated[
        bool, typer.Option(help="Ask a model at home again what a cloud answered.")
    ] = True,
    texts: Annotated[
        bool, typer.Option("--texts", help="Show questions in JSON and in pipes as well.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make the suggested change in homeward.toml.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Show what cost money and whether a cheaper model would have done; suggest one change."""
    from mcp_server.cli.review import run_review

    if apply and as_json and not yes:
        raise typer.BadParameter("With --json say --yes too: nobody is asked.")
    run_review(days=days, replay=replay, texts=texts, apply=apply, yes=yes, in_json=as_json)


@models_app.callback(invoke_without_command=True)
def models(
    ctx: typer.Context,
    as_json: Json = False,
    ask_clouds: Annotated[
        bool, typer.Option("--ask-clouds", help="Ask the allowed clouds what they have.")
    ] = False,
) -> None:
    """List every model, its cost and whether its host may be asked; and the cache's encoder."""
    if ctx.invoked_subcommand is None:
        from mcp_server.cli.models import list_models

        list_models(as_json=as_json, ask_clouds=ask_clouds)


@models_app.command("prepare")
def prepare() -> None:
    """Make the encoder from the original all-MiniLM-L6-v2 weights, if it is nowhere yet."""
    from mcp_server.cli.encoder import prepare_encoder

    prepare_encoder()


@models_app.command("clean")
def clean() -> None:
    """Delete the files of encoders that are not in use."""
    from mcp_server.cli.encoder import clean_encoders

    clean_encoders()


@app.command()
def check(
    text: Annotated[str, typer.Argument(help="Text, a file, or `-` for standard input.")],
    as_json: Json = False,
) -> None:
    """Say which kinds of personal data and secrets a text holds, and what may happen to it."""
    from mcp_server.cli.check import check_text

    check_text(text, as_json=as_json)


@app.command()
def approve(
    wanted: Annotated[
        str | None, typer.Argument(metavar="ID", help="What to decide; none lists what waits.")
    ] = None,
    refuse: Annotated[bool, typer.Option(help="Refuse it instead.")] = False,
    browser: Annotated[
        bool, typer.Option(help="Decide on a page that only this terminal opens.")
    ] = False,
    duration: Annotated[
        str | None, typer.Option("--for", help="Allow a host for a while only: 15m, 1h.")
    ] = None,
) -> None:
    """Decide what an assistant asked for. Needs a person at a terminal."""
    from mcp_server.cli.approve import approve as decide

    decide(wanted, refuse=refuse, browser=browser, duration=duration)


@app.command()
def forget(
    before: Annotated[
        str | None, typer.Option(help="What is older: a date (2026-11-30), or 30d, 12h.")
    ] = None,
    matching: Annotated[str | None, typer.Option(help="What holds this text.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say how much it would be.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase remembered questions and answers, tickets, reasons; from the files' bytes as well."""
    from mcp_server.cli.forget import run_forget

    if sum((before is not None, matching is not None, everything)) != 1:
        raise typer.BadParameter("Say one of --before, --matching, --all.")
    run_forget(before, matching, dry_run=dry_run, yes=yes, as_json=as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check Ollama, keys, databases, encoder and hosts, and say how to mend what is wrong."""
    from mcp_server.cli.doctor import run_doctor

    run_doctor(as_json=as_json)
