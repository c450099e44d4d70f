"""Forgotten answers are in no byte of any file: not their words, not their vectors."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import numpy as np
import pytest

from cache.sqlite import Forgotten, SqliteAnswers, forget
from storage.erasing import erase
from tests.cache.storing import HOUR, NOW, dense, entry, exact, nearest
from tests.encrypting import on_disk, started, until

CANARY = "canary-2d90"


@contextmanager
def cached(path: Path) -> Iterator[SqliteAnswers]:
    with closing(SqliteAnswers(path)) as store:
        yield store


def scope(number: int) -> str:
    return f"{number // 40}" * 64


def named(number: int) -> str:
    """Every third is a canary, in the question or in the answer."""
    return f"How do I reset {CANARY if number % 6 == 0 else 'the router'} number {number}?"


def told(number: int) -> str:
    return f"Press {CANARY if number % 6 == 3 else 'the button'} {number}."


def fill(store: SqliteAnswers) -> None:
    for number in range(120):
        store.put(entry(named(number), told(number), scope=scope(number)))


def canaries() -> list[tuple[bytes, ...]]:
    """The word, and of each vector its sign bits and pieces of it, either of which may lie
    on two pages: of three pieces one lies on a single page.
    """
    vectors = [dense(named(number)) for number in range(0, 120, 3)]
    bits = [np.packbits(vector > 0).tobytes() for vector in vectors]
    floats = [vector.astype("<f4").tobytes() for vector in vectors]
    return [
        (CANARY.encode(),),
        *((each[:20], each[-20:]) for each in bits),
        *((each[:40], each[700:740], each[-40:]) for each in floats),
    ]


def canary(created: int, texts: Sequence[str]) -> bool:
    return any(CANARY in text for text in texts)


def left_on(folder: Path) -> int:
    """How many of the canaries lie in the bytes of a folder."""
    content = on_disk(folder)
    return sum(any(piece in content for piece in each) for each in canaries())


def test_a_canary_is_found_in_the_bytes_before_it_is_forgotten(tmp_path: Path) -> None:
    with cached(tmp_path / "cache.db") as store:
        fill(store)
        assert left_on(tmp_path) == len(canaries())


def test_what_is_forgotten_is_in_no_byte_while_others_have_the_file_open_and_go_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as store:
        fill(store)
        assert forget(path, canary) == Forgotten(answers=40)
        assert left_on(tmp_path) == 0
        for number in range(120):
            gone = number % 3 == 0
            expected = None if gone else told(number)
            assert exact(store, named(number), scope=scope(number)) == expected
            assert nearest(store, named(number), scope=scope(number)) == expected
        fill(store)
        assert store.contents().entries == store.contents().vectors == 120
        assert store.notice is None


def test_a_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as store:
        fill(store)
        assert forget(path, canary, dry_run=True) == Forgotten(answers=40)
        assert store.contents().entries == 120


def test_answers_are_chosen_by_when_they_were_given(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as store:
        for number in range(4):
            store.put(entry(named(number), told(number), created=NOW + number * HOUR))
        assert forget(path, lambda created, _: created < NOW + 2 * HOUR).answers == 2
        assert [exact(store, named(number), now=NOW + 4 * HOUR) for number in range(4)] == [
            None, None, told(2), told(3),
        ]  # fmt: skip


def test_while_another_reads_an_older_state_it_is_unfinished_and_the_next_run_finishes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as store:
        fill(store)
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
from cache.sqlite import SqliteAnswers
from storage import Database
from storage.migrations import CACHE
from tests.cache.test_forgetting import fill, CANARY
path = Path(sys.argv[1])
store = SqliteAnswers(path)
fill(store)
db = Database(path, CACHE)
with db.transaction() as tx:
    tx.execute("delete from answers where question || answer like '%' || ? || '%'", (CANARY,))
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


@pytest.mark.parametrize("harm", [spoil, set_aside], ids=["damaged", "moved aside"])
def test_a_file_that_cannot_be_searched_goes_as_a_whole(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as store:
        fill(store)
    harm(path)
    before = on_disk(tmp_path)
    for dry_run in (True, False):
        assert CANARY.encode() in on_disk(tmp_path)
        done = forget(path, canary, dry_run=dry_run)
        assert (done.answers, done.finished) == (0, True)
        assert len(done.whole) == 1
        assert done.whole[0].endswith("is damaged.")
        assert not dry_run or on_disk(tmp_path) == before
    assert left_on(tmp_path) == 0
    with cached(path) as store:
        assert store.contents().entries == 0


def test_who_has_an_erased_file_open_serves_nothing_of_it_and_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with cached(path) as ours, cached(path) as theirs:
        fill(ours)
        for store in (ours, theirs):
            assert nearest(store, named(1), scope=scope(1)) == told(1)
        erase(path)
        for store in (theirs, ours):
            assert exact(store, named(1), scope=scope(1)) is None
            assert nearest(store, named(1), scope=scope(1)) is None
        theirs.put(entry("anything", "new"))
        assert exact(ours, "anything") == nearest(ours, "anything") == "new"
        assert ours.notice is theirs.notice is None


def test_where_nothing_was_ever_remembered_no_file_is_made(tmp_path: Path) -> None:
    assert forget(tmp_path / "cache.db", canary) == Forgotten()
    assert list(tmp_path.iterdir()) == []


def test_what_is_cleared_is_in_no_byte_either(tmp_path: Path) -> None:
    with cached(tmp_path / "cache.db") as store:
        fill(store)
        for number in range(0, 120, 3):
            store.put(entry(named(number), told(number), scope=scope(number), model="canary"))
        assert store.clear(model="canary") == 40
        assert left_on(tmp_path) == 0
        assert store.contents().entries == 80


def test_an_entry_that_is_forgotten_by_its_id_is_overwritten_where_it_stood(tmp_path: Path) -> None:
    with cached(tmp_path / "cache.db") as store:
        store.put(entry(named(1), "Press the button."))
        store.put(entry(named(0), told(3)))
        (_, listed) = store.listed(limit=9)
        assert left_on(tmp_path) > 0
        assert store.forget(listed.found.id)
        assert not store.forget(listed.found.id)
        assert left_on(tmp_path) == 0
