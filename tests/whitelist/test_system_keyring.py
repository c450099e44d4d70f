"""The keyring of the operating system: a real one, or a sentence that says why there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyrings
from whitelist.system_keyring import WINDOWS_LIMIT, too_long

ROOT = Path(__file__).parents[2]
HEAD = """
import sys
from whitelist import AuditError, KeyringKey, NoKeyring, SystemKeyring
ring = SystemKeyring(patience=0.5)
def told(work):
    try:
        print(work())
    except (AuditError, NoKeyring) as error:
        print(type(error).__name__, error, repr(error.__cause__), error.__suppress_context__)
"""


def said(tmp_path: Path, backend: str, code: str, **environ: str) -> str:
    """What a program prints on a machine with that keyring."""
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHON_KEYRING_BACKEND": backend,
        "KEPT_IN": str(tmp_path / "kept.json"),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code],
        env=variables | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_what_is_kept_is_found_by_the_next_process_until_it_is_removed(tmp_path: Path) -> None:
    code = "print(ring.get('a')); ring.set('a', 'word')"
    assert said(tmp_path, keyrings.KEPT, code) == "None\n"
    code = "print(ring.get('a'), ring.remove('a'), ring.remove('a'), ring.get('a'))"
    assert said(tmp_path, keyrings.KEPT, code) == "word True False None\n"


UNFIT = {
    keyrings.NONE: "no system keyring that can be used",
    keyrings.FORGETFUL: "no system keyring that can be used",
    keyrings.PLAIN: "no system keyring that can be used",
    keyrings.SILENT: "does not answer",
    keyrings.LOCKED: "cannot be used (KeyringLocked)",
}


@pytest.mark.parametrize(
    ("backend", "why"), UNFIT.items(), ids=[b.split(".")[-2:][1] for b in UNFIT]
)
def test_a_keyring_that_is_unfit_is_refused_with_the_reason(
    tmp_path: Path, backend: str, why: str
) -> None:
    code = "told(lambda: ring.get('a')); told(lambda: ring.set('a', 'word'))"
    lines = said(tmp_path, backend, code).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("NoKeyring") and why in line for line in lines)
    assert not (tmp_path / "kept.json").exists()


def test_in_a_chain_what_keeps_plain_text_is_passed_over(tmp_path: Path) -> None:
    code = """
import tests.keyrings
print([type(b).__name__ for b in __import__('keyring').get_keyring().backends][:2])
ring.set('a', 'word')
from whitelist.system_keyring import _backend
print(type(_backend()).__name__)
"""
    chain = said(tmp_path, keyrings.CHAIN, code)
    assert chain == "['PlaintextKeyring', 'Kept']\nKept\n"


def test_every_keyring_of_keyrings_alt_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "site" / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from tests.keyrings import Kept\nclass EncryptedKeyring(Kept): pass\n"
    )
    path = os.pathsep.join([str(ROOT), str(tmp_path / "site")])
    out = said(
        tmp_path,
        "keyrings.alt.file.EncryptedKeyring",
        "told(lambda: ring.get('a'))",
        PYTHONPATH=path,
    )
    assert "no system keyring that can be used" in out


def test_while_a_keyring_is_silent_nobody_waits_for_it_a_second_time(tmp_path: Path) -> None:
    code = """
import threading
told(lambda: ring.get('a'))
before = threading.active_count()
for _ in range(5):
    told(lambda: ring.get('a'))
print(threading.active_count() - before)
"""
    *lines, more = said(tmp_path, keyrings.SILENT, code).splitlines()
    assert len(lines) == 6
    assert all("does not answer" in line for line in lines)
    assert more == "0"


def test_what_a_keyring_says_is_not_repeated(tmp_path: Path) -> None:
    out = said(tmp_path, keyrings.TALKATIVE, "told(lambda: ring.set('a', 'open-sesame'))")
    assert out == "NoKeyring The system keyring cannot be used (ValueError). None True\n"


@pytest.mark.parametrize(
    ("length", "platform", "refused"),
    [
        (WINDOWS_LIMIT, "win32", False),
        (WINDOWS_LIMIT + 1, "win32", True),
        (WINDOWS_LIMIT + 1, "linux", False),
        (WINDOWS_LIMIT + 1, "darwin", False),
    ],
)
def test_windows_has_no_room_for_a_long_one(length: int, platform: str, refused: bool) -> None:
    assert too_long("x" * length, platform) is refused


# --- the audit log's key --------------------------------------------------------------------


def test_the_audit_key_is_made_once_and_is_32_bytes(tmp_path: Path) -> None:
    code = "key = KeyringKey(ring); print(key.read()); print(len(key.make()), key.read().hex())"
    first = said(tmp_path, keyrings.KEPT, code).split()
    assert first[:2] == ["None", "32"]
    assert (
        said(tmp_path, keyrings.KEPT, "print(KeyringKey(ring).read().hex())").split() == first[2:]
    )


@pytest.mark.parametrize("backend", UNFIT, ids=[b.split(".")[-1] for b in UNFIT])
def test_without_a_keyring_the_way_out_is_said_exactly(tmp_path: Path, backend: str) -> None:
    out = said(tmp_path, backend, "told(KeyringKey(ring).read); told(KeyringKey(ring).make)")
    for line in out.splitlines():
        assert line.startswith("AuditError")
        assert "nothing is sent to a cloud; local models go on" in line
        assert '`audit_key = "file"` under [privacy] in homeward.toml' in line


@pytest.mark.parametrize("kept", ["", "zz", "00", "0" * 66])
def test_an_entry_that_is_no_key_is_told(tmp_path: Path, kept: str) -> None:
    code = f"ring.set('audit-key', {kept!r}); told(KeyringKey(ring).read)"
    assert "is not the key of an audit log" in said(tmp_path, keyrings.KEPT, code)
