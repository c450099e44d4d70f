"""What comes in and what goes out of the one path: Request, Answer, and the Decision between."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.values import Excluded, Need
from vocabulary import Finish, Message, Money, TaskKind, Usage
from whitelist.documents import Document
from whitelist.grants import Form

Prefer = Literal["auto", "local", "cloud"]
Cached = Literal["no", "exact", "semantic"]

HowTried = Literal[
    "ok",
    "error",
    "timeout",
    "over_budget",
    "unhealthy",
    "kept",
    "damaged",
    "doubtful",
    "busy",
    "overtaken",
]

JUDGE = "homeward judge"
REVIEW = "homeward review"
OWN_CALLERS = frozenset((JUDGE, REVIEW))
"""Who asks for Homeward itself: nobody would have asked that without it."""

NOT_RECORDED = "This call could not be written to the ledger: "
"""Begins the notice of an answer whose row is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One piece of work, from any face. `caller` names who asks (a host, a script, a tenant).

    `turns` are earlier turns of the conversation, oldest first. `documents` came by reference: the
    asker has not seen them, and no cloud does unless the person agrees. `min_quality` lies in
    [0, 1]. `fresh` neither reads nor trusts the cache. `at_home` asks no cloud and is not part of
    the question: its answer is found by who asks the same with `prefer="auto"`. None means that
    the person's settings decide.

    `improve` is the id of an earlier request that wants a better answer. `needs` is what a model
    must be able to do besides writing, `within_s` how many seconds there are. `session` names a
    conversation whose turns had better stay with one model, which holds its beginning in memory.
    `teaches`: routing may learn from what comes of it.

    `origin` is the door that the request came through, with what was proved there (`terminal`,
    `stdio`, `http` and the token's digest); `tenant` is whose it is where a house has several.
    """

    prompt: str
    context: str = ""
    system: str = ""
    turns: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    task: TaskKind | None = None
    prefer: Prefer = "auto"
    model: str | None = None
    min_quality: float | None = None
    max_cost: Money | None = None
    max_tokens: int | None = None
    fresh: bool = False
    at_home: bool = False
    improve: str | None = None
    needs: frozenset[Need] = frozenset()
    within_s: float | None = None
    session: str = ""
    teaches: bool = True
    caller: str = "unknown"
    origin: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One model that was tried: how it ended, and the sentence for it when it failed.

    `kept`: the text was not sent after all. `damaged`: the reply had lost tags of a redaction.
    `doubtful`: it answered, and the checks of the answer found too much wrong.
    `busy`: no place came free in its queue in time. `overtaken`: it was still loading when another
    began to speak.
    """

    model: str
    outcome: HowTried
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why an answer came from where it came: everything that was weighed, in a form to keep.

    `personal` counts the kinds of personal data that were found, never what they were; `form` says
    whether it was sent without them.
    `estimate` is what the first choice was expected to cost, `cost` what was spent in all.
    """

    task: TaskKind
    complexity: float
    signals: tuple[str, ...]
    profile: str
    strategy: str
    reason: str
    considered: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    tried: tuple[Tried, ...] = ()
    personal: Mapping[str, int] = field(default_factory=dict)
    form: Form = "as_is"
    estimate: Money = Money(0)
    cost: Money = Money(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, from which model, at what cost, and the whole decision.

    `baseline` is what the same tokens would have cost without Homeward. `similarity` is
    the cosine of a semantic hit; None where the question was the same but for how it was written.
    `confidence` in [0, 1] is how surely a semantic hit, or an answer that was checked, will do.
    `improvable`: a better model could be asked, by this `request_id`. `notices` are sentences a
    person should read.
    """

    request_id: str
    text: str
    provider: str
    model: str
    local: bool
    cached: Cached
    finish: Finish | None
    usage: Usage
    counted: bool
    cost: Money
    baseline: Money
    total_ms: int
    decision: Decision
    first_token_ms: int | None = None
    similarity: float | None = None
    confidence: float | None = None
    age_s: float | None = None
    improvable: bool = False
    notices: tuple[str, ...] = ()


OnText = Callable[[str], Awaitable[None]]
"""Receives the answer piece by piece."""

OnStep = Callable[[str], Awaitable[None]]
"""Receives one short sentence for each step of the path; after a fallback the text starts anew."""
