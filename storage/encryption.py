"""Encrypts a whole database file, where SQLite3 Multiple Ciphers is installed in SQLite's place."""

import sys
from contextlib import closing
from pathlib import Path

import apsw

from storage.errors import CannotEncrypt, KeyMismatch

KEY_BYTES = 32

_PLAIN = b"SQLite format 3\0"
# Bytes 20 to 23 of a file are never encrypted. The first is the 32 bytes that this cipher keeps
# for itself on each page, the others are fixed by SQLite's file format.
_SEALED = bytes((32, 64, 32, 32))


def can_encrypt() -> bool:
    """Whether the module `apsw` comes from the distribution apsw-sqlite3mc.

    The distribution `apsw` puts its files in the same place, so the one installed last decides.
    """
    return hasattr(apsw, "mc_version")


def check_key(key: bytes, path: Path) -> None:
    """Refuse a key that cannot be used here, before there is a file.

    Raises:
        CannotEncrypt: this SQLite knows no ciphers. It would ignore the key without a word.
        ValueError: the key is not 32 bytes.
    """
    if not can_encrypt():
        raise CannotEncrypt(
            f"The database {path} is to be encrypted, and the SQLite that is installed cannot.",
            fix=f"Run `{sys.executable} -m pip install --force-reinstall --no-deps "
            "apsw-sqlite3mc`, again after each upgrade of apsw.",
        )
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")


def unlock(db: apsw.Connection, key: bytes) -> None:
    """Give the key; before anything else is read or written.

    ChaCha20-Poly1305 (RFC 8439), each page under its own nonce and tag, in the file and in its
    log. `raw:` says that the 32 bytes are the key itself and no password to derive one from.
    """
    db.pragma("cipher", "chacha20")
    db.pragma("key", f"raw:{key.hex()}")


def mismatch(path: Path, *, keyed: bool) -> KeyMismatch | None:
    """Why the file at `path` was no database to whoever came with this key, or with none.

    None where it is no database to anyone. A first page that was damaged in an encrypted file
    looks the same as a wrong key.
    """
    header = _header(path)
    plain, sealed = header.startswith(_PLAIN), header[20:24] == _SEALED
    if keyed and plain:
        what, fix = "is not encrypted, and should be", "Move it aside, or erase it."
    elif keyed and sealed:
        what, fix = "was encrypted with another key", "Bring the key back, or erase the file."
    elif not keyed and sealed and not plain:
        what, fix = "is encrypted, and no key was given", "Give the key, or erase the file."
    else:
        return None
    return KeyMismatch(f"The database {path} {what}.", fix=fix)


def _header(path: Path) -> bytes:
    """The first bytes as they lie on the disk, through SQLite: only it may open and close the file
    while this process holds locks on it (sqlite.org/howtocorrupt.html §2.2).
    """
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        return db.read("main", 0, 0, 24)[1]
