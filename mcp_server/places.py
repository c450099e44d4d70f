"""Where Homeward keeps things: the platform's folders, or the ones the person names."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """`config` holds what a person writes, `data` what must not be lost, `cache` what may be.

    `models` holds weights and graphs: large, and made again when missing.
    """

    config: Path
    data: Path
    cache: Path
    models: Path

    @property
    def settings(self) -> Path:
        return self.config / "homeward.toml"

    @property
    def whitelist(self) -> Path:
        return self.config / "whitelist.toml"

    @property
    def dotenv(self) -> Path:
        return self.config / ".env"

    @property
    def home_database(self) -> Path:
        return self.data / "homeward.db"

    @property
    def cache_database(self) -> Path:
        return self.cache / "cache.db"

    @property
    def encrypted_cache(self) -> Path:
        return self.cache / "cache-encrypted.db"

    @property
    def cache_key(self) -> Path:
        return self.data / "cache.key"

    @property
    def prices(self) -> Path:
        return self.data / "prices.json"

    @property
    def audit(self) -> Path:
        return self.data / "audit.jsonl"

    @property
    def audit_key(self) -> Path:
        return self.data / "audit.key"


def places(environ: Mapping[str, str] | None = None) -> Places:
    """The platform's folders, each replaced by `HOMEWARD_{CONFIG,DATA,CACHE}_DIR` where set.

    `HOMEWARD_HOME` puts all three under one folder.
    """
    from platformdirs import user_cache_path, user_config_path, user_data_path

    environ = os.environ if environ is None else environ

    def chosen(kind: str, default: Path) -> Path:
        named = environ.get(f"HOMEWARD_{kind.upper()}_DIR")
        if named:
            return Path(named).expanduser()
        home = environ.get("HOMEWARD_HOME")
        return Path(home).expanduser() / kind if home else default

    cache = chosen("cache", user_cache_path("homeward", appauthor=False))
    return Places(
        config=chosen("config", user_config_path("homeward", appauthor=False)),
        data=chosen("data", user_data_path("homeward", appauthor=False)),
        cache=cache,
        models=cache / "models",
    )


def make_private(folder: Path) -> None:
    """Create the folder for this person alone; one that is there keeps the rights it has.

    Raises:
        SettingsError: it cannot be made, or everybody may write in it.
    """
    from mcp_server.settings import SettingsError  # pydantic's models: only when needed

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sys.platform != "win32" and folder.stat().st_mode & 0o002:
            raise SettingsError(
                f"Everybody may write in the folder {folder}.",
                fix=f"Run `chmod o-w {folder}`, or set HOMEWARD_HOME to a folder of your own.",
            )
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} cannot be used: {error.strerror}.",
            fix="Make it your own and writable, or set HOMEWARD_HOME to a folder that is.",
        ) from error
