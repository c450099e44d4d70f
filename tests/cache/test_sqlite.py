"""The answers' file: what is kept in it is found again, and nothing else ever is."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import numpy as np
import pytest

from cache.sqlite import SqliteAnswers, vectors
from cache.sqlite.vectors import MOST, SPARE
from cache.standing import Verdict
from cache.store import Entry, Vector
from tests.cache.storing import NOW, SCOPE, bulk, entry, exact, near, nearest, vector
from vocabulary import Money

OTHER = "1" * 64


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


def test_an_entry_comes_back_as_it_was(store: SqliteAnswers) -> None:
    kept = entry(
        "Why is the sky blue?", "Scattering.", reading="sky", task="explain", model_version="v7"
    )
    store.put(kept)
    found = store.exact(kept.key, now=NOW)
    assert found is not None
    assert (found.question, found.answer) == (kept.question, kept.answer)
    assert (found.created, found.expires) == (kept.created, kept.expires)
    assert (found.task, found.model_version, found.hits, found.verdicts) == ("explain", "v7", 0, ())
    assert found.similarity is None
    assert store.read("sky", now=NOW) == found
    (by_vector,) = near(store, kept.question)
    assert by_vector.similarity == pytest.approx(1, abs=1e-6)
    (listed,) = store.listed(limit=9)
    assert (listed.found, listed.scope, listed.saved) == (found, SCOPE, 0)
    assert listed.spaces == ("dense",)


def test_nothing_is_found_from_the_moment_it_expires(store: SqliteAnswers) -> None:
    kept = entry("a", reading="r")
    store.put(kept)
    for now, there in ((kept.expires - 1, True), (kept.expires, False)):
        assert (store.exact(kept.key, now=now) is not None) is there
        assert (store.read("r", now=now) is not None) is there
        assert bool(near(store, "a", now=now)) is there


def test_of_entries_that_read_alike_the_youngest_is_found(store: SqliteAnswers) -> None:
    for number, created in enumerate((NOW, NOW + 2, NOW + 1)):
        store.put(entry(f"{number}", f"{number}", created=created, reading="r"))
    store.put(entry("no reading", created=NOW + 9))
    found = store.read("r", now=NOW + 2)
    assert found is not None
    assert found.answer.text == "1"


def test_what_has_the_same_key_is_replaced_with_its_vector(store: SqliteAnswers) -> None:
    store.put(entry("a", "old"))
    store.judge(near(store, "a")[0].id, Verdict(similarity=0.9, confidence=0.9, good=False))
    store.put(entry("a", "new"))
    (found,) = near(store, "a")
    assert (found.answer.text, found.verdicts) == ("new", ())
    assert store.contents().vectors == 1


# --- the nearest --------------------------------------------------------------------------------


def clustered(count: int, seed: int) -> np.ndarray:
    """Questions of forty kinds, some of a kind as near as 0.97, as an encoder places them."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, 384)) / np.sqrt(384)
    spread = random.uniform(0.2, 1, size=(count, 1)) / np.sqrt(384)
    vectors = centres[random.integers(0, 40, count)] + spread * random.normal(size=(count, 384))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f4")


def placed(vectors: np.ndarray, scope: str = SCOPE) -> list[Entry]:
    return [
        entry(f"{n}", f"{n}", scope=scope, vector=Vector(space="dense", values=values.tobytes()))
        for n, values in enumerate(vectors)
    ]


def test_the_nearest_is_the_one_that_brute_force_finds_and_nearly_all_others_are(
    store: SqliteAnswers, path: Path
) -> None:
    there, same = clustered(3 * MOST, 1), 0
    bulk(path, placed(there))
    for values in clustered(60, 2):
        cosines = there @ values
        best = np.argsort(-cosines)[:8]
        found = store.nearest(SCOPE, Vector(space="dense", values=values.tobytes()), k=8, now=NOW)
        assert found[0].question == f"{best[0]}"
        assert [each.similarity for each in found] == pytest.approx(
            [cosines[int(each.question)] for each in found], abs=1e-6
        )
        same += len({each.question for each in found} & {f"{number}" for number in best})
    assert same > 0.97 * 60 * 8


