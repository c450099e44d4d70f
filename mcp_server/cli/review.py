"""`homeward review`: what cost money lately, would a cheaper model have done, and one change."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio.to_thread
import typer

from mcp_server.cli.review_facts import Reviewed, review
from mcp_server.cli.review_table import as_json, show
from mcp_server.cli.running import screen, with_app
from mcp_server.cli.settings_file import Draft, draft, write
from mcp_server.settings import SettingsError
from mcp_server.wiring import App
from switchboard.suggesting import Suggestion

TABLE = "routing"
_OVERRULES = {"strategy": "HOMEWARD_STRATEGY"}


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
    _not_overruled(best)
    wanted = draft(app.places.settings, TABLE, best.change.key, best.change.after)
    typer.echo(wanted.difference, err=quiet)
    if not yes:
        typer.confirm("Write this?", abort=True, err=True)
    copy = write(wanted, now=datetime.now())
    if not quiet:
        screen().print(_how_to_undo(wanted, copy), markup=False, soft_wrap=True)
    return True


def _not_overruled(best: Suggestion) -> None:
    """
    Raises:
        SettingsError: the environment would overrule what is written.
    """
    variable = _OVERRULES.get(best.change.key, "")
    if os.environ.get(variable):
        raise SettingsError(
            f"{variable} is set, and overrules what homeward.toml says.",
            fix=f"Change {variable} itself to {best.change.after}.",
        )


def _how_to_undo(wanted: Draft, copy: Path | None) -> str:
    undo = f'mv "{copy}" "{wanted.path}"' if copy else f'rm "{wanted.path}"'
    return f"Wrote {wanted.path}. Programs that run already go by it once restarted. Undo: {undo}"
