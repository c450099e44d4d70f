"""The encrypted cache beside the plain one: opening it, 2,000 answers of 2 kB, finding them again.

Run: python -m bench.encrypted [ROUNDS]. Both run in the build of SQLite that knows ciphers, in
turn, in processes of their own; times are processor time, the median of the rounds.
"""

import json
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.encrypting import said

ANSWERS = 2000
PROGRAM = "from bench.encrypted import measure; import sys; measure(*sys.argv[1:])"


def measure(folder: str, key: str) -> None:
    """Print milliseconds: of opening an existing file, all inserts, all exact look-ups, a `nearest`
    in a scope of 2,000.
    """
    import numpy as np

    from cache import SqliteAnswers, Stored
    from cache.store import Entry, Vector
    from vocabulary import Money, Usage

    path = Path(folder) / "cache.db"
    given = (lambda: bytes.fromhex(key)) if key else None
    random = np.random.default_rng(7)
    vectors = random.normal(size=(ANSWERS, 384)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    space = [Vector(space="bench", values=vector.tobytes()) for vector in vectors]
    answer = Stored(
        text="x" * 2000, provider="p", model="m", local=True, finish="stop", usage=Usage(),
        cost=Money(0),
    )  # fmt: skip
    took = {}

    def timed(name: str, began: float) -> None:
        took[name] = (time.process_time() - began) * 1000

    with closing(SqliteAnswers(path, key=given)) as store:
        store.contents()  # the file and its tables are made outside the clock
        began = time.process_time()
        for number in range(ANSWERS):
            store.put(
                Entry(
                    key=f"{number}", scope="s", question=f"{number}?", answer=answer,
                    created=0, expires=1 << 40, vector=space[number],
                )
            )  # fmt: skip
        timed("insert", began)
    began = time.process_time()
    with closing(SqliteAnswers(path, key=given)) as store:
        store.exact("0", now=1)
        timed("open", began)
        began = time.process_time()
        assert all(store.exact(f"{n * 7919 % ANSWERS}", now=1) for n in range(ANSWERS))
        timed("exact", began)
        began = time.process_time()
        assert all(store.nearest("s", each, k=8, now=1) for each in space[:50])
        timed("nearest", began)
    print(json.dumps(took))


def main(rounds: int = 5) -> None:
    """Print both, and their ratios."""
    found: dict[str, list[dict[str, float]]] = {"plain": [], "encrypted": []}
    for number in range(rounds):
        for name in found:
            with tempfile.TemporaryDirectory() as folder:
                key = f"{number + 1:064x}" if name == "encrypted" else ""
                found[name].append(json.loads(said(PROGRAM, folder, key)))
    for what, per in (("open", 1), ("insert", ANSWERS), ("exact", ANSWERS), ("nearest", 50)):
        plain, encrypted = (
            statistics.median(each[what] for each in rows) / per for rows in found.values()
        )
        ratio = encrypted / plain
        print(f"{what:8} plain {plain:7.3f} ms  encrypted {encrypted:7.3f} ms  {ratio:.2f}x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
