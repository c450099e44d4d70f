"""A process that is killed as it stores and evicts leaves a file in which everything agrees."""

import random
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from cache.sqlite import SqliteAnswers
from tests.cache.storing import nearest, started

# Evicts a handful with nearly every new one, replaces some, and clears now and then.
WRITES = """
store = SqliteAnswers(path, limits=Limits(max_entries=150, max_bytes=900_000))
print("ready", flush=True)
for turn in range(10**9):
    store.put(entry(f"{name} {turn % 400}", "x" * (turn * 37 % 9_000), created=NOW + turn))
    if turn % 50 == 0:
        store.clear(model="none")
    store.count(turn % 90, saved=3)
    print(turn, flush=True)
"""


def killed(path: Path, times: int, seed: int) -> int:
    """Kill writers at random moments; how many entries they had stored in all."""
    chance, stored = random.Random(seed), 0
    for turn in range(times):
        with started(WRITES, path, f"{turn}") as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for _ in range(chance.randrange(1, 60)):
                process.stdout.readline()
                stored += 1
            process.kill()
        agrees(path)
    return stored


def agrees(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as db:
        assert list(db.execute("pragma integrity_check")) == [("ok",)]
        ((answers, tally, vectors, owned, placed),) = db.execute(
            "select (select count(*) from answers), (select entries from tally),"
            " (select count(*) from vectors), (select count(*) from vectors join answers"
            " on answers.id = vectors.answer), (select total(vectors) from places)"
        )
        assert 0 < answers == tally == vectors == owned == placed <= 151
        last = list(db.execute("select question from answers order by id desc limit 5"))
    with closing(SqliteAnswers(path)) as store:
        assert all(nearest(store, question) is not None for (question,) in last)
        assert store.notice is None


@pytest.mark.slow
def test_killed_in_the_midst_of_inserts_and_evictions_it_opens_and_agrees(tmp_path: Path) -> None:
    assert killed(tmp_path / "cache.db", 8, seed=7) > 20
