"""Forgotten answers are in no byte of any file: not their words, not their vectors."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import apsw
import numpy as np
import pytest
from numpy.typing import NDArray

from cache import Forgotten, SemanticCache, SqliteAnswers, Vetoes, forget
from tests.cache.conftest import Clock, WordEmbed, answer, asked
from tests.encrypting import on_disk, started, until

HOUR_MS = 3_600_000
CANARY = "canary-2d90"


class DenseEmbed(WordEmbed):
    """Every value of a vector is its own, so that any piece of it can be told in the bytes."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        seeds = (list(text.casefold().encode()) for text in texts)
        noise = np.array([np.random.default_rng(seed).normal(size=384) for seed in seeds])
        vectors = super().embed(texts) + noise / 1000
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def cached(path: Path, clock: Clock | None = None, **options: float) -> SemanticCache:
    return SemanticCache(
        SqliteAnswers(path),
        encoder=DenseEmbed,
        guard=Vetoes(),
        threshold=0.5,
        clock=clock or Clock(),
        **options,
    )


def named(number: int) -> str:
    """Every third is a canary, in the question or in the answer; over many chunks of vectors."""
    return f"How do I reset {CANARY if number % 6 == 0 else 'the router'} number {number}?"


def told(number: int) -> str:
    return f"Press {CANARY if number % 6 == 3 else 'the button'} {number}."


def fill(cache: SemanticCache) -> None:
    for number in range(120):
        scope = f"{number // 40}" * 64
        assert cache.remember(asked(named(number), scope), answer(told(number)))


def canaries() -> list[tuple[bytes, ...]]:
    """The word, and pieces of each vector: of three one lies on a single page of the file."""
    vectors = DenseEmbed().embed([named(number) for number in range(0, 120, 3)])
    values = [vector.astype("<f4").tobytes() for vector in vectors]
    return [(CANARY.encode(),), *((each[:40], each[700:740], each[-40:]) for each in values)]


def canary(created: int, texts: Sequence[str]) -> bool:
    return any(CANARY in text for text in texts)


def left_on(folder: Path) -> int:
    """How many of the canaries lie in the bytes of a folder."""
    content = on_disk(folder)
    return sum(any(piece in content for piece in each) for each in canaries())


def test_a_canary_is_found_in_the_bytes_before_it_is_forgotten(tmp_path: Path) -> None:
    with closing(cached(tmp_path / "cache.db")) as cache:
        fill(cache)
        assert left_on(tmp_path) == len(canaries())


def test_what_is_forgotten_is_in_no_byte_while_others_have_the_file_open_and_go_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path)) as cache:
        fill(cache)
        assert forget(path, canary) == Forgotten(answers=40)
        assert left_on(tmp_path) == 0
        for number in range(120):
            scope = f"{number // 40}" * 64
            hit = cache.exact(asked(named(number), scope))
            near = cache.similar(asked(named(number).lower(), scope))
            gone = number % 3 == 0
            assert (hit is None) is (near is None) is gone
            assert gone or (hit and near and hit.text == near.text == told(number))
        fill(cache)
        assert cache.stats().entries == cache.stats().vectors == 120
        assert cache.notice is None


def test_a_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path)) as cache:
        fill(cache)
        assert forget(path, canary, dry_run=True) == Forgotten(answers=40)
        assert cache.stats().entries == 120


def test_answers_are_chosen_by_when_they_were_given(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path, clock)) as cache:
        for number in range(4):
            cache.remember(asked(named(number)), answer(told(number)))
            clock.now += 3600
        limit = round(clock.now * 1000) - 2 * HOUR_MS
        assert forget(path, lambda created, _: created < limit).answers == 2
        assert [cache.exact(asked(named(number))) is None for number in range(4)] == [
            True, True, False, False,
        ]  # fmt: skip


def test_while_another_reads_an_older_state_it_is_unfinished_and_the_next_run_finishes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path)) as cache:
        fill(cache)
    reader = apsw.Connection(str(path))
    reader.execute("begin")
    assert len(reader.execute("select * from answers").fetchall()) == 120
    done = forget(path, canary, busy_timeout_ms=30)
    assert done == Forgotten(answers=40, finished=False)
    assert left_on(tmp_path) > 0
    reader.close()
    assert forget(path, canary) == Forgotten()
    assert left_on(tmp_path) == 0


KILLED = """
import sys
from pathlib import Path
from storage import Database
from storage.migrations import CACHE
from storage.vectors import vector_extension
from cache.sqlite.vectors import bury
from tests.cache.test_forgetting import cached, fill, CANARY
path = Path(sys.argv[1])
cache = cached(path)
fill(cache)
db = Database(path, CACHE, extension=vector_extension())
with db.transaction() as tx:
    tx.execute("delete from answers where question || answer like '%' || ? || '%'", (CANARY,))
    bury(tx)
print("deleted", flush=True)
sys.stdin.read()
"""


def test_after_a_kill_between_deleting_and_rewriting_the_next_run_finishes(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with started(KILLED, str(path)) as process:
        until(process, "deleted")
        process.kill()
    assert left_on(tmp_path) > 0
    assert forget(path, canary) == Forgotten()
    assert left_on(tmp_path) == 0
    assert forget(path, lambda *_: True).answers == 80


# --- files that cannot be searched --------------------------------------------------------------


def spoil(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"?" * 4096 + content[8192:])


def set_aside(path: Path) -> None:
    path.rename(f"{path}.damaged-20261130-120000")


def untouched(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("harm", "extension", "reason"),
    [
        (spoil, None, "is damaged."),
        (set_aside, None, "is damaged."),
        (untouched, lambda: None, "cannot be reached without sqlite-vec."),
        (untouched, lambda: "/nowhere/vec0", "needs cannot be loaded."),
    ],
    ids=["damaged", "moved aside", "no sqlite-vec", "sqlite-vec that does not load"],
)
def test_a_file_that_cannot_be_searched_goes_as_a_whole(
    tmp_path: Path,
    harm: Callable[[Path], None],
    extension: Callable[[], str | None] | None,
    reason: str,
) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path)) as cache:
        fill(cache)
    harm(path)
    given = {} if extension is None else {"extension": extension}
    before = on_disk(tmp_path)
    for dry_run in (True, False):
        assert CANARY.encode() in on_disk(tmp_path)
        done = forget(path, canary, dry_run=dry_run, **given)
        assert (done.answers, done.finished) == (0, True)
        assert len(done.whole) == 1
        assert done.whole[0].endswith(reason)
        assert not dry_run or on_disk(tmp_path) == before
    assert left_on(tmp_path) == 0
    with closing(cached(path)) as cache:
        assert cache.stats().entries == 0


def test_who_has_an_erased_file_open_serves_nothing_of_it_and_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with closing(cached(path)) as ours, closing(cached(path)) as theirs:
        fill(ours)
        assert theirs.exact(asked(named(1), "0" * 64)) is not None
        assert forget(path, canary, extension=lambda: None).whole
        for cache in (theirs, ours):
            assert cache.exact(asked(named(1), "0" * 64)) is None
            assert cache.similar(asked(named(1).lower(), "0" * 64)) is None
        assert theirs.remember(asked("anything"), answer("new"))
        assert ours.exact(asked("anything")) is not None
        assert ours.notice is theirs.notice is None


def test_where_nothing_was_ever_remembered_no_file_is_made(tmp_path: Path) -> None:
    assert forget(tmp_path / "cache.db", canary) == Forgotten()
    assert list(tmp_path.iterdir()) == []
