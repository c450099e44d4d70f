"""What routing knows and decides, as frozen values that flow one way: analysis, models, a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vocabulary import Finish, Money, TaskKind, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What can be said of a request before any model sees it.

    `complexity` lies in [0, 1]. `input_tokens` is an estimate for everything that would be sent,
    `output_tokens` for what would come back. `signals` names, in words, what moved the score;
    empty means that nothing did, and the score is then the middle of the scale.
    """

    task: TaskKind
    complexity: float
    input_tokens: int
    output_tokens: int
    turns: int = 1
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model that could answer: a row of data, merged from shipped data, servers and settings.

    `host` is where the text of a prompt would end up (`api.anthropic.com`, `127.0.0.1:11434`), and
    is what the whitelist decides about; a cloud model behind a local daemon has its cloud's host.
    `quality` in [0, 1] is a weak prior, by kind of task where that is known. `context` is in
    tokens, prompt and answer together. `speed` is tokens a second. `revision` changes when a local
    model is exchanged under its name; empty where its server does not say.
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

    @property
    def id(self) -> str:
        """How people and settings name it: `provider/name`."""
        return f"{self.provider}/{self.name}"

    def quality_for(self, task: TaskKind) -> float:
        return self.quality_by_task.get(task, self.quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that may be used for this request, with what it would give and cost.

    `estimate` is the likely cost, `worst_case` the cost if the whole token limit is used.
    """

    model: Model
    quality: float
    estimate: Money
    worst_case: Money


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
    `min_quality` in [0, 1]: what is good enough.
    """

    complexity_threshold: float = 0.6
    min_quality: float = 0.75
    try_local_first: bool = True
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Candidates in the order they will be tried, and every model that was ruled out."""

    strategy: str
    reason: str
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What one model gave: all of it, or (`finish` is None) what came before it broke off.

    `usage` is the provider's count where it gave one, else our estimate (`counted` False).
    `cost` is the provider's own figure, where it reports one. `model` is the one that served.
    """

    text: str
    model: str
    finish: Finish | None
    usage: Usage
    counted: bool
    cost: Money | None = None
    first_token_ms: int | None = None
    total_ms: int = 0
    retries: int = 0
