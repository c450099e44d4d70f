"""What routing knows and decides, as frozen values that flow one way: analysis, models, a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from vocabulary import Finish, Money, TaskKind, Usage

if TYPE_CHECKING:
    from routing.prior import Sketch

Need = Literal["images", "tools"]
"""What a model must be able to do besides writing."""

Tier = Literal["free", "paid", "own_key"]
"""What a person pays: nothing, us, or a provider of their own."""

ABLE_TO_ALL: frozenset[Need] = frozenset({"images", "tools"})


OTHER = "other"
"""The kind of a prompt that is like no known kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What can be said of a request before any model sees it.

    `complexity` lies in [0, 1]. `input_tokens` is an estimate for everything that would be sent,
    `turns_tokens` for the earlier turns in it, `output_tokens` for what would come back.
    `signals` names, in words, what moved the score; empty means that nothing did, and the score is
    then the middle of the scale. `sketch` is what the learned prior sees of it; None where there is
    no prior. `provable`: whether an answer is right can be checked exactly, as of a plain sum.
    """

    task: TaskKind
    complexity: float
    input_tokens: int
    output_tokens: int
    turns: int = 1
    turns_tokens: int = 0
    signals: tuple[str, ...] = ()
    sketch: "Sketch | None" = None
    provable: bool = False

    @property
    def of_ten(self) -> float:
        """Complexity on the scale of the documents that count from 0 to 10."""
        return 10 * self.complexity

    @property
    def clueless(self) -> bool:
        """Whether neither words nor likeness say anything of it."""
        return not self.signals and (self.sketch is None or self.sketch.kind == OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model that could answer: a row of data, merged from shipped data, servers and settings.

    `host` is where the text of a prompt would end up (`api.anthropic.com`, `127.0.0.1:11434`), and
    is what the whitelist decides about; a cloud model behind a local daemon has its cloud's host.
    `quality` in [0, 1] is a weak prior, by kind of task where that is known. `context` is in
    tokens, prompt and answer together. `speed` is tokens a second. `revision` changes when a local
    model is exchanged under its name; empty where its server does not say. `able` is what it can
    do besides writing; of clouds everything is assumed where nothing is known.
    """

    provider: str
    name: str
    local: bool
    host: str
    context: int = 8192
    max_output: int | None = None
    quality: float = 0.5
    quality_by_task: Mapping[TaskKind, float] = field(default_factory=dict)
    speed: float = 30.0
    revision: str = ""
    able: frozenset[Need] = ABLE_TO_ALL

    @property
    def id(self) -> str:
        """How people and settings name it: `provider/name`."""
        return f"{self.provider}/{self.name}"

    def quality_for(self, task: TaskKind) -> float:
        return self.quality_by_task.get(task, self.quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How likely a model's answer to one prompt will do.

    `p` in [0, 1] is the expectation, `doubt` its standard deviation, `outcomes` the effective
    number of this person's own outcomes behind it.
    """

    p: float
    doubt: float = 0.0
    outcomes: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The model that a conversation is with, and how many tokens of it that model still holds."""

    model: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that may be used for this request, with what it would give and cost.

    `quality` is the probability that its answer will do, as far as is known: the catalogue's
    quality, moved by what this prompt is like and by this person's own outcomes, of which there
    are `outcomes` that bear on it; `doubt` is its standard deviation. `estimate` is the likely
    cost, `worst_case` the cost if the whole token limit is used. `seconds` is how long the answer
    is likely to take; 0 where nothing is known. `cold`: it is local and must be loaded first.
    `tier` says how dear the model is, whatever is asked of it.
    """

    model: Model
    quality: float
    estimate: Money
    worst_case: Money
    doubt: float = 0.0
    outcomes: float = 0.0
    seconds: float = 0.0
    cold: bool = False
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A model that may not be used for this request: which gate, why, and what would let it in."""

    model: Model
    gate: str
    reason: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the person's profile and this request ask of a strategy.

    `complexity_threshold` in [0, 1]: from here on a prompt is worth a cloud model.
    `min_quality` in [0, 1]: the chance that is good enough, for a local model from
    `home_advantage` less on. `worth` is what an answer that will do is worth, against which costs
    are weighed among those that are not. `patience_s`: what is expected to take longer comes
    last. `own_provider` is whose key the person has, in the tier `own_key`; empty for any.
    """

    complexity_threshold: float = 0.6
    min_quality: float = 0.75
    try_local_first: bool = True
    personal: bool = False
    worth: Money = Money(100_000)
    home_advantage: float = 0.1
    patience_s: float | None = None
    tier: Tier = "own_key"
    own_provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Candidates in the order they will be tried, and every model that was ruled out.

    `escalates`: an answer that is checked and found doubtful goes on to a better candidate.
    `propensities` are the probabilities with which each candidate could have come first, where
    choices are explored, and `explored` says that this one was; empty where none are.
    """

    strategy: str
    reason: str
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...] = ()
    escalates: bool = False
    explored: bool = False
    propensities: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """What a local server measured of an answer: seconds, and the tokens that these went to.

    `read_tokens` are those that were really computed, without those from the server's own cache
    where it tells them apart. What it did not measure is 0.
    """

    load_s: float = 0.0
    read_tokens: int = 0
    read_s: float = 0.0
    written_tokens: int = 0
    write_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """What a server's rate limits leave, None where it does not say.

    `wait_s` is how many seconds the next call must wait: 0 while something is left of each limit.
    """

    requests: int | None = None
    tokens: int | None = None
    wait_s: float = 0.0


Counting = Literal["counted", "estimated", "disputed"]
"""Whose count of the tokens it is: the provider's, ours, or one that cannot be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What one model gave: all of it, or (`finish` is None) what came before it broke off.

    `usage` is the provider's count where it gave one, else our estimate; where its count cannot be
    right it is disputed, and `usage` is the most that could be.
    `cost` is the provider's own figure, where it reports one. `model` is the one that served.
    `logprobs` holds the natural logarithm of each answer token's probability, in order; empty
    where the server does not give them. `timings` are the server's own measurements, `limits` what
    its rate limits leave.
    """

    text: str
    model: str
    finish: Finish | None
    usage: Usage
    counting: Counting
    cost: Money | None = None
    first_token_ms: int | None = None
    total_ms: int = 0
    retries: int = 0
    logprobs: tuple[float, ...] = ()
    timings: Timings | None = None
    limits: RateLimits | None = None

    @property
    def counted(self) -> bool:
        """Whether the tokens are the provider's own count, and can be."""
        return self.counting == "counted"