def test_in_a_small_scope_they_are_exactly_those_of_brute_force(
    store: SqliteAnswers, path: Path
) -> None:
    there = clustered(60, 1)
    bulk(path, placed(there))
    for values in clustered(20, 2):
        found = store.nearest(SCOPE, Vector(space="dense", values=values.tobytes()), k=8, now=NOW)
        best = np.argsort(-(there @ values))[:8]
        assert [each.question for each in found] == [f"{number}" for number in best]


def test_a_scope_is_never_crowded_out_by_another(store: SqliteAnswers, path: Path) -> None:
    asked = clustered(1, 3)
    bulk(path, placed(np.repeat(asked, 2 * MOST, axis=0), scope=OTHER))
    store.put(entry("lonely"))
    found = store.nearest(SCOPE, Vector(space="dense", values=asked[0].tobytes()), k=8, now=NOW)
    assert [each.question for each in found] == ["lonely"]


def test_among_vectors_that_are_all_alike_the_asked_number_is_found(
    store: SqliteAnswers, path: Path
) -> None:
    same = clustered(1, 4)
    bulk(path, placed(np.repeat(same, 2 * MOST, axis=0)))
    found = store.nearest(SCOPE, Vector(space="dense", values=same[0].tobytes()), k=8, now=NOW)
    assert len({each.id for each in found}) == 8
    assert all((each.similarity or 0) > 0.9999 for each in found)


@pytest.mark.parametrize(
    ("space", "dimensions"), [("other", 384), ("dense", 256), ("dense", 100), ("dense", 1024)]
)
def test_spaces_never_mix(store: SqliteAnswers, space: str, dimensions: int) -> None:
    asked = vector("a", space, dimensions)
    store.put(entry("a"))
    assert store.nearest(SCOPE, asked, k=8, now=NOW) == []
    store.put(entry("b", vector=vector("b", space, dimensions)))
    assert [each.question for each in store.nearest(SCOPE, asked, k=8, now=NOW)] == ["b"]


def test_a_vector_that_is_no_number_finds_and_is_found_with_no_likeness(
    store: SqliteAnswers,
) -> None:
    broken = Vector(space="dense", values=np.full(384, np.nan, "<f4").tobytes())
    store.put(entry("broken", vector=broken))
    store.put(entry("a"))
    assert [(each.question, each.similarity) for each in near(store, "broken")][-1][1] == 0
    assert {each.similarity for each in store.nearest(SCOPE, broken, k=8, now=NOW)} == {0}


Removal = Callable[[SqliteAnswers, list[int]], object]
REMOVALS: dict[str, Removal] = {
    "forgotten": lambda store, ids: [store.forget(number) for number in ids],
    "cleared by model": lambda store, ids: store.clear(model="going"),
    "replaced": lambda store, ids: [
        store.put(entry(f"going {number}", "new", vector=None)) for number in range(len(ids))
    ],
}


@pytest.mark.parametrize(
    ("removal", "count"),
    [
        ("forgotten", 1),
        ("forgotten", 30),
        ("replaced", 100),
        ("cleared by model", 1),
        ("cleared by model", SPARE),
        ("cleared by model", SPARE + 1),
    ],
)
def test_what_another_removed_is_not_found_and_crowds_out_nothing(
    path: Path, removal: str, count: int
) -> None:
    """Those removed lie nearer than what stays, and are in the memory of who looks."""
    asked = vector("asked")
    with closing(SqliteAnswers(path)) as ours, closing(SqliteAnswers(path)) as theirs:
        theirs.put(entry("stays"))
        going = (f"going {number}" for number in range(count))
        bulk(path, (entry(each, "old", model="going", vector=asked) for each in going))
        found = ours.nearest(SCOPE, asked, k=count + 1, now=NOW)
        assert len(found) == min(count, MOST) + 1
        REMOVALS[removal](theirs, [each.id for each in found if each.question != "stays"])
        for _ in range(2):
            left = ours.nearest(SCOPE, asked, k=8, now=NOW)
            assert [each.question for each in left] == ["stays"]
        theirs.put(entry("comes", vector=asked))
        assert [each.question for each in ours.nearest(SCOPE, asked, k=8, now=NOW)] == [
            "comes",
            "stays",
        ]


