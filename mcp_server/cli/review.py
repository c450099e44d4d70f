"""`homeward review`: what cost money lately, would a cheaper model have done, and one change."""

import json
import sys
from datetime import UTC, datetime, timedelta

import anyio.to_thread
import typer

from mcp_server.cli.review_facts import Reviewed, review
from mcp_server.cli.review_table import as_json, show
from mcp_server.cli.running import screen, with_app
from mcp_server.cli.settings_file import draft, how_to_undo, not_overruled, write
from mcp_server.wiring import App

TABLE = "routing"


def run_review(
    *, days: float, replay: bool, texts: bool, apply: bool, yes: bool, in_json: bool
) -> None:
    """Show the review, and make the change that it suggests where that is wanted."""

    async def work(app: App) -> None:
        since = datetime.now(UTC) - timedelta(days=days)

        def step(sentence: str) -> None:
            if sys.stderr.isatty():
                typer.echo(sentence, err=True)

        await anyio.to_thread.run_sync(app.encoder.wait, 2)
        found = await review(app, since, days=days, replay=replay, on_step=step)
        shown = texts or (not in_json and sys.stdout.isatty())
        facts = as_json(found, texts=shown)
        if not in_json:
            show(facts)
        if apply:
            facts["applied"] = _apply(app, found, yes=yes, quiet=in_json)
        if in_json:
            print(json.dumps(facts))

    with_app(work)


def _apply(app: App, found: Reviewed, *, yes: bool, quiet: bool) -> bool:
    """Write the suggested change, once a person has seen it; whether it was written."""
    best = found.advice.best
    if best is None:
        if not quiet:
            screen().print("There is nothing to apply.")
        return False
    change = {best.change.key: best.change.after}
    not_overruled(change, app.keys.environment())
    wanted = draft(app.places.settings, TABLE, change)
    typer.echo(wanted.difference, err=quiet)
    if not yes:
        typer.confirm("Write this?", abort=True, err=True)
    copy = write(wanted, now=datetime.now())
    if not quiet:
        screen().print(how_to_undo(wanted, copy), markup=False, soft_wrap=True)
    return True
