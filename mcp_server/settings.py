"""`homeward.toml` and the environment, checked once; messages name the line and the fix."""

import os
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from mcp_server.sections import (
    Budget,
    Cache,
    Http,
    Local,
    ModelSettings,
    PriceSettings,
    Privacy,
    Profile,
    ProfileName,
    ProviderSettings,
    Routing,
    Strict,
    Telemetry,
    Waits,
    a_proxy,
)
from vocabulary import HomewardError


class SettingsError(HomewardError):
    """A setting that cannot be used; names the file, the line and the fix."""


class Settings(Strict):
    """Everything in `homeward.toml`; every key may be left out."""

    profile: ProfileName = "balanced"
    proxy: Annotated[str, AfterValidator(a_proxy)] | None = None
    budget: Budget = Budget()
    routing: Routing = Routing()
    cache: Cache = Cache()
    local: Local = Local()
    privacy: Privacy = Privacy()
    telemetry: Telemetry = Telemetry()
    http: Http = Http()
    timeouts: Waits = Waits()
    providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    models: dict[str, ModelSettings] = Field(default_factory=dict)
    prices: dict[str, PriceSettings] = Field(default_factory=dict)

    @property
    def effective(self) -> Profile:
        """The chosen profile, with what `[routing]` and `[budget]` say put over it."""
        own = self.routing.model_dump(
            include=set(Profile.model_fields),
            exclude_none=True,
        )
        own |= self.budget.model_dump(include=set(Profile.model_fields), exclude_none=True)
        return profiles()[self.profile].model_copy(update=own)


def profiles() -> dict[str, Profile]:
    """The shipped profiles by name."""
    text = files("mcp_server").joinpath("profiles.toml").read_text(encoding="utf-8")
    return {name: Profile(**row) for name, row in tomllib.loads(text).items()}


# Settings that a host's configuration entry may carry in its `env` block.
_FROM_ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "HOMEWARD_PROFILE": ("profile",),
    "HOMEWARD_STRATEGY": ("routing", "strategy"),
    "HOMEWARD_MONTHLY_USD": ("budget", "monthly_usd"),
    "HOMEWARD_DAILY_USD": ("budget", "daily_usd"),
    "HOMEWARD_PROXY": ("proxy",),
    "HOMEWARD_PROJECT": ("cache", "project"),
}


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `path` (a missing file is an empty one), with the environment's over them.

    Raises:
        SettingsError: unreadable, not TOML, an unknown key or a value that cannot be used.
    """
    environ = os.environ if environ is None else environ
    text = _read(path)
    try:
        raw = tomllib.loads(text)
    except RecursionError:
        raise SettingsError(
            f"{path} is nested too deeply to be read.", fix="Correct the file."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}.",
            fix="Correct that line, or run `homeward config init --force` for a fresh file.",
        ) from error
    for variable, keys in _FROM_ENVIRONMENT.items():
        if environ.get(variable):
            _put(raw, keys, environ[variable])
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(_explain(error, path, text, environ), fix=_FIX) from error


_FIX = "Run `homeward config show` to see what is understood, and docs/settings.md for every key."


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows editors may put a BOM first
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8 text (byte {error.start}).", fix="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", fix="Check who may read the file."
        ) from error


def _put(raw: dict[str, Any], keys: tuple[str, ...], value: str) -> None:
    for key in keys[:-1]:
        raw = raw.setdefault(key, {})
        if not isinstance(raw, dict):
            return  # the file's own mistake there is reported by the validation
    raw[keys[-1]] = value


def _explain(error: ValidationError, path: Path, text: str, environ: Mapping[str, str]) -> str:
    parts = []
    for problem in error.errors(include_url=False, include_input=False):
        keys = tuple(str(key) for key in problem["loc"])
        variable = next((v for v, k in _FROM_ENVIRONMENT.items() if k == keys and v in environ), "")
        line = _nearest_line(text, keys)
        where = variable or (f"{path}, line {line}" if line else str(path))
        known = " (no such setting)" if problem["type"] == "extra_forbidden" else ""
        what = problem["msg"].removeprefix("Value error, ").rstrip(".")
        parts.append(f"{where}: {_named(problem['loc'])}{known}: {what}.")
    return " ".join(parts)


def _named(loc: tuple[int | str, ...]) -> str:
    """A key as docs/settings.md spells it; entries of a list are counted from 1."""
    name = "".join("[]" if isinstance(key, int) else f".{key}" for key in loc).removeprefix(".")
    number = next((key for key in loc if isinstance(key, int)), None)
    return name if number is None else f"{name} (number {number + 1})"


def _nearest_line(text: str, keys: tuple[str, ...]) -> int | None:
    """The line of a key, or else of what it would stand in, if it can be told."""
    within = (keys[:end] for end in range(len(keys), 0, -1))
    return next((line for each in within if (line := _line_of(text, each)) is not None), None)


def _line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The line that sets the last of `keys` inside the table of the others, if it can be told."""
    table, wanted = ".".join(keys[:-1]), keys[-1]
    here = ""
    entries: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]+", line):
            here = header[2].replace('"', "").replace("'", "")
            if header[1] == "[[":  # as pydantic names them: the list, and a place in it from 0
                entries[here] = entries.get(here, -1) + 1
                here = f"{here}.{entries[here]}"
            if here == ".".join(keys):
                return number
        elif here == table and re.match(rf"""\s*["']?{re.escape(wanted)}["']?\s*[=.]""", line):
            return number
    return None
