"""The answers' file: shared, killed, damaged, full, and without its extension."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cache import SemanticCache, SqliteAnswers, Vetoes
from storage import Database
from storage.migrations import CACHE
from storage.vectors import vector_extension
from tests.cache.conftest import Build, Clock, WordEmbed, answer, asked

ROOT = Path(__file__).parents[2]

PREAMBLE = """
import sys
from pathlib import Path
from cache import SemanticCache, SqliteAnswers, Vetoes
from tests.cache.conftest import WordEmbed, answer, asked
path, name = Path(sys.argv[1]), sys.argv[2]
embed = WordEmbed()
cache = SemanticCache(SqliteAnswers(path), encoder=lambda: embed, guard=Vetoes(), threshold=0.5)
"""


@contextmanager
def started(program: str, path: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PREAMBLE + program, str(path), name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def raw(path: Path) -> Iterator[Database]:
    with closing(Database(path, CACHE, extension=vector_extension())) as db:
        yield db


def counts(path: Path) -> tuple[int, int, int]:
    """Answers with a vector, vectors, vectors that an answer owns."""
    with raw(path) as db:
        return (
            db.rows("select count(dimensions) from answers")[0][0],
            db.rows("select count(*) from vectors_384")[0][0],
            db.rows("select count(*) from vectors_384 join answers on id = vectors_384.rowid")[0][
                0
            ],
        )


def test_two_processes_share_one_file_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    program = """
for number in range(150):
    assert cache.remember(asked(f"reset the router {name} {number}"), answer(f"{name} {number}"))
    assert cache.remember(asked(f"shared {number % 10}"), answer(name))
    assert cache.exact(asked(f"reset the router {name} {number}")).text == f"{name} {number}"
    assert cache.similar(asked(f"Reset router {name} {number}")).text == f"{name} {number}"
assert cache.notice is None, cache.notice
cache.close()
"""
    with started(program, path, "a") as one, started(program, path, "b") as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert counts(path) == (310, 310, 310)


def test_a_killed_process_leaves_no_answer_without_its_vector(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    program = """
for number in range(100_000):
    assert cache.remember(asked(f"question {name} {number % 40}"), answer("x" * 5_000))
    print(number, flush=True)
"""
    for turn in range(6):
        with started(program, path, str(turn)) as process:
            assert process.stdout is not None
            for _ in range(5 + 7 * turn):
                process.stdout.readline()
            process.kill()
        answers, vectors, owned = counts(path)
        assert answers == vectors == owned > 0
    with raw(path) as db:
        assert db.rows("pragma integrity_check") == [("ok",)]


@pytest.mark.parametrize("damage", ["not a database", "torn pages"])
def test_a_damaged_file_is_moved_aside_and_the_cache_goes_on(
    tmp_path: Path, clock: Clock, damage: str
) -> None:
    path = tmp_path / "cache.db"
    cache = _cache(path, clock)
    for number in range(50):
        cache.remember(asked(f"question {number}"), answer("x" * 500))
    cache.close()
    content = bytearray(path.read_bytes())
    if damage == "not a database":
        content[:100] = b"?" * 100
    else:
        content[4096:] = b"?" * (len(content) - 4096)
    path.write_bytes(content)

    cache = _cache(path, clock)
    assert cache.exact(asked("question 1")) is None
    assert cache.remember(asked("question 1"), answer("new"))
    assert cache.exact(asked("question 1")) is not None
    assert cache.notice is not None
    assert "moved to" in cache.notice
    aside = list(tmp_path.glob("cache.db.damaged-*"))
    assert [file.read_bytes()[4096:] for file in aside] == [bytes(content)[4096:]]
    cache.close()


def test_two_that_meet_the_same_damage_move_the_file_aside_once(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "cache.db"
    ours, theirs = _cache(path, clock), _cache(path, clock)
    for number in range(50):
        ours.remember(asked(f"question {number}"), answer("x" * 5_000))
    ours.close()
    assert theirs.exact(asked("question 1")) is not None
    with path.open("r+b") as file:
        file.write(b"?" * path.stat().st_size)
    assert ours.exact(asked("question 40")) is None
    assert ours.remember(asked("question 40"), answer("new"))
    hit = theirs.exact(asked("question 40"))
    assert hit is not None
    assert hit.text == "new"
    assert len(list(tmp_path.glob("cache.db.damaged-*[0-9]"))) == 1
    ours.close()
    theirs.close()


def test_without_its_extension_the_cache_finds_exact_repeats_and_says_so(
    tmp_path: Path, clock: Clock
) -> None:
    for number, missing in enumerate((None, str(tmp_path / "nowhere" / "vec0"))):
        path = tmp_path / f"{number}.db"
        store = SqliteAnswers(path, extension=lambda missing=missing: missing)
        cache = SemanticCache(
            store, encoder=lambda: WordEmbed(), guard=Vetoes(), threshold=0, clock=clock
        )
        assert cache.remember(asked("reset my router"), answer())
        assert cache.exact(asked("reset my router")) is not None
        assert cache.similar(asked("Reset my router")) is None
        assert cache.notice is not None
        assert "sqlite-vec" in cache.notice
        cache.close()


def test_a_vector_whose_answer_went_without_the_extension_goes_when_it_is_back(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "cache.db"
    cache = _cache(path, clock)
    cache.remember(asked("reset my router"), answer())
    cache.close()
    with closing(SqliteAnswers(path, extension=lambda: None)) as without:
        assert without.clear() == 1
    cache = _cache(path, clock)
    assert cache.similar(asked("Reset my router")) is None
    cache.remember(asked("reset my printer"), answer())
    cache.close()
    assert counts(path) == (1, 1, 1)


def test_what_was_forgotten_is_in_no_file(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "cache.db"
    cache = _cache(path, clock)
    secret = "the-secret-of-the-garden"
    cache.remember(asked(f"Keep {secret} please"), answer(f"I keep {secret}."))
    vector = WordEmbed().embed([f"Keep {secret} please"])[0].tobytes()
    hit = cache.exact(asked(f"Keep {secret} please"))
    assert hit is not None
    assert cache.forget(hit.entry_id)
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()
        assert vector not in file.read_bytes()
    cache.close()


def test_on_a_full_disk_answers_still_come_and_caching_pauses(tmp_path: Path) -> None:
    program = """
import resource
assert cache.remember(asked("small"), answer())
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
kept = [cache.remember(asked(f"large {number}"), answer("x" * 50_000)) for number in range(20)]
assert kept[0] and not kept[-1], kept
assert cache.exact(asked("small")) is not None
print(cache.notice)
"""
    with started(program, tmp_path / "cache.db", "full") as process:
        assert process.stdout is not None
        said = process.stdout.read()
        assert process.wait(30) == 0
    assert said.startswith("The cache rests for a minute. The database")


def test_a_scope_with_one_answer_costs_little_disk(build: Build, store: SqliteAnswers) -> None:
    cache = build()
    for number in range(200):
        cache.remember(asked("reset my router", scope=f"{number:064d}"), answer())
    assert cache.stats().bytes < 200 * 20_000


def _cache(path: Path, clock: Clock) -> SemanticCache:
    return SemanticCache(
        SqliteAnswers(path), encoder=WordEmbed, guard=Vetoes(), threshold=0.5, clock=clock
    )
