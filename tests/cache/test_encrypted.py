"""The encrypted store: it serves as the plain one does, and a reader of the disk learns nothing."""

from pathlib import Path

import pytest

from cache.sqlite import SqliteAnswers
from storage import StorageError
from storage.errors import CannotEncrypt
from tests.cache.storing import entry, exact
from tests.cache.test_forgetting import CANARY, cached, canaries, fill, left_on
from tests.encrypting import on_disk, said, started, until

HEAD = """
import sys
from pathlib import Path
from cache.sqlite import SqliteAnswers, forget
from tests.cache.storing import entry, exact, nearest
from tests.cache.test_forgetting import canary, fill, named, scope, told
folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
path = folder / "cache-encrypted.db"
store = SqliteAnswers(path, key=lambda: key, instead_of=folder / "cache.db")
"""
KEY, OTHER = "01" * 32, "02" * 32


def test_a_store_with_a_key_says_that_it_encrypts(tmp_path: Path) -> None:
    assert SqliteAnswers(tmp_path / "a.db", key=lambda: b"").encrypted
    assert not SqliteAnswers(tmp_path / "a.db").encrypted


def test_it_remembers_and_finds_by_likeness_over_processes_and_nothing_lies_in_the_open(
    tmp_path: Path,
) -> None:
    program = 'fill(store)\nprint("filled", flush=True)\nsys.stdin.read()'
    with started(HEAD + program, str(tmp_path), KEY) as process:
        until(process, "filled")
        process.kill()
    assert len(on_disk(tmp_path)) > 200_000
    assert left_on(tmp_path) == 0
    program = """
numbers = range(120)
assert all(exact(store, named(n), scope=scope(n)) == told(n) for n in numbers)
assert all(nearest(store, named(n), scope=scope(n)) == told(n) for n in numbers)
store.put(entry("one more"))
print(store.encrypted, store.contents().vectors, store.notice)
"""
    assert said(HEAD + program, str(tmp_path), KEY) == "True 121 None\n"
    assert left_on(tmp_path) == 0


def test_the_plain_cache_is_erased_when_the_encrypted_one_is_opened(tmp_path: Path) -> None:
    plain, aside = tmp_path / "cache.db", tmp_path / "cache.db.damaged-20261130-120000"
    with cached(aside) as store:
        fill(store)
    with cached(plain) as store:
        fill(store)
        assert left_on(tmp_path) == len(canaries())
        said(HEAD + "assert store.contents().entries == 0", str(tmp_path), KEY)
        assert left_on(tmp_path) == 0
        assert not plain.exists()
        # A process that still works without a key goes on with a plain cache of its own.
        assert exact(store, "anything") is None
        store.put(entry("anything"))


def test_with_another_key_a_new_cache_is_begun_and_that_is_said(tmp_path: Path) -> None:
    said(HEAD + "fill(store)", str(tmp_path), KEY)
    program = """
assert store.contents().entries == 0
store.put(entry("anything"))
print(store.notice)
"""
    assert said(HEAD + program, str(tmp_path), OTHER) == (
        "The remembered answers could not be read with the key there is now; they were erased "
        "and a new cache was begun.\n"
    )
    assert said(HEAD + "print(store.contents().entries, store.notice)", str(tmp_path), OTHER) == (
        "1 None\n"
    )


def no_keyring() -> bytes:
    raise CannotEncrypt("There is no keyring.", fix="Install one.")


@pytest.mark.parametrize(
    ("key", "says"),
    [(no_keyring, "There is no keyring."), (lambda: bytes(32), "to be encrypted, and the SQLite")],
    ids=["no key", "no ciphers"],
)
def test_what_cannot_be_encrypted_is_not_remembered_and_that_is_said(
    tmp_path: Path, key: "object", says: str
) -> None:
    store = SqliteAnswers(tmp_path / "cache-encrypted.db", key=key)  # type: ignore[arg-type]
    for attempt in (lambda: store.put(entry(CANARY)), lambda: exact(store, CANARY)):
        with pytest.raises(StorageError, match=says):
            attempt()
    assert store.encrypted
    assert on_disk(tmp_path) == b""


def test_forgetting_works_on_it_with_the_key_and_takes_all_of_it_with_another(
    tmp_path: Path,
) -> None:
    program = """
fill(store)
print(forget(path, canary, key=lambda: key))
print(store.contents().entries, store.contents().vectors)
store.close()
print(forget(path, canary, key=lambda: bytes(32)), path.exists())
"""
    path = tmp_path / "cache-encrypted.db"
    assert said(HEAD + program, str(tmp_path), KEY).splitlines() == [
        "Forgotten(answers=40, whole=(), finished=True)",
        "80 80",
        f"Forgotten(answers=0, whole=('The database {path} was encrypted with another key.',), "
        "finished=True) False",
    ]
