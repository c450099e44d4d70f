"""Everything in a transaction is written, or nothing; every failure becomes a sentence."""

import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from storage import Database, StorageError
from storage.errors import DamagedDatabase

APSW_ERRORS = sorted(
    (
        kind
        for kind in vars(apsw).values()
        if isinstance(kind, type) and issubclass(kind, apsw.Error)
    ),
    key=lambda kind: kind.__name__,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    def noted(db: apsw.Connection) -> None:
        db.execute("create table notes (text text)")

    database = Database(tmp_path / "home.db", (noted,), busy_timeout_ms=30)
    yield database
    database.close()


def write(database: Database, text: str, *, durable: bool = True) -> None:
    with database.transaction(durable=durable) as db:
        db.execute("insert into notes values (?)", (text,))


def notes(database: Database) -> list[str]:
    return [row[0] for row in database.rows("select text from notes")]


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
def test_a_durable_transaction_waits_for_the_disk_and_a_light_one_does_not(
    database: Database, durable: bool, synchronous: int
) -> None:
    with database.transaction(durable=durable) as db:
        assert db.pragma("synchronous") == synchronous
    write(database, "kept", durable=durable)
    assert notes(database) == ["kept"]


def test_a_transaction_that_fails_writes_nothing(database: Database) -> None:
    def half() -> None:
        with database.transaction() as db:
            db.execute("insert into notes values ('half')")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert notes(database) == []
    write(database, "whole")
    assert notes(database) == ["whole"]


def test_threads_take_turns(database: Database) -> None:
    def add_one() -> None:
        with database.transaction(durable=False) as db:
            ((count,),) = db.execute("select count(*) from notes")
            db.execute("insert into notes values (?)", (str(count),))

    threads = [threading.Thread(target=add_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert notes(database) == [str(n) for n in range(20)]


def test_a_transaction_inside_another_is_refused_and_both_are_undone(database: Database) -> None:
    def nested() -> None:
        with database.transaction() as outer:
            outer.execute("insert into notes values ('outer')")
            write(database, "inner")

    with pytest.raises(StorageError):
        nested()
    assert notes(database) == []


@pytest.mark.parametrize("kind", APSW_ERRORS, ids=lambda kind: kind.__name__)
def test_no_error_of_the_driver_escapes(database: Database, kind: type[apsw.Error]) -> None:
    with pytest.raises(StorageError) as caught, database.transaction():
        raise kind("select 'a text that is nobody's business'")
    assert str(database.path) in caught.value.what
    assert "business" not in str(caught.value)
    assert caught.value.what.endswith(".")
    assert caught.value.fix.endswith(".")
    assert isinstance(caught.value, DamagedDatabase) == issubclass(
        kind, apsw.CorruptError | apsw.NotADBError
    )


def test_a_wrong_statement_is_a_storage_error(database: Database) -> None:
    with pytest.raises(StorageError, match=r"failed: SQLError\. Run `homeward doctor`"):
        database.rows("select nothing from nowhere")


def test_a_closed_database_says_so_in_the_same_way(database: Database) -> None:
    database.close()
    with pytest.raises(StorageError):
        database.rows("select 1")


def test_another_programs_write_lock_is_waited_for_and_then_named(database: Database) -> None:
    other = apsw.Connection(str(database.path))
    other.execute("begin exclusive; insert into notes values ('theirs')")
    with pytest.raises(StorageError) as refused:
        write(database, "ours")
    assert str(refused.value) == (
        f"The database {database.path} is locked by another program. "
        "Close what holds it, then try again."
    )
    assert notes(database) == []
    other.execute("commit")
    other.close()
    write(database, "ours")
    assert notes(database) == ["theirs", "ours"]


def test_a_database_that_may_not_grow_any_more_keeps_what_it_has(database: Database) -> None:
    write(database, "before")
    ((pages,),) = database.rows("pragma page_count")
    database.rows(f"pragma max_page_count = {pages}")
    with pytest.raises(StorageError) as refused:
        write(database, "x" * 100_000)
    assert str(refused.value) == (
        f"The database {database.path} cannot grow: the disk is full. "
        "Free some space; nothing was lost."
    )
    assert notes(database) == ["before"]
    database.rows("pragma max_page_count = 1000000")
    write(database, "after")
    assert notes(database) == ["before", "after"]


def test_a_disk_that_stops_taking_bytes_leaves_the_database_whole(database: Database) -> None:
    write(database, "before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(StorageError) as refused:
            write(database, "x" * 5_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value) == (
        f"The database {database.path} cannot be read or written. "
        "Check the disk, and whether it is full."
    )
    assert notes(database) == ["before"]
    write(database, "after")
    assert notes(database) == ["before", "after"]
    assert database.rows("pragma integrity_check") == [("ok",)]
