"""Entries for a store, which knows nothing of encoders and guards."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cache.sqlite import SqliteAnswers, rows, vectors
from cache.store import Entry, Found, Stored, Vector
from storage import Database
from storage.migrations import CACHE
from vocabulary import Money, Usage

SCOPE = "0" * 64
NOW = 1_800_000_000_000
HOUR = 3_600_000
DIMENSIONS = 384


def dense(text: str, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """A direction of its own for each text; every value differs from every other."""
    vector = np.random.default_rng(list(text.encode())).normal(size=dimensions)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def vector(text: str, space: str = "dense", dimensions: int = DIMENSIONS) -> Vector:
    return Vector(space=space, values=dense(text, dimensions).astype("<f4").tobytes())


def stored(text: str = "an answer", cost: int = 420, model: str = "llama") -> Stored:
    return Stored(
        text=text,
        provider="ollama",
        model=model,
        local=True,
        finish="stop",
        usage=Usage(input_tokens=7, output_tokens=5, cached_tokens=3),
        cost=Money(cost),
    )


def entry(question: str, told: str = "an answer", **more: Any) -> Entry:
    """With a vector and a lifetime of a day; the scope and the question are its key."""
    scope, created = more.setdefault("scope", SCOPE), more.setdefault("created", NOW)
    answer = stored(told, **{name: more.pop(name) for name in ("cost", "model") if name in more})
    given = {
        "key": f"{scope} {question}",
        "expires": created + 24 * HOUR,
        "vector": vector(question),
        "answer": answer,
    }
    return Entry(**{**given, **more}, question=question)


def bulk(path: Path, entries: Iterable[Entry]) -> None:
    """Put many at once, where it does not matter how."""
    with closing(Database(path, CACHE)) as db, db.transaction(durable=False) as tx:
        for each in entries:
            tx.execute(rows.INSERT, rows.as_row(each))
            number = tx.last_insert_rowid()
            if each.vector is not None:
                vectors.place(tx, number, each.scope, each.expires, each.vector)


def exact(store: SqliteAnswers, question: str, *, scope: str = SCOPE, now: int = NOW) -> str | None:
    found = store.exact(f"{scope} {question}", now=now)
    return None if found is None else found.answer.text


def near(
    store: SqliteAnswers, question: str, *, scope: str = SCOPE, now: int = NOW, k: int = 8
) -> list[Found]:
    return list(store.nearest(scope, vector(question), k=k, now=now))


def nearest(store: SqliteAnswers, question: str, *, scope: str = SCOPE) -> str | None:
    """The answer to the very same question, found by its vector."""
    found = near(store, question, scope=scope, k=1)
    return found[0].answer.text if found and found[0].question == question else None


HEAD = """
import sys
from pathlib import Path
from cache.sqlite import SqliteAnswers
from cache.store import Limits
from tests.cache.storing import *
path, name = Path(sys.argv[1]), sys.argv[2]
store = SqliteAnswers(path)
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def started(program: str, path: Path, *names: str) -> Iterator[Popen[str]]:
    """A program in a process of its own, with a `store` and a `name`; killed at the end."""
    command = [sys.executable, "-c", HEAD + program, str(path), *(names or ("one",))]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
