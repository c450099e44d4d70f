"""Looking answers up by nearness as the cache grows, beside GPTCache, sqlite-vec and brute force.

Run: python -m bench.lookup [--million] [--peers PYTHON] [--chart FILE]. PYTHON is an interpreter
that has gptcache, faiss-cpu, sqlalchemy, sqlite-vec, apsw and numpy; without it those that are
missing here are left out, and that is said. All search the same vectors in processes of their own,
on one thread. The vectors are 6,000 questions, embedded, and mixtures of two of them with some
noise; half of what is asked is near to one that is stored, half is new.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.chart import Panel, draw
from bench.lookup_peers import resident
from bench.lookup_vectors import QUERIES, Rows, asked, embedded, grown
from cache.sqlite import SqliteAnswers, rows, vectors
from cache.store import Entry, Limits, Stored, Vector
from storage import Database
from storage.migrations import CACHE
from vocabulary import Money, Usage

SIZES, MILLION = (1_000, 10_000, 100_000), 1_000_000
BARS_MS = {10_000: 2, 100_000: 8, MILLION: 50}
PUTS = 500
SCOPE, FOREVER = "s" * 64, 1 << 50
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
PEERS = Path(__file__).with_name("lookup_peers.py")

CHILD = "from bench.lookup import measure; import sys; measure(*sys.argv[1:])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one store at one size. `rate`: inserts a second; `grown`: MB the process grew."""

    ms: list[float]
    recall: float
    rate: float | None
    grown: float
    more: Mapping[str, float]

    def at(self, percent: int) -> float:
        return statistics.quantiles(self.ms, n=100)[percent - 1]


def entry(number: int, values: Rows) -> Entry:
    """With an answer of a kilobyte."""
    answer = Stored(
        text="x" * 1000, provider="p", model="m", local=False, finish="stop", usage=Usage(),
        cost=Money(100),
    )  # fmt: skip
    return Entry(
        key=f"{number:064d}", scope=SCOPE, question=f"{number}", answer=answer, created=number,
        expires=FOREVER, vector=Vector(space="bench", values=values.tobytes()),
    )  # fmt: skip


def build(path: Path, some: Iterator[Rows]) -> None:
    """All at once, as one would import them."""
    number = 0
    with closing(Database(path, CACHE)) as db:
        for step in some:
            with db.transaction(durable=False) as tx:
                for values in step:
                    kept = entry(number, values)
                    tx.execute(rows.INSERT, rows.as_row(kept))
                    assert kept.vector is not None
                    vectors.place(tx, tx.last_insert_rowid(), SCOPE, FOREVER, kept.vector)
                    number += 1


def measure(path: str, queries_path: str, count: str) -> None:
    """In a process of its own: print what `Figures` is made of."""
    queries, numbers = np.load(queries_path), random.Random(5).sample(range(int(count)), 500)
    looks = [Vector(space="bench", values=values.tobytes()) for values in queries]
    limits = Limits(max_entries=1 << 40, max_bytes=1 << 50)
    before = resident()
    with closing(SqliteAnswers(Path(path), limits=limits)) as store:
        took: dict[str, float] = {}
        began = time.perf_counter()
        assert store.exact(f"{0:064d}", now=1)
        took["open"] = time.perf_counter() - began
        steps = list(read_ahead(store))
        took["ahead"], took["step"] = sum(steps), max(steps)
        began = time.perf_counter()
        store.nearest(SCOPE, looks[0], k=8, now=1)
        took["first"] = time.perf_counter() - began
        took["exact"] = statistics.median(
            _timed(lambda number=number: store.exact(f"{number:064d}", now=1))[0]
            for number in numbers
        )
        found = [_timed(lambda each=each: store.nearest(SCOPE, each, k=8, now=1)) for each in looks]
        grown_by = resident() - before
        began = time.perf_counter()
        for number, values in enumerate(itertools.islice(itertools.cycle(queries), PUTS)):
            store.put(entry(10_000_000 + number, values))
        rate = PUTS / (time.perf_counter() - began)
    ms, answers = zip(*found, strict=True)
    nearest = [int(each[0].question) for each in answers]
    print(json.dumps({"ms": ms, "nearest": nearest, "rate": rate, "grown": grown_by, **took}))


