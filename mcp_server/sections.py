"""The tables of `homeward.toml`, each with its keys and what they may be."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ledger.budgets import Scope
from vocabulary import TaskKind


def no_truth_value(value: object) -> object:
    """Python would take `true` for 1."""
    if value is True or value is False:
        raise ValueError("a number is wanted, not true or false")
    return value


Number = Annotated[float, BeforeValidator(no_truth_value), Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, le=1)]
Dollars = Annotated[Number, Field(ge=0, le=1_000_000)]
Worth = Annotated[Number, Field(ge=0.0001, le=1000)]
Hours = Annotated[Number, Field(gt=0, le=24 * 365)]
Seconds = Annotated[Number, Field(gt=0, le=3600)]
ProfileName = Literal["conservative", "balanced", "performance"]
TierName = Literal["free", "paid", "own_key"]
Explored = Annotated[Number, Field(ge=0, le=0.05)]
ModelName = Annotated[str, Field(pattern=r"^[^/\s]+/\S+$")]
Step = Literal["tell", "cheaper", "free", "local", "stop"]


def a_proxy(address: str) -> str:
    if not re.fullmatch(r"https?://([^@/\s]*@)?(\[[0-9a-fA-F:]+\]|[^@/\s:[\]]+)(:\d+)?/?", address):
        raise ValueError("a proxy is written http://host:port")
    return address


def a_time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("a time zone is written like Europe/Zurich") from None
    return name


def a_provider(name: str) -> str:
    """One that there is: nothing would ever count towards a limit of another."""
    from difflib import get_close_matches

    from mcp_server.servers import EMBEDDED
    from routing.providers.vendors import vendors

    known = [*vendors(), EMBEDDED]
    if name not in known:
        near = get_close_matches(name.lower(), known, n=3) or known
        raise ValueError(f"there is no provider {name[:40]!r}; use {' or '.join(near)}")
    return name


def a_server(address: str) -> str:
    """Across a network only under TLS; on this machine without it as well."""
    host = r"https://[^@/\s?#]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
    if not re.fullmatch(rf"({host})(/[^\s?#]*)?", address):
        raise ValueError("a server's address is written https://host/path")
    return address


ServerAddress = Annotated[str, AfterValidator(a_server)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Profile(Strict):
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


class LimitSettings(Strict):
    """The most that may be spent on one thing: a provider, a caller, a kind of task or a tier."""

    provider: Annotated[str, AfterValidator(a_provider)] | None = None
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


class Budget(Strict):
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
    time_zone: Annotated[str, AfterValidator(a_time_zone)] | None = None


class Routing(Strict):
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


class Cache(Strict):
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


class Local(Strict):
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


class Privacy(Strict):
    """Where keys lie: in the system keyring, or in files that only their owner can read.

    `ask_in_client` lets a host ask its person, where it can.
    """

    audit_key: Literal["keyring", "file"] = "keyring"
    cache_key: Literal["keyring", "file"] = "keyring"
    ask_in_client: bool = True
    names: Literal["none", "presidio", "gliner"] = "none"
    names_model: str = ""


class Telemetry(Strict):
    """Figures for a collector that the person names, by OpenTelemetry; `content` adds what was
    asked and answered where nothing personal is found in it.
    """

    enabled: bool = False
    content: bool = False


class Http(Strict):
    """Whose tokens open the HTTP door, where an OAuth server of the person's own gives them.

    `issuer` gives them for `audience`, our own address as clients know it; `jwks` is where its
    public keys are. `scopes` are those that a token must have.
    """

    issuer: ServerAddress | None = None
    audience: ServerAddress | None = None
    jwks: ServerAddress | None = None
    scopes: list[str] = []

    @model_validator(mode="after")
    def _all_or_none(self) -> "Http":
        if len({value is None for value in (self.issuer, self.audience, self.jwks)}) > 1:
            raise ValueError("issuer, audience and jwks belong together")
        return self


class Waits(Strict):
    """Time limits of one attempt at a model, in seconds."""

    connect: Seconds = 5.0
    first_token: Seconds = 120.0
    between_tokens: Seconds = 60.0
    total: Seconds = 600.0


class ProviderSettings(Strict):
    """One provider: another address, and whether the machine behind it is the person's own.

    `mine` makes an Ollama or other local server at a private address count as local.
    """

    enabled: bool = True
    address: str | None = None
    mine: bool = False


class ModelSettings(Strict):
    """What the person knows better about one model than the shipped catalogue."""

    quality: Share | None = None
    context: Annotated[int, Field(ge=256)] | None = None
    max_output: Annotated[int, Field(ge=1)] | None = None
    speed: Annotated[float, Field(gt=0)] | None = None
    able: frozenset[Literal["images", "tools"]] | None = None


class PriceSettings(Strict):
    """A person's own price for one model, in US dollars per million tokens."""

    input_usd_per_million: Dollars
    output_usd_per_million: Dollars
    cached_usd_per_million: Dollars | None = None
    cache_write_usd_per_million: Dollars | None = None
    cache_write_1h_usd_per_million: Dollars | None = None
    batch_input_usd_per_million: Dollars | None = None
    batch_output_usd_per_million: Dollars | None = None