def test_more_places_than_are_held_in_memory_are_all_searched(store: SqliteAnswers) -> None:
    scopes = [f"{number:064d}" for number in range(150)]
    for scope in scopes:
        store.put(entry("a", scope, scope=scope))
    for scope in 2 * scopes:
        assert nearest(store, "a", scope=scope) == scope


def test_entries_without_a_vector_are_told_and_get_one(store: SqliteAnswers) -> None:
    for question in ("a", "b", "c"):
        store.put(entry(question, vector=None if question == "b" else vector(question)))
    ((number, question),) = store.unplaced("dense", limit=9)
    assert question == "b"
    assert [asked for _, asked in store.unplaced("new", limit=2)] == ["a", "b"]
    assert [asked for _, asked in store.unplaced("new", limit=2, after=number)] == ["c"]
    assert store.place(number, vector("b"))
    assert store.place(number, vector("b", "new"))
    assert store.place(number, vector("b", "new"))
    assert not store.place(999, vector("z"))
    assert nearest(store, "b") == "an answer"
    assert store.unplaced("dense", limit=9) == []
    assert store.contents().spaces == {"dense": 3, "new": 1}
    assert store.forget(number)
    assert store.contents().spaces == {"dense": 2}


# --- standing and leases ------------------------------------------------------------------------


def test_hits_are_counted_with_what_they_saved(store: SqliteAnswers) -> None:
    store.put(entry("a"))
    (found,) = near(store, "a")
    for saved in (5, 7):
        store.count(found.id, saved=Money(saved))
    store.count(999, saved=Money(1))
    (listed,) = store.listed(limit=1)
    assert (listed.found.hits, listed.saved) == (2, 12)


def test_a_hit_never_waits_for_another_process_and_is_counted_later(path: Path) -> None:
    with closing(SqliteAnswers(path)) as store:
        store.put(entry("a"))
        (found,) = near(store, "a")
        other = apsw.Connection(str(path))
        other.execute("begin immediate")
        store.count(found.id, saved=Money(5))  # would fail after five seconds
        assert near(store, "a")[0].hits == 0
        other.execute("rollback")
        other.close()
        store.put(entry("b"))
        assert near(store, "a")[0].hits == 1


def test_hits_that_wait_are_written_when_the_store_is_closed(path: Path) -> None:
    other = apsw.Connection(str(path))
    with closing(SqliteAnswers(path)) as store:
        store.put(entry("a"))
        (found,) = near(store, "a")
        other.execute("begin immediate")
        store.count(found.id, saved=Money(5))
        other.execute("rollback")
    other.close()
    with closing(SqliteAnswers(path)) as store:
        assert near(store, "a")[0].hits == 1


def test_the_latest_verdicts_stay_with_an_entry(store: SqliteAnswers) -> None:
    store.put(entry("a"))
    (found,) = near(store, "a")
    given = [
        Verdict(similarity=n / 100, confidence=1 - n / 1000, good=n % 3 == 0) for n in range(70)
    ]
    for verdict in given:
        assert store.judge(found.id, verdict)
    assert not store.judge(999, given[0])
    assert near(store, "a")[0].verdicts == tuple(given[6:])


