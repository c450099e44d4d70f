"""Writes what an arm of an experiment changed into homeward.toml, where it is a setting."""

import difflib
import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import typer
from pydantic import ValidationError

from ledger.experiments import Arm
from mcp_server.cli.running import screen
from mcp_server.places import make_private, places
from mcp_server.settings import Settings, SettingsError, load
from vocabulary import HomewardError

_SETTINGS = ("strategy", "min_quality", "min_confidence")
"""What of an arm is a setting, under [routing]. A model or words are a request's own."""


class NothingToKeep(HomewardError):
    """An arm changed nothing that is a setting."""


def keep_settings(arm: Arm, *, yes: bool, quiet: bool) -> dict[str, str | float]:
    """Show what would change in homeward.toml, have it confirmed, and write it; what was written.

    Comments and everything else in the file stay. `quiet` shows nothing.

    Raises:
        NothingToKeep: it changed nothing that is a setting.
        SettingsError: the file cannot be read or written.
    """
    if not arm.changes:
        return {}  # things as they are
    wanted = {name: value for name, value in arm.changes.items() if name in _SETTINGS}
    left = sorted(set(arm.changes) - set(wanted))
    if not wanted:
        raise NothingToKeep(
            f"That arm changed {' and '.join(left)}, which is no setting.",
            fix="Stop it without --keep, and ask for that in your requests.",
        )
    path = places().settings
    load(path, {})  # a file with mistakes is told of, and left alone
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    after = with_settings(before, wanted)
    if not quiet:
        _show(path, before, after, left)
    if after != before:
        if not yes:
            typer.confirm("Write this?", abort=True, err=True)
        _write(path, after)
    overruled = os.environ.get("HOMEWARD_STRATEGY")
    if overruled and "strategy" in wanted and not quiet:
        screen().print(
            f"HOMEWARD_STRATEGY={overruled} in the environment still wins over the file.",
            style="yellow",
            markup=False,
        )
    return wanted


def with_settings(text: str, wanted: Mapping[str, str | float]) -> str:
    """The TOML with these keys under [routing].

    Raises:
        SettingsError: the result could not be read again.
    """
    import tomlkit

    document = tomlkit.parse(text)
    if "routing" not in document:
        document["routing"] = tomlkit.table()
    table = document["routing"]
    for name, value in wanted.items():
        table[name] = value
    after = tomlkit.dumps(document).rstrip("\n") + "\n"
    try:
        Settings.model_validate(tomllib.loads(after))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            "The settings of that arm cannot be written.", fix="Edit homeward.toml yourself."
        ) from error
    return after


def _show(path: Path, before: str, after: str, left: list[str]) -> None:
    out = screen()
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), str(path), str(path), lineterm="", n=1
    )
    for line in lines:
        style = {"+": "green", "-": "red"}.get(line[:1])
        out.print(line, style=style, markup=False, soft_wrap=True)
    if before == after:
        out.print(f"{path} says so already.", markup=False, soft_wrap=True)
    if left:
        out.print(
            f"Not written, for it is no setting: {', '.join(left)}. Ask for it in your requests.",
            style="yellow",
        )


def _write(path: Path, text: str) -> None:
    """All of it or nothing; a link stays one."""
    path = path.resolve()
    try:
        make_private(path.parent)
        fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
        try:
            with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
        ) from error
