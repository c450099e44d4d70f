"""What goes when there is no room: first what has expired, then what is worth least."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cache.sqlite import SqliteAnswers
from cache.sqlite.eviction import BATCH
from cache.store import Limits
from tests.cache.storing import HOUR, NOW, entry, exact, nearest, started
from vocabulary import Money

PUTS = """
many, most = map(int, sys.argv[3:])
store = SqliteAnswers(path, limits=Limits(max_entries=most))
for number in range(many):
    store.put(entry(f"{name} {number}"))
kept = store.contents()
print(kept.entries, "of", kept.limits.max_entries)
"""


@dataclass(frozen=True)
class Life:
    """Of an entry, until now: its cost in micro-dollars, its age in hours, its hits."""

    cost: int = 400
    age: float = 5
    hits: int = 0
    left: float = 19


def lived(store: SqliteAnswers, question: str, life: Life) -> None:
    created = NOW - round(life.age * HOUR)
    expires = NOW + round(life.left * HOUR)
    store.put(entry(question, cost=life.cost, created=created, expires=expires))
    found = store.exact(entry(question).key, now=created)
    assert found is not None
    for _ in range(life.hits):
        store.count(found.id, saved=Money(life.cost))


def left(store: SqliteAnswers, questions: Sequence[str]) -> str:
    return "".join(each for each in questions if exact(store, each) is not None)


@pytest.mark.parametrize(
    ("a", "b", "stays"),
    [
        pytest.param(Life(hits=1), Life(hits=0), "a", id="served before never served"),
        pytest.param(Life(hits=3), Life(hits=2), "a", id="served more often"),
        pytest.param(Life(cost=900), Life(cost=400), "a", id="dearer"),
        pytest.param(Life(cost=0, hits=9), Life(cost=100), "a", id="free, but served often"),
        pytest.param(Life(cost=9_000), Life(cost=0, hits=9), "a", id="dear, against free"),
        pytest.param(Life(age=1), Life(age=5), "a", id="younger, all else alike"),
        pytest.param(Life(age=1), Life(age=20, hits=3), "a", id="the same hits in less time"),
        pytest.param(Life(age=20, hits=30), Life(age=1), "a", id="old, but served often"),
        pytest.param(Life(age=0.01), Life(age=0.1), "a", id="of two new ones the older goes"),
        pytest.param(Life(age=0.01), Life(age=0.1, hits=1), "b", id="newness alone is no worth"),
        pytest.param(Life(hits=99, left=-1), Life(), "b", id="what has expired is worth nothing"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_least_valuable_makes_room(
    tmp_path: Path, a: Life, b: Life, stays: str, swapped: bool
) -> None:
    with closing(SqliteAnswers(tmp_path / "cache.db", limits=Limits(max_entries=2))) as store:
        for name, life in sorted({"a": a, "b": b}.items(), reverse=swapped):
            lived(store, name, life)
        store.put(entry("c"))
        assert left(store, "abc") == f"{stays}c"
        assert nearest(store, stays) is not None
        assert store.contents().vectors == 2


@pytest.fixture
def many(tmp_path: Path) -> Iterator[SqliteAnswers]:
    """Three hundred, the first the oldest; every tenth was served."""
    with closing(SqliteAnswers(tmp_path / "cache.db")) as store:
        for number in range(300):
            created = NOW - HOUR + number
            store.put(entry(f"{number}", created=created))
            if number % 10 == 0:
                store.count(number + 1, saved=Money(900_000))
        yield store


def test_a_limit_that_was_lowered_is_reached_in_steps_and_the_best_stay(
    tmp_path: Path, many: SqliteAnswers
) -> None:
    with closing(SqliteAnswers(tmp_path / "cache.db", limits=Limits(max_entries=40))) as store:
        sizes = [300]
        for number in range(8):
            store.put(entry(f"new {number}"))
            sizes.append(store.contents().entries)
        assert sizes == [300, 237, 174, 111, 48, 40, 40, 40, 40]
        assert BATCH == 64
        assert [n for n in range(0, 300, 10) if exact(store, f"{n}") is None] == []
        assert exact(store, "297") is None
        assert exact(store, "298") is not None


@pytest.mark.parametrize(
    ("limits", "then"),
    [
        pytest.param(Limits(max_entries=1), [237, 174, 111, 48, 1, 1], id="one"),
        pytest.param(Limits(max_bytes=1), [237, 174, 111, 48, 1, 1], id="a byte: the newest stays"),
        pytest.param(Limits(max_entries=306), [301, 302, 303, 304, 305, 306], id="met, not passed"),
        pytest.param(
            Limits(max_entries=10_000_000, max_bytes=1_000_000 * 2**20),
            [301, 302, 303, 304, 305, 306],
            id="as large as can be set",
        ),
    ],
)
def test_limits_hold_at_their_edges_and_are_told(
    tmp_path: Path, many: SqliteAnswers, limits: Limits, then: list[int]
) -> None:
    with closing(SqliteAnswers(tmp_path / "cache.db", limits=limits)) as store:
        sizes = []
        for number in range(6):
            store.put(entry(f"new {number}"))
            contents = store.contents()
            sizes.append(contents.entries)
            assert exact(store, f"new {number}") is not None
            assert contents.vectors == contents.entries
            assert contents.limits == limits
        assert sizes == then


def test_each_process_keeps_to_the_limit_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    for many, most, there in [(150, 1_000, 150), (1, 100, 100), (30, 1_000, 130), (1, 1, 67)]:
        with started(PUTS, path, f"{most} {many}", f"{many}", f"{most}") as process:
            assert process.communicate(timeout=60)[0] == f"{there} of {most}\n"


def test_bytes_are_a_limit_too(tmp_path: Path) -> None:
    limits = Limits(max_bytes=1_000_000)
    with closing(SqliteAnswers(tmp_path / "cache.db", limits=limits)) as store:
        for number in range(100):
            store.put(entry(f"{number}", "x" * 50_000, created=NOW + number))
            assert store.contents().bytes <= limits.max_bytes
        there = [n for n in range(100) if exact(store, f"{n}", now=NOW + 100) is not None]
        assert there == list(range(there[0], 100)), "the oldest went"
        assert 10 < len(there) < 20
        assert store.contents().files["cache.db"] < 1.2 * limits.max_bytes


def test_a_new_entry_is_kept_even_if_it_is_larger_than_all_there_may_be(tmp_path: Path) -> None:
    limits = Limits(max_entries=0, max_bytes=50_000)
    with closing(SqliteAnswers(tmp_path / "cache.db", limits=limits)) as store:
        for number in range(3):
            store.put(entry(f"{number}", "x" * 100_000))
            assert left(store, "012") == f"{number}"


def test_what_has_expired_goes_as_new_ones_come(tmp_path: Path) -> None:
    with closing(SqliteAnswers(tmp_path / "cache.db")) as store:
        for number in range(40):
            store.put(entry(f"{number}", created=NOW, expires=NOW + 1))
        store.put(entry("new", created=NOW + 1))
        assert store.contents().entries == 9
        store.put(entry("newer", created=NOW + 1))
        contents = store.contents()
        assert (contents.entries, contents.vectors) == (2, 2)
