"""A file of the first release: its answers stay, whatever is installed."""

import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from cache.sqlite import SqliteAnswers
from storage.migrations import m001_cache
from tests.cache.storing import HOUR, NOW, SCOPE, entry, exact, nearest, vector


def test_a_file_of_the_first_release_keeps_its_answers_and_asks_for_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_vec, path = pytest.importorskip("sqlite_vec"), tmp_path / "cache.db"
    with closing(apsw.Connection(str(path))) as db:
        db.enable_load_extension(True)
        db.load_extension(sqlite_vec.loadable_path())
        db.pragma("journal_mode", "wal")
        m001_cache.up(db)
        db.pragma("user_version", 1)
        db.execute("create virtual table vectors_384 using vec0(scope text partition key,"
                   " space text partition key, expires integer,"
                   " vector float[384] distance_metric=cosine, chunk_size=8)")  # fmt: skip
        for number in range(20):
            db.execute(
                "insert into answers (key, scope, dimensions, created, expires, provider, model,"
                " local, cost, input_tokens, output_tokens, cached_tokens, cache_write_tokens,"
                " reasoning_tokens, question, answer)"
                " values (?, ?, 384, ?, ?, 'p', 'm', 1, 2, 3, 4, 5, 6, 7, ?, ?)",
                (f"{SCOPE} {number}", SCOPE, NOW, NOW + HOUR, f"{number}", f"told {number}"),
            )
            db.execute(
                "insert into vectors_384 (rowid, scope, space, expires, vector)"
                " values (?, ?, 'dense', ?, ?)",
                (number + 1, SCOPE, NOW + HOUR, vector(f"{number}").values),
            )
        db.execute("delete from answers where id = 20")
    monkeypatch.setitem(sys.modules, "sqlite_vec", None)  # cannot be imported from here on
    with closing(SqliteAnswers(path)) as store:
        assert [exact(store, f"{number}") for number in range(20)] == [
            *(f"told {number}" for number in range(19)),
            None,
        ]
        assert store.contents().entries == 19
    for number in range(20):
        assert vector(f"{number}").values[:40] not in path.read_bytes()
    with closing(SqliteAnswers(path)) as store:
        for number, question in store.unplaced("dense", limit=99):
            store.place(number, vector(question))
        assert nearest(store, "7") == "told 7"
        store.put(entry("new"))
        assert store.contents().entries == store.contents().vectors == 20
        assert store.notice is None
    with closing(apsw.Connection(str(path))) as db:
        assert list(db.execute("pragma integrity_check")) == [("ok",)]
        assert not list(db.execute("select name from sqlite_schema where name glob '*_384*'"))
