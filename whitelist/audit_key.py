"""The key that seals the audit log: in the system keyring, or in a file where a person says so."""

import os
import secrets
from pathlib import Path
from typing import Protocol

from whitelist.audit_files import append, make_folder, open_private
from whitelist.errors import AuditError, NoKeyring
from whitelist.system_keyring import SystemKeyring

NAME = "audit-key"
_BYTES = 32


class AuditKey(Protocol):
    """Keeps 32 bytes for nobody but this person. Every method may block.

    Raises:
        AuditError: it cannot be read or kept; nothing may be sent.
    """

    def read(self) -> bytes | None:
        """The key, or None where there is none."""
        ...

    def make(self) -> bytes:
        """A new key, kept before this returns. Only for a log that has no line yet."""
        ...


class FileKey:
    """`AuditKey` in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        try:
            with open_private(self._path, os.O_RDONLY) as file:
                return _checked(file.read(_BYTES + 1), str(self._path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error

    def make(self) -> bytes:
        """Moved into place whole: another process may be reading at this moment."""
        key = secrets.token_bytes(_BYTES)
        beside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            make_folder(self._path.parent)
            try:
                with open_private(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
                    append(file, 0, key)
                beside.replace(self._path)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        return key

    def _unusable(self, error: OSError) -> AuditError:
        return AuditError(
            f"The audit log's key {self._path} cannot be used: {error.strerror or error}.",
            fix="Check the disk and who owns the file; nothing is sent meanwhile.",
        )


class KeyringKey:
    """`AuditKey` in the system keyring, in hexadecimal."""

    def __init__(self, keyring: SystemKeyring) -> None:
        self._keyring = keyring

    def read(self) -> bytes | None:
        try:
            kept = self._keyring.get(NAME)
        except NoKeyring as error:
            raise _unusable(error) from error
        try:
            return None if kept is None else _checked(bytes.fromhex(kept), "The keyring's entry")
        except ValueError:
            return _checked(b"", "The keyring's entry")

    def make(self) -> bytes:
        key = secrets.token_bytes(_BYTES)
        try:
            self._keyring.set(NAME, key.hex())
        except NoKeyring as error:
            raise _unusable(error) from error
        return key


def _checked(key: bytes, where: str) -> bytes:
    if len(key) != _BYTES:
        raise AuditError(
            f"{where} is not the key of an audit log.",
            fix="Put the right one back, or begin a new log with `homeward audit restart`.",
        )
    return key


def _unusable(error: NoKeyring) -> AuditError:
    return AuditError(
        f"{error.what} The audit log needs its key from there, so nothing is sent to a cloud; "
        "local models go on.",
        fix="Unlock or install a keyring (GNOME Keyring, KWallet, KeePassXC). Where there can be "
        'none, write `audit_key = "file"` under [privacy] in homeward.toml: the key then lies in '
        "the file audit.key, which only you can read.",
    )
