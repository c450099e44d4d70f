"""What can befall the answers' file: the cache goes on, and says what happened."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pytest

from cache.pause import Pause
from cache.sqlite import SqliteAnswers, forget
from storage import StorageError
from tests.cache.storing import NOW, entry, exact, near, nearest, started, vector

ENTRIES = 50


def fill(path: Path) -> None:
    with closing(SqliteAnswers(path)) as store:
        for number in range(ENTRIES):
            store.put(entry(f"{number}", "x" * 2_000))


def overwrite(begin: int, end: int | None) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[begin:end] = b"?" * len(content[begin:end])
        path.write_bytes(content)

    return harm


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def folder_for_the_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").mkdir()


def sql(statement: str, *values: object) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        with closing(apsw.Connection(str(path))) as db:
            db.execute(statement, values)

    return harm


def pages_of_vectors(path: Path) -> None:
    """Every page that holds a vector, and none of the answers'."""
    with closing(apsw.Connection(str(path))) as db:
        pages = [
            page for (page,) in db.execute("select pageno from dbstat where name like 'vectors%'")
        ]
    content = bytearray(path.read_bytes())
    for page in pages:
        content[4096 * (page - 1) : 4096 * page] = b"?" * 4096
    path.write_bytes(content)


HARMS = {
    "header": overwrite(0, 100),
    "torn pages": overwrite(4096, None),
    "all of it": overwrite(0, None),
    "truncated": truncate,
    "a folder in its place": folder,
    "a folder in its log's place": folder_for_the_log,
    "pages of vectors": pages_of_vectors,
    "no table of vectors": sql("drop table vectors"),
    "no table of places": sql("drop table places"),
    "short sketches": sql("update vectors set sketch = substr(sketch, 1, 24) where number % 2"),
    "short vectors": sql("update vectors set floats = x'0102'"),
    "verdicts of nonsense": sql("update answers set verdicts = '[7]'"),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_file_is_moved_aside_and_the_cache_goes_on(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = tmp_path / "cache.db"
    fill(path)
    harm(path)
    with closing(SqliteAnswers(path)) as store:
        near(store, "1")
        exact(store, "1")
        store.put(entry("1", "new"))
        assert exact(store, "1") == nearest(store, "1") == "new"
        assert store.contents().entries == store.contents().vectors == 1
        assert store.notice is not None
        assert "was damaged and has been moved to" in store.notice
    assert len(list(tmp_path.glob("cache.db.damaged-*[0-9]"))) == 1
    assert forget(path, lambda *_: True).answers == 1


def test_of_a_damaged_log_what_came_before_the_damage_is_kept(tmp_path: Path) -> None:
    path, copy = tmp_path / "cache.db", tmp_path / "copy" / "cache.db"
    copy.parent.mkdir()
    with closing(SqliteAnswers(path)) as store:
        for number in range(ENTRIES):
            store.put(entry(f"{number}", "x" * 2_000))
        for file in ("cache.db", "cache.db-wal"):  # as after a power cut
            shutil.copy(tmp_path / file, copy.parent / file)
    log = copy.with_name("cache.db-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2 :] = b"?" * (len(content) - len(content) // 2)
    log.write_bytes(content)
    with closing(SqliteAnswers(copy)) as store:
        contents = store.contents()
        assert 0 < contents.entries == contents.vectors < ENTRIES
        assert nearest(store, "0") is not None
        store.put(entry("new"))
        assert store.notice is None


def test_two_that_meet_the_same_damage_move_the_file_aside_once(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with closing(SqliteAnswers(path)) as ours, closing(SqliteAnswers(path)) as theirs:
        fill(path)
        assert exact(theirs, "1") is not None
        with path.open("r+b") as file:
            file.write(b"?" * path.stat().st_size)
        assert exact(ours, "40") is None
        ours.put(entry("40", "new"))
        assert exact(theirs, "40") == nearest(theirs, "40") == "new"
    assert len(list(tmp_path.glob("cache.db.damaged-*[0-9]"))) == 1


@contextmanager
def writing(path: Path) -> Iterator[None]:
    with closing(apsw.Connection(str(path))) as db:
        db.execute("begin immediate")
        yield
        db.execute("rollback")


def test_a_file_that_another_holds_too_long_is_an_error_and_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    fill(path)
    with closing(SqliteAnswers(path, busy_timeout_ms=30)) as store:
        with writing(path):
            for write in (
                lambda: store.put(entry("new")),
                lambda: store.forget(1),
                lambda: store.lease("k", owner="we", now=0, until=9),
                lambda: store.place(1, vector("1")),
            ):
                with pytest.raises(StorageError, match="is locked by another program"):
                    write()
            assert exact(store, "1") is not None
            assert nearest(store, "1") is not None
        store.put(entry("new"))
        assert nearest(store, "new") == "an answer"
        assert store.contents().entries == ENTRIES + 1


FULL = """
import resource
from storage import StorageError
store.put(entry("small"))
unlimited = resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, unlimited))
told = []
for number in range(20):
    try:
        store.put(entry(f"large {number}", "x" * 50_000))
    except StorageError as error:
        told.append(error)
    store.count(1, saved=5)
assert 10 < len(told) < 20, told
assert exact(store, "small") == nearest(store, "small") == "an answer"
resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
"""


def test_on_a_full_disk_what_is_there_is_found_and_what_comes_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with started(FULL + "print(told[-1])", path) as process:
        said = process.communicate(timeout=30)[0]
        assert process.returncode == 0
    assert said.startswith(f"The database {path} ")
    assert "disk" in said
    with closing(SqliteAnswers(path)) as store:
        contents = store.contents()
        assert contents.entries == contents.vectors < 11
        assert store.notice is None


def test_after_an_error_the_cache_rests_for_a_minute_and_says_so_until_something_works() -> None:
    pause = Pause()
    assert not pause.lasts(NOW)
    pause.begin(StorageError("The disk is full.", fix="Free some space."), NOW)
    assert pause.notice == "The cache rests for a minute. The disk is full. Free some space."
    assert [pause.lasts(NOW + seconds) for seconds in (0, 59, 60, -1)] == [True, True, False, False]
    assert pause.notice is not None
    pause.end()
    assert (pause.notice, pause.lasts(NOW)) == (None, False)
