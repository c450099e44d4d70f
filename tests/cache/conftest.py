"""A store in a fresh folder, a clock that stands still, and an encoder made of counted words."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cache import Question, SemanticCache, SqliteAnswers, Stored, TrainedGuard
from tests.clocks import Clock
from vocabulary import Finish, Money, Usage

SCOPE = "0" * 64


class WordEmbed:
    """A second Embed, made without a model: each word adds one to a place of the vector."""

    dimensions = 384

    def __init__(self, *, space: str = "words", window: int = 12) -> None:
        self.space, self.window = space, window

    def fits(self, text: str) -> bool:
        return len(text.split()) <= self.window

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split()[: self.window]:
                place = int.from_bytes(hashlib.sha256(word.strip(".?!,").encode()).digest()[:4])
                vectors[row, place % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def asked(text: str, scope: str = SCOPE) -> Question:
    return Question(text=text, scope=scope)


def answer(text: str = "an answer", finish: Finish | None = "stop") -> Stored:
    return Stored(
        text=text,
        provider="ollama",
        model="llama",
        local=True,
        finish=finish,
        usage=Usage(input_tokens=7, output_tokens=5, cached_tokens=3),
        cost=Money(420),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteAnswers]:
    store = SqliteAnswers(tmp_path / "cache.db")
    yield store
    store.close()


Build = Callable[..., SemanticCache]


@pytest.fixture
def build(store: SqliteAnswers, clock: Clock) -> Build:
    """A cache over the store, with everything a test does not name as in life."""

    def built(**options: Any) -> SemanticCache:
        embed = options.pop("embed", WordEmbed())
        given: dict[str, Any] = {
            "encoder": lambda: embed,
            "guard": TrainedGuard(),
            "similarity": 0.3,
            "clock": clock,
        }
        return SemanticCache(store, **{**given, **options})

    return built


@pytest.fixture
def remembered(build: Build) -> SemanticCache:
    """A cache that knows how to reset a router."""
    cache = build()
    assert cache.remember(asked("How do I reset my router?"), answer("Press the button."))
    return cache
