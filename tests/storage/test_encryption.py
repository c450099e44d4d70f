"""An encrypted database: no word of it on the disk, and a sentence where key and file disagree."""

import sys
from pathlib import Path

import apsw
import pytest

from storage import Database, StorageError
from storage.encryption import can_encrypt
from storage.errors import CannotEncrypt, DamagedDatabase, KeyMismatch
from storage.migrations import Migration
from tests.encrypting import on_disk, said, started, until

CANARY = "canary-7f3a"
KEY = bytes(range(32))


def noted(db: apsw.Connection) -> None:
    db.execute("create table notes (id integer primary key, text text)")


NOTES: tuple[Migration, ...] = (noted,)

OPEN = """
import sys
from pathlib import Path
from storage import Database
from storage.errors import StorageError
def noted(db):
    db.execute("create table notes (id integer primary key, text text)")
path, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]) or None
try:
    db = Database(path, (noted,), key=key)
except StorageError as error:
    print(type(error).__name__, error)
    sys.exit()
"""

WRITE = """
for number in range(3000):
    with db.transaction(durable=False) as tx:
        tx.execute("insert into notes (text) values (?)", (f"canary-7f3a {number} " * 100,))
        tx.execute("update notes set text = text || ' canary-7f3a' where id = ?", (number // 2,))
        tx.execute("delete from notes where id = ?", (number // 3,))
        tx.execute("select text from notes order by text desc").fetchall()
    if number == 200:
        print("well under way", flush=True)
"""

READ = """
print(db.rows("select count(*) > 100, sum(text not like 'canary-7f3a%') from notes"))
print(db.rows("pragma temp_store"), db.rows("pragma integrity_check"))
"""


@pytest.mark.parametrize(
    ("key", "found"), [(KEY, False), (b"", True)], ids=["encrypted", "in plain text"]
)
def test_a_killed_writer_leaves_no_word_on_the_disk_if_it_had_a_key(
    tmp_path: Path, key: bytes, found: bool
) -> None:
    where = (str(tmp_path / "notes.db"), key.hex())
    with started(OPEN + WRITE, *where, TMPDIR=str(tmp_path)) as process:
        until(process, "well under way")
        process.kill()
    assert (tmp_path / "notes.db-wal").stat().st_size > 100_000
    assert (CANARY.encode() in on_disk(tmp_path)) is found
    assert said(OPEN + READ, *where) == "[(1, 0)]\n[(2,)] [('ok',)]\n"
    assert (CANARY.encode() in on_disk(tmp_path)) is found
    assert KEY not in on_disk(tmp_path)
    assert KEY.hex().encode() not in on_disk(tmp_path)


FEW = """
with db.transaction() as tx:
    tx.execute("insert into notes (text) values ('canary-7f3a')")
db.close()
"""
OTHER = bytes(reversed(KEY))


@pytest.mark.parametrize(
    ("written", "read", "says"),
    [
        (KEY, OTHER, "was encrypted with another key. Bring the key back, or erase the file."),
        (b"", KEY, "is not encrypted, and should be. Move it aside, or erase it."),
        (KEY, b"", "is encrypted, and no key was given. Give the key, or erase the file."),
    ],
    ids=["another key", "plain", "no key"],
)
def test_a_key_that_does_not_fit_the_file_is_told_and_the_file_left_as_it_was(
    tmp_path: Path, written: bytes, read: bytes, says: str
) -> None:
    path = tmp_path / "notes.db"
    said(OPEN + FEW, str(path), written.hex())
    before = path.read_bytes()
    assert said(OPEN, str(path), read.hex()) == f"KeyMismatch The database {path} {says}\n"
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", [KEY, b""], ids=["with a key", "without"])
def test_a_file_that_is_no_database_is_damaged_with_any_key(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"Dear diary, this is not a database. " * 200)
    out = said(OPEN, str(path), key.hex())
    assert out.startswith(f"{DamagedDatabase.__name__} The database {path} is damaged.")


def test_the_common_sqlite_knows_an_encrypted_file_from_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    said(OPEN + FEW, str(path), KEY.hex())
    with pytest.raises(KeyMismatch, match="is encrypted, and no key was given"):
        Database(path, NOTES)


def test_a_sqlite_that_cannot_encrypt_is_not_trusted_with_a_key(tmp_path: Path) -> None:
    assert not can_encrypt()
    path = tmp_path / "notes.db"
    with pytest.raises(CannotEncrypt) as refused:
        Database(path, NOTES, key=KEY)
    assert str(refused.value) == (
        f"The database {path} is to be encrypted, and the SQLite that is installed cannot. "
        f"Run `{sys.executable} -m pip install --force-reinstall --no-deps apsw-sqlite3mc`, "
        "again after each upgrade of apsw."
    )
    assert isinstance(refused.value, StorageError)
    assert not path.exists()


def test_a_key_of_another_length_is_refused_rather_than_taken_for_a_password(
    tmp_path: Path,
) -> None:
    program = """
from pathlib import Path
import sys
from storage import Database
try:
    Database(Path(sys.argv[1]), (), key=b"short")
except ValueError as error:
    print(error)
"""
    assert said(program, str(tmp_path / "notes.db")) == "a key has 32 bytes\n"
    assert on_disk(tmp_path) == b""
