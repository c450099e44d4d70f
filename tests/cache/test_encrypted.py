"""The encrypted store: it serves as the plain one does, and a reader of the disk learns nothing."""

from contextlib import closing
from pathlib import Path

import pytest

from cache import SemanticCache, SqliteAnswers, Vetoes
from storage.errors import CannotEncrypt
from tests.cache.conftest import WordEmbed, answer, asked
from tests.cache.test_forgetting import CANARY, cached, canaries, fill, left_on
from tests.encrypting import on_disk, said, started, until

HEAD = """
import sys
from contextlib import closing
from pathlib import Path
from cache import SemanticCache, SqliteAnswers, Vetoes, forget
from tests.cache.conftest import Clock, answer, asked
from tests.cache.test_forgetting import DenseEmbed, canary, fill, named, told
folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
path = folder / "cache-encrypted.db"
store = SqliteAnswers(path, key=lambda: key, instead_of=folder / "cache.db")
cache = SemanticCache(
    store, encoder=DenseEmbed, guard=Vetoes(), threshold=0.5, clock=Clock()
)
"""
KEY, OTHER = "01" * 32, "02" * 32


def test_a_store_with_a_key_says_that_it_encrypts(tmp_path: Path) -> None:
    assert SqliteAnswers(tmp_path / "a.db", key=lambda: b"").encrypted
    assert not SqliteAnswers(tmp_path / "a.db").encrypted
    assert not cached(tmp_path / "a.db").encrypted


def test_it_remembers_and_finds_by_likeness_over_processes_and_nothing_lies_in_the_open(
    tmp_path: Path,
) -> None:
    program = 'fill(cache)\nprint("filled", flush=True)\nsys.stdin.read()'
    with started(HEAD + program, str(tmp_path), KEY) as process:
        until(process, "filled")
        process.kill()
    assert len(on_disk(tmp_path)) > 300_000
    assert left_on(tmp_path) == 0
    program = """
assert all(cache.exact(asked(named(n), f"{n // 40}" * 64)).text == told(n) for n in range(120))
assert all(cache.similar(asked(named(n).lower(), f"{n // 40}" * 64)).text == told(n)
    for n in range(120))
assert cache.remember(asked("one more"), answer()) and cache.notice is None
print(cache.encrypted, cache.stats().vectors)
"""
    assert said(HEAD + program, str(tmp_path), KEY) == "True 121\n"
    assert left_on(tmp_path) == 0


def test_the_plain_cache_is_erased_when_the_encrypted_one_is_opened(tmp_path: Path) -> None:
    plain, aside = tmp_path / "cache.db", tmp_path / "cache.db.damaged-20261130-120000"
    with closing(cached(aside)) as cache:
        fill(cache)
    with closing(cached(plain)) as cache:
        fill(cache)
        assert left_on(tmp_path) == len(canaries())
        said(HEAD + "assert cache.stats().entries == 0", str(tmp_path), KEY)
        assert left_on(tmp_path) == 0
        assert not plain.exists()
        # A process that still works without a key goes on with a plain cache of its own.
        assert cache.exact(asked("anything")) is None
        assert cache.remember(asked("anything"), answer())


def test_with_another_key_a_new_cache_is_begun_and_that_is_said(tmp_path: Path) -> None:
    said(HEAD + "fill(cache)", str(tmp_path), KEY)
    program = """
assert cache.stats().entries == 0
assert cache.remember(asked("anything"), answer())
print(cache.notice)
"""
    assert said(HEAD + program, str(tmp_path), OTHER) == (
        "The remembered answers could not be read with the key there is now; they were erased "
        "and a new cache was begun.\n"
    )
    assert said(HEAD + "print(cache.stats().entries, cache.notice)", str(tmp_path), OTHER) == (
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
    cache = SemanticCache(store, encoder=WordEmbed, guard=Vetoes())
    assert not cache.remember(asked(f"Where is {CANARY}?"), answer(CANARY))
    assert cache.exact(asked(f"Where is {CANARY}?")) is None
    assert cache.notice is not None
    assert says in cache.notice
    assert cache.encrypted
    assert on_disk(tmp_path) == b""


def test_forgetting_works_on_it_with_the_key_and_takes_all_of_it_with_another(
    tmp_path: Path,
) -> None:
    program = """
fill(cache)
print(forget(path, canary, key=lambda: key))
print(cache.stats().entries, cache.stats().vectors)
cache.close()
print(forget(path, canary, key=lambda: bytes(32)), path.exists())
"""
    path = tmp_path / "cache-encrypted.db"
    assert said(HEAD + program, str(tmp_path), KEY).splitlines() == [
        "Forgotten(answers=40, whole=(), finished=True)",
        "80 80",
        f"Forgotten(answers=0, whole=('The database {path} was encrypted with another key.',), "
        "finished=True) False",
    ]
