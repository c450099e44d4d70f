"""Changing lines of homeward.toml: shown first, written whole, and easily undone.

Comments, order and line ends of the rest stay as they are.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from mcp_server.places import make_private
from mcp_server.settings import Settings, SettingsError

Value = bool | int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the file at `path` holds, None where there is none yet, and what it would hold."""

    path: Path
    before: str | None
    after: str

    @property
    def difference(self) -> str:
        """The lines that change, with those around them, in the form of `diff -u`."""
        lines = difflib.unified_diff(
            (self.before or "").splitlines(),
            self.after.splitlines(),
            fromfile=str(self.path),
            tofile=f"{self.path} (new)",
            lineterm="",
        )
        return "\n".join(lines)


OVERRULING: Mapping[str, str] = {"strategy": "HOMEWARD_STRATEGY"}
"""Keys of `[routing]` that a variable may set too, which then wins."""


def not_overruled(values: Mapping[str, Value], environ: Mapping[str, str]) -> None:
    """
    Raises:
        SettingsError: the environment would overrule what is to be written under `[routing]`.
    """
    for key, value in values.items():
        variable = OVERRULING.get(key, "")
        if environ.get(variable):
            raise SettingsError(
                f"{variable} is set, and overrules what homeward.toml says. Nothing was written.",
                fix=f"Change {variable} itself to {value}.",
            )


def how_to_undo(draft: Draft, copy: Path | None) -> str:
    """What was written, and the command that takes it back."""
    undo = f'mv "{copy}" "{draft.path}"' if copy else f'rm "{draft.path}"'
    return f"Wrote {draft.path}. Programs that run already go by it once restarted. Undo: {undo}"


def draft(path: Path, table: str, values: Mapping[str, Value]) -> Draft:
    """The file with these keys of `[table]` set; nothing is written.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or could not be used afterwards.
    """
    before = _read(path)
    mark, text = _without_mark(before or "")
    try:
        document = tomlkit.parse(text)
        section = document.get(table)
        if section is None:
            section = document[table] = tomlkit.table()
        for key, value in values.items():
            section[key] = value
        after = _with_ends_of(text, tomlkit.dumps(document))
        Settings.model_validate(tomllib.loads(after))
    except (TOMLKitError, tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        lines = ", ".join(f"{table}.{key} = {value!r}" for key, value in values.items())
        raise SettingsError(
            f"{path} cannot be changed: {lines} does not fit into it.",
            fix="Run `homeward config show`, which says what is wrong with the file.",
        ) from error
    return Draft(path=path, before=before, after=mark + after)


def write(draft: Draft, *, now: datetime) -> Path | None:
    """Put the draft in the file's place, whole or not at all. The copy of what was there before;
    None where nothing was.

    Raises:
        SettingsError: it cannot be written, or was changed since the draft was made.
    """
    make_private(draft.path.parent)
    path = draft.path.resolve()  # a link to a file that is kept elsewhere stays a link
    if _read(path) != draft.before:
        raise SettingsError(
            f"{path} was changed meanwhile; nothing was written.", fix="Run the command again."
        )
    copy = None
    try:
        mode = path.stat().st_mode & 0o777 if draft.before is not None else 0o600
        if draft.before is not None:
            copy = path.with_name(f"{path.name}.{now:%Y%m%d-%H%M%S}.bak")
            _put(copy, draft.before, mode)
        _put(path, draft.after, mode)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
        ) from error
    return copy


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text.", fix="Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", fix="Check who may read the file."
        ) from error


def _without_mark(text: str) -> tuple[str, str]:
    """The byte order mark that some editors begin a file with, and the rest."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark, text[len(mark) :]


def _with_ends_of(text: str, other: str) -> str:
    """`other` with the line ends of `text`."""
    plain = other.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in text else plain


def _put(path: Path, text: str, mode: int) -> None:
    """Through a file beside it, so that nobody ever reads half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
