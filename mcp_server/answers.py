"""Where remembered answers lie: in plain text, or encrypted under a key of the person's own."""

import os
import secrets
from pathlib import Path

from cache import Limits, SqliteAnswers
from mcp_server.places import Places
from mcp_server.settings import Settings
from storage.encryption import KEY_BYTES
from storage.errors import CannotEncrypt
from whitelist.audit_files import append, make_folder, open_private
from whitelist.errors import NoKeyring
from whitelist.locks import locked
from whitelist.system_keyring import SystemKeyring

NAME = "cache-key"


class CacheKey:
    """The 32 bytes that encrypt the cache: in the keyring, or in a file where there is none.

    Every method may block for the disk or the keyring.

    Raises:
        CannotEncrypt: the key cannot be read or kept.
    """

    def __init__(self, file: Path, keyring: SystemKeyring | None) -> None:
        self._file = file
        self._keyring = keyring

    def read(self) -> bytes:
        """The key that there is."""
        key = self._read()
        if key is None:
            raise CannotEncrypt("The key of the encrypted cache is gone.")
        return key

    def read_or_make(self) -> bytes:
        """The key, made when it is first needed: once, also when several processes need it."""
        if (key := self._read()) is not None:
            return key
        try:
            make_folder(self._file.parent)
            with locked(self._file.with_name(f"{self._file.name}.lock")):
                return self._read() or self._make()
        except OSError as error:
            raise self._unusable(error) from error

    def _read(self) -> bytes | None:
        try:
            key = self._from_file() if self._keyring is None else _from_keyring(self._keyring)
        except ValueError:
            key = b""
        except OSError as error:
            raise self._unusable(error) from error
        if key is not None and len(key) != KEY_BYTES:
            where = self._file if self._keyring is None else f"The keyring's entry {NAME}"
            raise CannotEncrypt(
                f"{where} is not the key of a cache.",
                fix="Put the right one back, or delete it: then a new cache is begun.",
            )
        return key

    def _make(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        if self._keyring is None:
            with open_private(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
                append(file, 0, key)
            return key
        try:
            self._keyring.set(NAME, key.hex())
        except NoKeyring as error:
            raise _without_keyring(error) from error
        return key

    def _from_file(self) -> bytes | None:
        try:
            with open_private(self._file, os.O_RDONLY) as file:
                return file.read(KEY_BYTES + 1)
        except FileNotFoundError:
            return None

    def _unusable(self, error: OSError) -> CannotEncrypt:
        return CannotEncrypt(
            f"The key of the cache {self._file} cannot be used: {error.strerror or error}.",
            fix="Check the disk and who owns the file.",
        )


def answers(settings: Settings, places: Places, keyring: SystemKeyring) -> SqliteAnswers:
    """The store that the settings ask for. Nothing is opened, and no key asked for, yet."""
    limits = Limits(max_entries=settings.cache.max_entries, max_bytes=settings.cache.max_mb * 2**20)
    if not settings.cache.encrypted:
        return SqliteAnswers(places.cache_database, limits=limits)
    in_file = settings.privacy.cache_key == "file"
    key = CacheKey(places.cache_key, None if in_file else keyring)
    return SqliteAnswers(
        places.encrypted_cache,
        key=key.read_or_make,
        instead_of=places.cache_database,
        limits=limits,
    )


def _from_keyring(keyring: SystemKeyring) -> bytes | None:
    try:
        kept = keyring.get(NAME)
    except NoKeyring as error:
        raise _without_keyring(error) from error
    return None if kept is None else bytes.fromhex(kept)


def _without_keyring(error: NoKeyring) -> CannotEncrypt:
    return CannotEncrypt(
        f"{error.what} The cache is encrypted with a key from there, so nothing is remembered.",
        fix="Unlock or install a keyring (GNOME Keyring, KWallet, KeePassXC). Where there can be "
        'none, write `cache_key = "file"` under [privacy] in homeward.toml: the key then lies in '
        "the file cache.key, which only you can read.",
    )
