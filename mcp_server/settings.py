"""`homeward.toml` and the environment, checked once; messages name the line and the fix."""

import os
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from ledger.budgets import Scope
from vocabulary import HomewardError, TaskKind

Share = Annotated[float, Field(ge=0, le=1)]
Dollars = Annotated[float, Field(ge=0, le=1_000_000)]
Worth = Annotated[float, Field(ge=0.0001, le=1000)]
Hours = Annotated[float, Field(gt=0, le=24 * 365)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
ProfileName = Literal["conservative", "balanced", "performance"]
TierName = Literal["free", "paid", "own_key"]
Explored = Annotated[float, Field(ge=0, le=0.05)]
ModelName = Annotated[str, Field(pattern=r"^[^/\s]+/\S+$")]
Step = Literal["tell", "cheaper", "free", "local", "stop"]


class SettingsError(HomewardError):
    """A setting that cannot be used; names the file, the line and the fix."""


def _a_proxy(address: str) -> str:
    if not re.fullmatch(r"https?://([^@/\s]*@)?(\[[0-9a-fA-F:]+\]|[^@/\s:[\]]+)(:\d+)?/?", address):
        raise ValueError("a proxy is written http://host:port")
    return address


def _a_time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("a time zone is written like Europe/Zurich") from None
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Profile(_Strict):
    """How much a person is willing to spend and to send; see `profiles.toml`."""

    monthly_usd: Dollars
    complexity_threshold: Share
    try_local_first: bool
    min_quality: Share
    min_confidence: Share
    home_advantage: Share
    worth_usd: Worth
    strategy: str
    baseline: str
    at_50: Step
    at_80: Step
    at_100: Step
    at_spike: Step


class LimitSettings(_Strict):
    """The most that may be spent on one thing: a provider, a caller, a kind of task or a tier."""

    provider: str | None = None
    caller: str | None = None
    task: TaskKind | None = None
    tier: Literal["small", "medium", "large"] | None = None
    monthly_usd: Dollars | None = None
    daily_usd: Dollars | None = None

    @model_validator(mode="after")
    def _of_one_thing(self) -> "LimitSettings":
        if len(self.named) != 1:
            raise ValueError("a limit is for one of provider, caller, task, tier")
        if self.monthly_usd is None and self.daily_usd is None:
            raise ValueError("a limit has a daily_usd or a monthly_usd")
        return self

    @property
    def named(self) -> Mapping[Scope, str]:
        """What it is for: one scope and its name."""
        scopes: Mapping[Scope, str | None] = {
            "provider": self.provider,
            "caller": self.caller,
            "task": self.task,
            "tier": self.tier,
        }
        return {scope: str(name) for scope, name in scopes.items() if name is not None}


class Budget(_Strict):
    """Spending limits in US dollars; the profile's monthly limit where none is given.

    `at_50`, `at_80`, `at_100` say what follows when so much is used, `at_spike` when a day comes to
    more than three usual ones; the profile's where none is given. Days are those of `time_zone`,
    the computer's own where none is given.
    """

    monthly_usd: Dollars | None = None
    daily_usd: Dollars | None = None
    limits: list[LimitSettings] = []
    unknown_prices: Literal["refuse", "estimate"] = "refuse"
    at_50: Step | None = None
    at_80: Step | None = None
    at_100: Step | None = None
    at_spike: Step | None = None
    time_zone: Annotated[str, AfterValidator(_a_time_zone)] | None = None


class Routing(_Strict):
    """Wishes that win over the profile's.

    `tier` and `own_provider` are for the strategy `tiered`. `learn` keeps what came of answers, in
    numbers; `explore` is the share of requests that may go to a model to learn of it. `judge` is a
    model that grades `judge_share` of the answers.
    """

    strategy: str | None = None
    complexity_threshold: Share | None = None
    min_quality: Share | None = None
    try_local_first: bool | None = None
    min_confidence: Share | None = None
    home_advantage: Share | None = None
    worth_usd: Worth | None = None
    tier: TierName = "own_key"
    own_provider: Annotated[str, Field(max_length=40)] = ""
    patience_s: Seconds = 45.0
    learn: bool = True
    explore: Explored = 0.02
    judge: Annotated[str, Field(pattern=r"^([^/\s]+/\S+)?$")] = ""
    judge_share: Explored = 0.02
    baseline: ModelName | None = None
    baseline_by_task: dict[TaskKind, ModelName] = {}
    max_tokens: Annotated[int, Field(ge=1, le=200_000)] = 2048


TTL_HOURS_BY_TASK: Mapping[TaskKind, float] = {
    # What depends on nothing but the text that is given lasts; what should vary does not.
    TaskKind.TRANSLATION: 168.0,
    TaskKind.SUMMARISATION: 168.0,
    TaskKind.EXTRACTION: 168.0,
    TaskKind.CREATIVE_WRITING: 1.0,
    TaskKind.INLINE_COMPLETION: 1.0,
}


def _over_the_shipped(hours: dict[TaskKind, float]) -> dict[TaskKind, float]:
    return {**TTL_HOURS_BY_TASK, **hours}


class Cache(_Strict):
    """The answer cache: what may be found, how long and how much is kept, who shares answers.

    `threshold` is a cosine, the guard's own where it is left out.
    """

    enabled: bool = True
    encrypted: bool = False
    threshold: Share | None = None
    ttl_hours: Hours = 24.0
    ttl_hours_by_task: Annotated[dict[TaskKind, Hours], AfterValidator(_over_the_shipped)] = dict(
        TTL_HOURS_BY_TASK
    )
    max_entries: Annotated[int, Field(ge=100, le=10_000_000)] = 100_000
    max_mb: Annotated[int, Field(ge=1, le=1_000_000)] = 512
    project: Annotated[str, Field(max_length=200)] = ""
    shared_by: list[str] = []
    embedding_model: str = "all-MiniLM-L6-v2"


class Local(_Strict):
    """How local models are run: answers at once, and how long a model stays loaded.

    `warm` are models (`provider/name`) to load at the start. `hedge` lets another local model begin
    where the chosen one is long in loading. What the machine costs while it answers is said by the
    hour, or by its watts and the price of a kilowatt-hour; nothing where neither is given.
    """

    parallel: Annotated[int, Field(ge=1, le=64)] = 1
    keep_alive: Annotated[str, Field(pattern=r"^(-1|\d{1,6}[smh]?)$")] = "10m"
    warm: list[str] = []
    hedge: bool = False
    usd_per_hour: Dollars | None = None
    watts: Annotated[float, Field(gt=0, le=100_000)] | None = None
    usd_per_kwh: Dollars | None = None

    @model_validator(mode="after")
    def _costs_one_way(self) -> "Local":
        if (self.watts is None) != (self.usd_per_kwh is None):
            raise ValueError("watts and usd_per_kwh belong together")
        if self.usd_per_hour is not None and self.watts is not None:
            raise ValueError("give usd_per_hour, or watts with usd_per_kwh, not both")
        return self


class Privacy(_Strict):
    """Where keys lie: in the system keyring, or in files that only their owner can read.

    `ask_in_client` lets a host ask its person, where it can.
    """

    audit_key: Literal["keyring", "file"] = "keyring"
    cache_key: Literal["keyring", "file"] = "keyring"
    ask_in_client: bool = True
    names: Literal["none", "presidio", "gliner"] = "none"
    names_model: str = ""


class Telemetry(_Strict):
    """Figures for a collector that the person names, by OpenTelemetry; `content` adds what was
    asked and answered where nothing personal is found in it.
    """

    enabled: bool = False
    content: bool = False


class Waits(_Strict):
    """Time limits of one attempt at a model, in seconds."""

    connect: Seconds = 5.0
    first_token: Seconds = 120.0
    between_tokens: Seconds = 60.0
    total: Seconds = 600.0


class ProviderSettings(_Strict):
    """One provider: another address, and whether the machine behind it is the person's own.

    `mine` makes an Ollama or other local server at a private address count as local.
    """

    enabled: bool = True
    address: str | None = None
    mine: bool = False


class ModelSettings(_Strict):
    """What the person knows better about one model than the shipped catalogue."""

    quality: Share | None = None
    context: Annotated[int, Field(ge=256)] | None = None
    max_output: Annotated[int, Field(ge=1)] | None = None
    speed: Annotated[float, Field(gt=0)] | None = None
    able: frozenset[Literal["images", "tools"]] | None = None


class PriceSettings(_Strict):
    """A person's own price for one model, in US dollars per million tokens."""

    input_usd_per_million: Dollars
    output_usd_per_million: Dollars
    cached_usd_per_million: Dollars | None = None
    cache_write_usd_per_million: Dollars | None = None
    cache_write_1h_usd_per_million: Dollars | None = None
    batch_input_usd_per_million: Dollars | None = None
    batch_output_usd_per_million: Dollars | None = None


class Settings(_Strict):
    """Everything in `homeward.toml`; every key may be left out."""

    profile: ProfileName = "balanced"
    proxy: Annotated[str, AfterValidator(_a_proxy)] | None = None
    budget: Budget = Budget()
    routing: Routing = Routing()
    cache: Cache = Cache()
    local: Local = Local()
    privacy: Privacy = Privacy()
    telemetry: Telemetry = Telemetry()
    timeouts: Waits = Waits()
    providers: dict[str, ProviderSettings] = {}
    models: dict[str, ModelSettings] = {}
    prices: dict[str, PriceSettings] = {}

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
        line = _line_of(text, keys)
        where = variable or (f"{path}, line {line}" if line else str(path))
        known = " (no such setting)" if problem["type"] == "extra_forbidden" else ""
        what = problem["msg"].removeprefix("Value error, ").rstrip(".")
        parts.append(f"{where}: {'.'.join(keys)}{known}: {what}.")
    return " ".join(parts)


def _line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The line that sets the last of `keys` inside the table of the others, if it can be told."""
    table, wanted = ".".join(keys[:-1]), keys[-1]
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            here = header[1].replace('"', "").replace("'", "")
            if here == ".".join(keys):
                return number
        elif here == table and re.match(rf"""\s*["']?{re.escape(wanted)}["']?\s*[=.]""", line):
            return number
    return None
