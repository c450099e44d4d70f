"""`homeward config`: the settings as understood, and a file to start from."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from mcp_server.cli.running import screen, told
from mcp_server.keys import Keys
from mcp_server.places import make_private, places
from mcp_server.settings import Settings, SettingsError, load
from routing.providers.vendors import vendors


def show_config(*, as_json: bool) -> None:
    """Every setting in force, and where things lie. Keys are named, never shown."""
    where = places()
    with told():
        keys = Keys(os.environ, where.dotenv)
        settings = load(where.settings, keys.environment())
        found = {v.name: keys.find(v.key_variables) for v in vendors().values() if v.key_variables}
    cache = where.encrypted_cache if settings.cache.encrypted else where.cache_database
    data = {
        "files": {
            "settings": str(where.settings),
            "whitelist": str(where.whitelist),
            "dotenv": str(where.dotenv),
            "database": str(where.home_database),
            "cache": str(cache),
            "audit": str(where.audit),
        },
        "effective_profile": settings.effective.model_dump(),
        "settings": _shown(settings),
        "keys": {name: key[1] for name, key in found.items() if key is not None},
    }
    print(json.dumps(data)) if as_json else screen().print_json(data=data)


def init_config(*, force: bool) -> None:
    """Write the commented example as homeward.toml, readable by this person alone."""
    path = places().settings
    with told():
        make_private(path.parent)
        if path.exists() and not force:
            raise SettingsError(
                f"{path} exists already.", fix="Edit it, or replace it with --force."
            )
        _write(path, files("mcp_server").joinpath("homeward.example.toml").read_bytes())
    screen().print(f"Wrote {path}", markup=False)


def _shown(settings: Settings) -> dict[str, Any]:
    """The settings without the password that a proxy's address may hold."""
    data = settings.model_dump(mode="json", exclude_none=True)
    if settings.proxy and "@" in settings.proxy:
        scheme, _, rest = settings.proxy.partition("://")
        data["proxy"] = f"{scheme}://…@{rest.rpartition('@')[2]}"
    return data


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        path.chmod(0o600)  # also where the file was there before
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
        ) from error
