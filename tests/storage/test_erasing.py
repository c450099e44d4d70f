"""What was deleted is in no byte of a file, however the deletion went."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from storage import Database, StorageError
from storage.erasing import erase
from storage.migrations import Migration
from tests.encrypting import on_disk, started, until

CANARY = b"canary-5c1e"
KEPT = b"kept-91aa"


def noted(db: apsw.Connection) -> None:
    db.execute("create table notes (id integer primary key, text text)")
    db.execute("create index notes_by_text on notes (text)")


NOTES: tuple[Migration, ...] = (noted,)


def filled(path: Path) -> Database:
    """Canaries between what is to be kept, in rows of every size; some pages were moved about."""
    database = Database(path, NOTES, busy_timeout_ms=30)
    for number in range(300):
        word = (CANARY if number % 3 == 0 else KEPT).decode()
        with database.transaction(durable=False) as db:
            text = f"{word} {number} " * (1 + number % 7 * 60)
            db.execute("insert into notes (text) values (?)", (text,))
    return database


def delete(database: Database) -> None:
    """As a program would that does not overwrite what it frees."""
    with closing(apsw.Connection(str(database.path))) as db:
        db.pragma("secure_delete", False)
        db.execute("delete from notes where text like 'canary%'")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(filled(tmp_path / "home.db")) as database:
        yield database


def test_after_scrubbing_nothing_deleted_is_in_any_file_and_the_rest_is_there(
    database: Database, tmp_path: Path
) -> None:
    with closing(Database(database.path, NOTES)) as other:
        assert other.rows("select count(*) from notes") == [(300,)]
        delete(database)
        assert CANARY in on_disk(tmp_path)
        assert database.scrub()
        assert CANARY not in on_disk(tmp_path)
        assert KEPT in on_disk(tmp_path)
        assert other.rows("select count(*) from notes") == [(200,)]
        assert other.sound()


def test_while_another_reads_an_older_state_it_is_said_not_to_be_done(
    database: Database, tmp_path: Path
) -> None:
    other = apsw.Connection(str(database.path))
    other.execute("begin")
    assert len(other.execute("select * from notes").fetchall()) == 300
    delete(database)
    assert not database.scrub()
    assert database.rows("select count(*) from notes where text like 'canary%'") == [(0,)]
    assert CANARY in on_disk(tmp_path)
    other.execute("commit")
    assert database.scrub()
    assert CANARY not in on_disk(tmp_path)
    other.close()


def test_while_another_writes_it_is_said_not_to_be_done(database: Database, tmp_path: Path) -> None:
    delete(database)
    other = apsw.Connection(str(database.path))
    other.execute("begin immediate")
    assert not database.scrub()
    other.execute("rollback")
    other.close()
    assert database.scrub()
    assert CANARY not in on_disk(tmp_path)


KILLED = """
import sys
from pathlib import Path
from tests.storage.test_erasing import delete, filled
database = filled(Path(sys.argv[1]))
delete(database)
print("deleted", flush=True)
sys.stdin.read()
"""


def test_after_a_kill_between_deleting_and_scrubbing_the_next_scrub_finishes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home.db"
    with started(KILLED, str(path)) as process:
        until(process, "deleted")
        process.kill()
    assert CANARY in on_disk(tmp_path)
    with closing(Database(path, NOTES)) as database:
        assert database.scrub()
    assert CANARY not in on_disk(tmp_path)
    assert KEPT in on_disk(tmp_path)


def test_an_erased_file_is_gone_and_was_overwritten_where_others_have_it_open(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home.db"
    with started(KILLED, str(path)) as process:
        until(process, "deleted")
        with path.open("rb") as file, Path(f"{path}-wal").open("rb") as log:
            erase(path)
            assert not any(file.read())
            assert not any(log.read())
    assert list(tmp_path.iterdir()) == []
    erase(path)  # which there is no more


def test_a_file_that_may_not_be_removed_is_told(plain_folder: Path) -> None:
    path = plain_folder / "home.db"
    path.write_bytes(CANARY)
    plain_folder.chmod(0o500)
    with pytest.raises(StorageError) as refused:
        erase(path)
    assert str(refused.value) == (
        f"The database {path} cannot be erased: Permission denied. "
        "Close what holds it, check who owns it, then try again."
    )
