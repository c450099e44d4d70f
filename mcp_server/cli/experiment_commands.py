"""The commands under `homeward experiment`; what they do is imported when they run."""

from typing import Annotated, Literal

import typer

experiment_app = typer.Typer(help="Hold two ways of answering against each other.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@experiment_app.command("start")
def experiment_start(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    strategy: Annotated[str | None, typer.Option(help="B's routing strategy.")] = None,
    model: Annotated[str | None, typer.Option(help="B's model, provider/name.")] = None,
    min_quality: Annotated[
        float | None, typer.Option(help="B's min_quality.", min=0, max=1)
    ] = None,
    min_confidence: Annotated[
        float | None, typer.Option(help="B's min_confidence.", min=0, max=1)
    ] = None,
    system: Annotated[str | None, typer.Option(help="What B puts before system prompts.")] = None,
    a_strategy: Annotated[
        str | None, typer.Option(help="The same for A, which is things as they are without.")
    ] = None,
    a_model: Annotated[str | None, typer.Option(help="See above.")] = None,
    a_min_quality: Annotated[float | None, typer.Option(help="See above.", min=0, max=1)] = None,
    a_min_confidence: Annotated[float | None, typer.Option(help="See above.", min=0, max=1)] = None,
    a_system: Annotated[str | None, typer.Option(help="See above.")] = None,
    by: Annotated[
        Literal["caller", "request"], typer.Option(help="Who keeps an arm, and is counted once.")
    ] = "caller",
    share: Annotated[float, typer.Option(help="How much of it gets B.", min=0.05, max=0.95)] = 0.5,
    metric: Annotated[
        Literal["quality", "cost", "latency", "refusals"],
        typer.Option(help="What decides."),
    ] = "quality",
    detect: Annotated[
        float | None,
        typer.Option(help="The difference that matters: a share, dollars, or seconds.", min=0),
    ] = None,
    tolerate_quality: Annotated[
        float | None, typer.Option(help="Share of answers B may do worse in.", min=0, max=1)
    ] = None,
    tolerate_cost_usd: Annotated[
        float | None, typer.Option(help="Dollars a request B may cost more.", min=0)
    ] = None,
    tolerate_latency_s: Annotated[
        float | None, typer.Option(help="Seconds a request B may take longer.", min=0)
    ] = None,
    tolerate_refusals: Annotated[
        float | None, typer.Option(help="Share of requests B may leave more.", min=0, max=1)
    ] = None,
    cap_cost_usd: Annotated[
        float | None, typer.Option(help="The most one request counts for.", min=0.000001)
    ] = None,
    cap_latency_s: Annotated[
        float | None, typer.Option(help="The most one request counts for.", min=0.001)
    ] = None,
    note: Annotated[str, typer.Option(help="Words of your own to keep with it.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say how long it may take.")] = False,
    as_json: Json = False,
) -> None:
    """Begin to answer a share of requests otherwise, and say how many requests it may take."""
    from ledger.experiments import Arm
    from mcp_server.cli.experiment import Asked, start

    start(
        Asked(
            name=name,
            a=Arm(
                strategy=a_strategy,
                model=a_model,
                min_quality=a_min_quality,
                min_confidence=a_min_confidence,
                system=a_system,
            ),
            b=Arm(
                strategy=strategy,
                model=model,
                min_quality=min_quality,
                min_confidence=min_confidence,
                system=system,
            ),
            by=by,
            share=share,
            metric=metric,
            detect=detect,
            tolerated={
                "quality": tolerate_quality,
                "cost": tolerate_cost_usd,
                "latency": tolerate_latency_s,
                "refusals": tolerate_refusals,
            },
            caps={"cost": cap_cost_usd, "latency": cap_latency_s},
            note=note,
        ),
        dry_run=dry_run,
        as_json=as_json,
    )


@experiment_app.command("status")
def experiment_status(
    wanted: Annotated[
        str | None, typer.Argument(metavar="ID|NAME", help="The latest, if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show both arms, how sure the difference is, and what the guards say. Look when you like."""
    from mcp_server.cli.experiment_status import status

    status(wanted, as_json=as_json)


@experiment_app.command("stop")
def experiment_stop(
    keep: Annotated[
        Literal["A", "B"] | None, typer.Option(help="Write this arm's settings to homeward.toml.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End the experiment that runs; with --keep, go on as one of its arms did."""
    if keep and as_json and not yes:
        raise typer.BadParameter("With --json say --yes too: nobody is asked.")
    from mcp_server.cli.experiment import stop

    stop(keep, yes=yes, as_json=as_json)