def read_ahead(store: SqliteAnswers) -> Iterator[float]:
    """Milliseconds of each step, until there is nothing more to read."""
    more = True
    while more:
        took, more = _timed(lambda: store.warm("bench"))
        yield took


def _timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return (time.perf_counter() - began) * 1000, done


def figures(printed: str, truth: list[int]) -> Figures:
    told = json.loads(printed)
    right = sum(one == other for one, other in zip(told.pop("nearest"), truth, strict=True))
    return Figures(
        recall=right / len(truth), ms=told.pop("ms"), rate=told.pop("rate"),
        grown=told.pop("grown"), more=told,
    )  # fmt: skip


def race(questions: Rows, count: int, python: str) -> dict[str, Figures]:
    """Everybody at one size, by name."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries, truth = asked(questions, count)
        np.save(folder / "queries.npy", queries)
        build(folder / "cache.db", grown(questions[QUERIES:], count))
        size = (folder / "cache.db").stat().st_size
        told = _run([sys.executable, "-c", CHILD, str(folder / "cache.db"),
                     str(folder / "queries.npy"), str(count)])  # fmt: skip
        found["homeward"] = figures(told.stdout, truth)
        found["homeward"].more["bytes"] = size / count  # type: ignore[index]
        np.save(folder / "vectors.npy", np.concatenate(list(grown(questions[QUERIES:], count))))
        for peer in ("numpy", "sqlite-vec", "gptcache"):
            if peer == "gptcache" and count == MILLION:
                print("gptcache is left out at a million: filling it takes too long.")
                continue
            told = _run([python, str(PEERS), peer, str(folder / "vectors.npy"),
                         str(folder / "queries.npy"), name])  # fmt: skip
            if told.returncode:
                print(f"{peer} is left out: {told.stderr.strip().splitlines()[-1]}")
            else:
                found[peer] = figures(told.stdout.splitlines()[-1], truth)
    return found


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD}
    )


def tell(count: int, found: Mapping[str, Figures]) -> None:
    ours = found["homeward"]
    bar = f", bar {BARS_MS[count]} ms" if count in BARS_MS else ""
    print(f"{count:,} vectors{bar}")
    for name, each in found.items():
        print(
            f"  {name:11} p50 {each.at(50):8.2f} ms  p95 {each.at(95):8.2f} ms"
            f"  {each.at(50) / ours.at(50):6.1f}x  recall@1 {each.recall:.3f}"
            f"  inserts {'-' if each.rate is None else round(each.rate):>5}/s"
            f"  grown by {each.grown:6.1f} MB"
        )
    more = ours.more
    print(
        f"  exact {more['exact']:.3f} ms, opening {more['open'] * 1000:.1f} ms, reading ahead"
        f" {more['ahead']:.0f} ms in steps of at most {more['step']:.0f}, the first search then"
        f" {more['first'] * 1000:.0f} ms, file {more['bytes']:.0f} bytes an entry",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each size; draw them if asked. Arguments as on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--chart", type=Path)
    given = parser.parse_args(arguments)
    questions, found = embedded(), {}
    for count in (*SIZES, MILLION) if given.million else SIZES:
        found[count] = race(questions, count, given.peers)
        tell(count, found[count])
    if given.chart is not None:
        chart(given.chart, found)


def chart(path: Path, found: Mapping[int, Mapping[str, Figures]]) -> None:
    names = dict.fromkeys(name for each in found.values() for name in each)
    times = {
        name: [(count, each[name].at(50)) for count, each in found.items() if name in each]
        for name in names
    }
    ours = {count: each["homeward"] for count, each in found.items()}
    bars = [(count, bar) for count, bar in BARS_MS.items() if count in found]
    draw(
        path,
        [
            Panel(title="A search, p50, ms", lines=times),
            Panel(
                title="Ours against the bar, ms",
                lines={"homeward": times["homeward"], "bar": bars},
                dashed=frozenset({"bar"}),
            ),
            Panel(
                title="Memory and file, MB",
                lines={
                    "memory": [(count, max(each.grown, 0.1)) for count, each in ours.items()],
                    "file": [(n, each.more["bytes"] * n / 1e6) for n, each in ours.items()],
                },
            ),
        ],
        x_title="answers in one scope",
    )


if __name__ == "__main__":
    main()
