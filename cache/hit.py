"""A remembered answer, as those who asked are given it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cache.store import Found
from vocabulary import Money, Usage

Look = Literal["exact", "reading", "nearest"]
"""How an answer was found: by the very same text, by the same words however they are written, or
by what they mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A remembered answer. `similarity` is the cosine of the nearest look, and None without it.

    `confidence` says how surely the answer will do, in [0, 1]; None where the very same text was
    asked. `age_s` is in seconds, `hits` how often it was served before. `usage` and `cost_then`
    are those of the call that gave the answer; serving it costs nothing. `model_version` is what
    `remember` was told.
    """

    entry_id: int
    question: str
    text: str
    provider: str
    model: str
    model_version: str
    local: bool
    look: Look
    similarity: float | None
    confidence: float | None
    age_s: float
    hits: int
    usage: Usage
    cost_then: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may do: how surely, and how sure one must be after what it did before."""

    found: Found
    confidence: float
    asks_for: float

    @property
    def will_do(self) -> bool:
        return self.confidence >= self.asks_for


MayServe = Callable[[Hit], bool]
"""What those who ask know beyond the cache: whether this answer may be served to them now."""


def anything(_: Hit) -> bool:
    return True
