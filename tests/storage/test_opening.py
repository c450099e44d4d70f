"""Opening a database: created for one person alone, or refused with a sentence that helps."""

import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from storage import Database, StorageError
from storage.errors import DamagedDatabase
from storage.migrations import HOME, Migration


def noted(db: apsw.Connection) -> None:
    db.execute("create table notes (text text)")


def dated(db: apsw.Connection) -> None:
    db.execute("alter table notes add at integer")


NOTES: tuple[Migration, ...] = (noted,)


def test_a_new_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "home.db"
    database = Database(path, HOME)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    database.close()


def test_a_missing_folder_that_cannot_be_made_is_named(plain_folder: Path) -> None:
    plain_folder.chmod(0o500)
    path = plain_folder / "data" / "home.db"
    with pytest.raises(StorageError) as refused:
        Database(path, HOME)
    assert str(refused.value) == (
        f"The database {path} cannot be opened: Permission denied. "
        "Make the folder writable, or set HOMEWARD_DATA_DIR to one that is."
    )


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"),
    [pytest.param(0o400, 0o700, id="the file"), pytest.param(0o600, 0o500, id="its folder")],
)
def test_a_database_that_may_only_be_read_is_called_read_only(
    plain_folder: Path, file_mode: int, folder_mode: int
) -> None:
    path = plain_folder / "home.db"
    Database(path, HOME).close()
    path.chmod(file_mode)
    plain_folder.chmod(folder_mode)
    with pytest.raises(StorageError) as refused:
        Database(path, HOME)
    assert str(refused.value) == (
        f"The database {path} is read-only. "
        "Make the file and its folder writable, or set HOMEWARD_DATA_DIR."
    )


def test_a_folder_in_the_databases_place_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        Database(tmp_path, HOME)


def test_a_file_that_is_no_database_is_called_damaged_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    path.write_text("Dear diary, this is not a database. " * 100, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(DamagedDatabase) as refused:
        Database(path, HOME)
    assert str(refused.value) == (
        f"The database {path} is damaged. "
        "Move it aside (Homeward makes a new one) and restore a backup if you have one."
    )
    assert path.read_bytes() == before


def test_a_database_with_a_damaged_page_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    database = Database(path, NOTES)
    with database.transaction() as db:
        db.executemany("insert into notes values (?)", [("word " * 200,)] * 200)
    database.close()
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 20 * 4096)
    database = Database(path, NOTES)
    with pytest.raises(DamagedDatabase):
        database.rows("select sum(length(text)) from notes")
    database.close()


def test_a_table_that_should_be_there_and_is_not_is_damage(tmp_path: Path) -> None:
    database = Database(tmp_path / "home.db", HOME)
    with pytest.raises(DamagedDatabase, match="is damaged"):
        database.rows("select * from no_such_table")
    database.close()


# --- schema ---------------------------------------------------------------------------------


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    Database(path, (*NOTES, lambda db: None, lambda db: None)).close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as refused:
        Database(path, NOTES)
    assert str(refused.value) == (
        "The database was written by a newer Homeward (schema 3, this one knows 1). "
        "Upgrade Homeward."
    )
    assert path.read_bytes() == before


def test_an_older_schema_takes_only_the_steps_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    Database(path, NOTES).close()
    database = Database(path, (*NOTES, dated))
    assert database.rows("select text, at from notes") == []
    assert database.rows("pragma user_version") == [(2,)]
    database.close()


def test_a_step_that_fails_leaves_the_schema_as_it_was(tmp_path: Path) -> None:
    def broken(db: apsw.Connection) -> None:
        db.execute("create table half (done)")
        db.execute("no such statement")

    path = tmp_path / "home.db"
    Database(path, NOTES).close()
    with pytest.raises(StorageError):
        Database(path, (*NOTES, broken))
    database = Database(path, NOTES)
    assert database.rows("select name from sqlite_schema where name = 'half'") == []
    database.close()


OPEN_WHEN_TOLD = """
import sys
from pathlib import Path
from storage import Database
from storage.migrations import HOME
print("ready", flush=True)
sys.stdin.readline()
Database(Path(sys.argv[1]), HOME).close()
"""


@pytest.mark.parametrize("attempt", range(3))
def test_processes_that_start_at_once_migrate_once(tmp_path: Path, attempt: int) -> None:
    path = tmp_path / "home.db"
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_WHEN_TOLD, str(path)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for starter in starters:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    ends = [(starter.communicate()[1], starter.returncode) for starter in starters]
    assert ends == [("", 0)] * 4
    database = Database(path, HOME)
    assert database.rows("pragma user_version") == [(len(HOME),)]
    assert database.rows("pragma journal_mode") == [("wal",)]
    database.close()


# --- next to others -------------------------------------------------------------------------


def test_a_database_that_another_program_keeps_locked_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    other = apsw.Connection(str(path))
    other.execute("begin exclusive; create table theirs (x)")
    with pytest.raises(StorageError) as refused:
        Database(path, HOME, busy_timeout_ms=30)
    assert str(refused.value) == (
        f"The database {path} is locked by another program. Close what holds it, then try again."
    )
    other.close()


# The 510 bytes at 0x40000002 are what every open connection keeps locked (SQLite's os.h).
TAKE_THE_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
    except OSError:
        print("held")
"""


def test_opening_a_file_again_does_not_lose_this_processs_lock_on_it(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    ours = Database(path, NOTES)
    Database(path, NOTES).close()
    other = subprocess.run(
        [sys.executable, "-c", TAKE_THE_LOCK, str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert other.stdout == "held\n"
    ours.close()
