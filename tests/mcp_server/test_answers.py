"""Where remembered answers lie, and the key that encrypts them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_server.answers import CacheKey, answers
from mcp_server.settings import load
from storage.errors import CannotEncrypt
from tests import keyrings
from tests.encrypting import ROOT
from tests.homes import Home
from whitelist.system_keyring import SystemKeyring

HEAD = """
import sys
from pathlib import Path
from mcp_server.answers import CacheKey
from storage.errors import CannotEncrypt
from whitelist.system_keyring import SystemKeyring
key = CacheKey(Path(sys.argv[1]) / "cache.key", SystemKeyring(patience=0.5))
def told(work):
    try:
        print(work().hex())
    except CannotEncrypt as error:
        print(error)
"""


def said(folder: Path, program: str, backend: str = keyrings.KEPT) -> str:
    """What a program prints on a machine with that keyring."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": backend,
        "KEPT_IN": str(folder / "kept.json"),
    }
    done = subprocess.run(
        [sys.executable, "-c", HEAD + program, str(folder)],
        env=environ, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_key_is_made_once_and_is_the_same_in_every_process(tmp_path: Path) -> None:
    assert said(tmp_path, "told(key.read)") == "The key of the encrypted cache is gone.\n"
    made = said(tmp_path, "told(key.read_or_make)")
    assert len(made) == 65
    assert said(tmp_path, "told(key.read_or_make); told(key.read)") == made * 2
    assert not (tmp_path / "cache.key").exists()


def test_processes_that_need_the_first_key_at_once_agree_on_one(tmp_path: Path) -> None:
    program = """
import threading
with __import__("concurrent.futures").futures.ThreadPoolExecutor(8) as pool:
    keys = [CacheKey(Path(sys.argv[1]) / "cache.key", None) for _ in range(8)]
    print(len({made for made in pool.map(lambda each: each.read_or_make(), keys)}))
"""
    assert said(tmp_path, program) == "1\n"


@pytest.mark.parametrize(
    "backend", [keyrings.NONE, keyrings.PLAIN, keyrings.SILENT, keyrings.LOCKED]
)
def test_without_a_keyring_there_is_no_key_and_the_way_out_is_told(
    tmp_path: Path, backend: str
) -> None:
    out = said(tmp_path, "told(key.read_or_make)", backend)
    assert "The cache is encrypted with a key from there, so nothing is remembered." in out
    assert 'write `cache_key = "file"` under [privacy] in homeward.toml' in out
    assert not (tmp_path / "cache.key").exists()


def test_a_key_in_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "cache.key"
    made = CacheKey(path, None).read_or_make()
    assert len(made) == 32
    assert CacheKey(path, None).read() == CacheKey(path, None).read_or_make() == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_file_that_is_no_key_is_not_used_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cache.key"
    path.write_bytes(content)
    with pytest.raises(CannotEncrypt, match=r"cache\.key is not the key of a cache\."):
        CacheKey(path, None).read_or_make()
    assert path.read_bytes() == content


def test_a_keyrings_entry_that_is_no_key_is_not_used(tmp_path: Path) -> None:
    program = "SystemKeyring().set('cache-key', 'not hexadecimal'); told(key.read_or_make)"
    assert "The keyring's entry cache-key is not the key of a cache." in said(tmp_path, program)


def test_a_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cache.key"
    path.mkdir()
    with pytest.raises(CannotEncrypt, match="cannot be used: Is a directory"):
        CacheKey(path, None).read_or_make()


@pytest.mark.parametrize(("line", "encrypted"), [("", False), ("encrypted = true", True)])
def test_the_store_is_the_one_that_the_settings_ask_for(
    home: Home, line: str, encrypted: bool
) -> None:
    home.settings(f"[cache]\n{line}\n")
    store = answers(load(home.places.settings, {}), home.places, SystemKeyring())
    assert store.encrypted is encrypted
    assert not home.places.cache_database.exists()
    assert not home.places.encrypted_cache.exists()
