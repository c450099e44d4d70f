"""Keyrings for tests, chosen as a person would choose one: by PYTHON_KEYRING_BACKEND."""

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

KEPT = "tests.keyrings.Kept"
PLAIN = "tests.keyrings.PlaintextKeyring"
SILENT = "tests.keyrings.Silent"
LOCKED = "tests.keyrings.Locked"
TALKATIVE = "tests.keyrings.Talkative"
NONE = "keyring.backends.fail.Keyring"
FORGETFUL = "keyring.backends.null.Keyring"
CHAIN = "keyring.backends.chainer.ChainerBackend"


class Kept(KeyringBackend):
    """One that works: it outlives the process, in the file that `KEPT_IN` names."""

    priority = 9  # type: ignore[assignment]  # ahead of whatever this machine has

    def get_password(self, service: str, username: str) -> str | None:
        found = self._all().get(f"{service}/{username}")
        return None if found is None else str(found)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        left = self._all()
        del left[f"{service}/{username}"]
        self._path.write_text(json.dumps(left))

    @property
    def _path(self) -> Path:
        return Path(os.environ["KEPT_IN"])

    def _all(self) -> dict[str, str]:
        return dict(json.loads(self._path.read_text())) if self._path.exists() else {}


class PlaintextKeyring(Kept):
    """Like that of keyrings.alt, which writes plain text into a file."""

    priority = 10  # type: ignore[assignment]


class Silent(Kept):
    """Waits for a word that never comes, as a locked keyring on a machine without a screen."""

    priority = 0  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        threading.Event().wait()
        return None


class Locked(Kept):
    """One whose owner said no."""

    priority = 0  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class Talkative(Kept):
    """Repeats in its error what it was given."""

    priority = 0  # type: ignore[assignment]

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ValueError(f"cannot keep {password}")
