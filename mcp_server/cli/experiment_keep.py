"""Writes what an arm of an experiment changed into homeward.toml, where it is a setting."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from ledger.experiments import Arm
from mcp_server.cli.running import screen
from mcp_server.cli.settings_file import Draft, draft, how_to_undo, not_overruled, write
from mcp_server.keys import Keys
from mcp_server.places import places
from mcp_server.settings import load
from vocabulary import HomewardError

_SETTINGS = ("strategy", "min_quality", "min_confidence")
"""What of an arm is a setting, under [routing]. A model or words are a request's own."""


class NothingToKeep(HomewardError):
    """An arm changed nothing that is a setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What homeward.toml says of an arm now, and the copy of what it said before, if there is."""

    settings: Mapping[str, str | float]
    copy: Path | None = None


def keep_settings(arm: Arm, *, doubt: str, yes: bool, quiet: bool) -> Kept:
    """Show what would change in homeward.toml, have it confirmed, and write it.

    Comments and everything else in the file stay. `doubt` is what speaks against it, and is said
    first; `quiet` shows nothing.

    Raises:
        NothingToKeep: it changed nothing that is a setting.
        SettingsError: the file cannot be read or written, or the environment would overrule it.
    """
    if not arm.changes:
        return Kept(settings={})  # things as they are
    wanted = {name: value for name, value in arm.changes.items() if name in _SETTINGS}
    left = sorted(set(arm.changes) - set(wanted))
    if not wanted:
        raise NothingToKeep(
            f"That arm changed {' and '.join(left)}, which is no setting.",
            fix="Stop it without --keep, and ask for that in your requests.",
        )
    here = places()
    load(here.settings, {})  # a file with mistakes is told of, and left alone
    not_overruled(wanted, Keys(os.environ, here.dotenv).environment())
    made = draft(here.settings, "routing", wanted)
    if not quiet:
        _show(made, left)
    if made.after == (made.before or ""):
        return Kept(settings=wanted)
    if doubt and not quiet:
        screen().print(doubt, style="yellow", markup=False, soft_wrap=True)
    if not yes:
        typer.confirm("Write this all the same?" if doubt else "Write this?", abort=True, err=True)
    copy = write(made, now=datetime.now())
    if not quiet:
        screen().print(how_to_undo(made, copy), markup=False, soft_wrap=True)
    return Kept(settings=wanted, copy=copy)


def _show(made: Draft, left: list[str]) -> None:
    out = screen()
    for line in made.difference.splitlines():
        style = {"+": "green", "-": "red"}.get(line[:1])
        out.print(line, style=style, markup=False, soft_wrap=True)
    if not made.difference:
        out.print(f"{made.path} says so already.", markup=False, soft_wrap=True)
    if left:
        out.print(
            f"Not written, for it is no setting: {', '.join(left)}. Ask for it in your requests.",
            style="yellow",
        )