def test_a_lease_is_held_by_one_until_it_is_given_back_or_runs_out(path: Path) -> None:
    with closing(SqliteAnswers(path)) as ours, closing(SqliteAnswers(path)) as theirs:
        assert ours.lease("k", owner="we", now=0, until=10)
        assert not theirs.lease("k", owner="they", now=9, until=19)
        assert theirs.lease("other", owner="they", now=9, until=19)
        assert ours.lease("k", owner="we", now=9, until=12), "prolonged"
        assert not theirs.lease("k", owner="they", now=11, until=21)
        theirs.release("k", owner="they")
        assert not theirs.lease("k", owner="they", now=11, until=21), "not theirs to give back"
        assert theirs.lease("k", owner="they", now=12, until=22), "run out"
        ours.release("k", owner="we")
        assert not ours.lease("k", owner="we", now=13, until=23)
        theirs.release("k", owner="they")
        assert ours.lease("k", owner="we", now=13, until=23)


# --- the file -----------------------------------------------------------------------------------


def test_contents_tell_what_there_is(store: SqliteAnswers, path: Path) -> None:
    store.put(entry("a"))
    store.put(entry("b", scope=OTHER, vector=vector("b", "new")))
    store.put(entry("c", vector=None, created=1, expires=2))
    contents = store.contents()
    assert (contents.entries, contents.expired, contents.vectors) == (3, 1, 2)
    assert contents.spaces == {"dense": 1, "new": 1}
    assert contents.files == {
        file.name: file.stat().st_size for file in path.parent.glob("cache.db*")
    }
    assert 0 < contents.bytes < 200_000


def test_one_scope_or_one_model_or_all_is_cleared(store: SqliteAnswers) -> None:
    for scope in (SCOPE, OTHER):
        for model in ("small", "large", "huge"):
            store.put(entry(model, model, scope=scope, model=model))
    assert store.clear(SCOPE, model="small") == 1
    assert store.clear(model="large") == 2
    assert nearest(store, "small", scope=OTHER) == "small"
    assert store.clear(OTHER) == 2
    assert store.clear() == 1
    assert store.contents().entries == store.contents().vectors == 0


def test_what_was_read_ahead_no_search_reads_again(
    store: SqliteAnswers, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BLOCK", 4)
    for number in range(10):
        store.put(entry(f"{number}"))
    for number in range(4):
        store.put(entry(f"{number}", "elsewhere", scope=OTHER))
    assert [store.warm("dense") for _ in range(4)] == [True, True, True, False]
    assert not store.warm("another space")
    with closing(apsw.Connection(str(path))) as db:
        db.execute("update vectors set sketch = x'00' where number % 2")
    assert [nearest(store, f"{number}") for number in range(10)] == ["an answer"] * 10
    assert store.notice is None
    store.put(entry("10"))
    assert store.warm("dense")
    assert nearest(store, "10") == "an answer"
    assert nearest(store, "1", scope=OTHER) is None  # that place was small, and not read ahead
    assert "damaged" in (store.notice or "")


def test_contents_tell_hits_savings_and_the_oldest(store: SqliteAnswers) -> None:
    empty = store.contents()
    assert (empty.hits, empty.saved, empty.oldest) == (0, 0, None)
    for number in range(3):
        store.put(entry(f"{number}", created=NOW + number))
    for _ in range(2):
        store.count(1, saved=Money(5))
    store.count(3, saved=Money(0))
    kept = store.contents()
    assert (kept.hits, kept.saved, kept.oldest) == (3, 10, NOW)
    store.forget(1)
    kept = store.contents()
    assert (kept.hits, kept.saved, kept.oldest) == (1, 0, NOW + 1)


def test_a_file_gets_shorter_when_it_is_cleared(store: SqliteAnswers, path: Path) -> None:
    for number in range(100):
        store.put(entry(f"{number}", "x" * 9_000, model="a" if number else "b"))
    assert store.clear(model="a") == 99
    assert path.stat().st_size < 200_000
    assert exact(store, "0") is not None


def test_a_scope_with_one_answer_costs_little_disk(store: SqliteAnswers) -> None:
    for number in range(200):
        store.put(entry("reset my router", scope=f"{number:064d}"))
    assert store.contents().bytes < 200 * 3_500
