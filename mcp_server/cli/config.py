"""`homeward config`: the settings as understood, a file to start from, keys into the keyring."""

import json
import os
from importlib.resources import files
from pathlib import Path

import typer
from rich.console import Console

from mcp_server.cli.running import told
from mcp_server.keys import Keys, store
from mcp_server.places import make_private, places
from mcp_server.settings import SettingsError, load
from routing.providers.vendors import vendors

out = Console(highlight=False)


def show_config(*, as_json: bool) -> None:
    """Every setting in force, and where things lie. Keys are named, never shown."""
    where = places()
    with told():
        keys = Keys(os.environ, where.dotenv)
        settings = load(where.settings, keys.environment())
        found = {v.name: keys.find(v.key_variables) for v in vendors().values() if v.key_variables}
    data = {
        "files": {
            "settings": str(where.settings),
            "whitelist": str(where.whitelist),
            "dotenv": str(where.dotenv),
            "database": str(where.home_database),
            "cache": str(where.cache_database),
            "audit": str(where.audit),
        },
        "effective_profile": settings.effective.model_dump(),
        "settings": settings.model_dump(mode="json", exclude_none=True),
        "keys": {name: key[1] for name, key in found.items() if key is not None},
    }
    print(json.dumps(data)) if as_json else out.print_json(data=data)


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
    out.print(f"Wrote {path}", markup=False)


def set_key(provider: str) -> None:
    """Ask for a key without echo and keep it in the system keyring."""
    with told():
        vendor = vendors().get(provider)
        if vendor is None or not vendor.key_variables:
            known = ", ".join(v.name for v in vendors().values() if v.key_variables)
            raise SettingsError(f"There is no provider {provider!r}.", fix=f"Use one of {known}.")
        variable = vendor.key_variables[0]
        key = typer.prompt(f"{vendor.title} key ({vendor.key_page})", hide_input=True).strip()
        try:
            store(variable, key)
        except RuntimeError as error:
            raise SettingsError(
                f"The key was not kept: {error}.",
                fix=f"Set {variable} in the host's configuration or in {places().dotenv} instead.",
            ) from error
    out.print(f"Kept {variable} in the system keyring.")


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
