"""Where API keys come from: environment, the `.env` beside homeward.toml, or the system keyring.

Never from a working directory's `.env` (a cloned project could plant one), never printed.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from whitelist.errors import NoKeyring
from whitelist.system_keyring import SystemKeyring

PATIENCE_SECONDS = 5.0
"""How long a keyring may take to say whether it has a key; everything waits for that."""


class Keys:
    """Looks a key up each time it is needed; the first source that has it wins.

    A host may hand over a blank field as the literal `${user_config.name}`: that is no key.
    """

    def __init__(self, environ: Mapping[str, str], dotenv: Path) -> None:
        self._environ = environ
        self._dotenv = dotenv
        self._keyring = SystemKeyring(patience=PATIENCE_SECONDS)

    @property
    def distrusted(self) -> Path | None:
        """The `.env` file, where it is not read because others can write it."""
        there = self._dotenv.is_file()
        return self._dotenv if there and not _private(self._dotenv) else None

    def environment(self) -> dict[str, str]:
        """The `.env` file's variables under the real environment's."""
        found: dict[str, str] = {}
        if self._dotenv.is_file() and _private(self._dotenv):
            from dotenv import dotenv_values

            try:
                values: dict[str, str | None] = dotenv_values(
                    self._dotenv, interpolate=False, encoding="utf-8-sig"
                )
            except UnicodeDecodeError as error:
                from mcp_server.settings import SettingsError  # only when needed

                raise SettingsError(
                    f"{self._dotenv} is not UTF-8 text.", fix="Save it as UTF-8."
                ) from error
            found.update({name: value for name, value in values.items() if value})
        # A host hands over a field that was left blank as an empty text, or as its own placeholder.
        found.update({n: v for n, v in self._environ.items() if v.strip() and v[:2] != "${"})
        return found

    def find(self, variables: tuple[str, ...]) -> tuple[str, str] | None:
        """The key and the name of its source, or None."""
        environment = self.environment()
        for variable in variables:
            if value := environment.get(variable, "").strip():
                source = "environment" if self._environ.get(variable) == value else ".env"
                return value, f"{variable} ({source})"
        for variable in variables:
            if kept := self._kept(variable):
                return kept, f"{variable} (keyring)"
        return None

    def _kept(self, variable: str) -> str | None:
        try:
            return self._keyring.get(variable)
        except NoKeyring:
            return None


def _private(path: Path) -> bool:
    """Nobody else may own or be able to write what we trust as the person's own."""
    if sys.platform == "win32":
        return True
    seen = path.stat()
    return not seen.st_mode & 0o022 and seen.st_uid in (os.geteuid(), 0)
