"""`homeward keys`: API keys into the system keyring and out of it. None is ever shown."""

import json
import os
import sys

import typer
from rich.table import Table

from mcp_server.cli.running import screen, told
from mcp_server.keys import Keys
from mcp_server.places import places
from mcp_server.settings import SettingsError
from routing.providers.vendors import Vendor, vendors
from whitelist.errors import NoKeyring
from whitelist.system_keyring import SystemKeyring


def set_key(provider: str, *, from_stdin: bool) -> None:
    """Take a key without echo, or from a pipe where the person says so, and keep it."""
    with told():
        vendor = _vendor(provider)
        variable = vendor.key_variables[0]
        key = _given(vendor, from_stdin=from_stdin)
        try:
            SystemKeyring().set(variable, key)
        except NoKeyring as error:
            raise SettingsError(
                f"The key was not kept. {error.what}",
                fix=f"Set {variable} in the host's configuration or in {places().dotenv} instead.",
            ) from error
    screen().print(f"Kept {variable} in the system keyring.")


def list_keys(*, as_json: bool) -> None:
    """Which provider has a key, and from where; no part of any key."""
    with told():
        keys = Keys(os.environ, places().dotenv)
        found = {vendor.name: keys.find(vendor.key_variables) for vendor in _with_keys()}
    sources = {name: key[1] for name, key in found.items() if key is not None}
    if as_json:
        print(json.dumps(sources))
        return
    table = Table("provider", "key from", box=None, header_style="dim")
    for name, source in sources.items():
        table.add_row(name, source)
    screen().print(table if sources else "There is no key.")


def remove_key(provider: str) -> None:
    """Take a provider's key out of the keyring; other sources are the person's own files."""
    with told():
        vendor = _vendor(provider)
        ring = SystemKeyring()
        gone = [variable for variable in vendor.key_variables if ring.remove(variable)]
        left = Keys(os.environ, places().dotenv).find(vendor.key_variables)
    if gone:
        screen().print(f"Removed {', '.join(gone)} from the system keyring.")
    else:
        screen().print(f"The system keyring has no key of {vendor.title}.")
    if left is not None:
        screen().print(f"There still is one: {left[1]}.")


def _given(vendor: Vendor, *, from_stdin: bool) -> str:
    if from_stdin:
        key = sys.stdin.read(100_000).strip()
    elif sys.stdin.isatty():
        key = typer.prompt(f"{vendor.title} key ({vendor.key_page})", hide_input=True).strip()
    else:
        raise SettingsError(
            "There is no terminal to type the key at.", fix="Pipe it in with `--stdin`."
        )
    if not key:
        raise SettingsError("No key was given; nothing was kept.")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(
            "That holds a character that no key has; nothing was kept.", fix="Copy it again."
        )
    return key


def _vendor(name: str) -> Vendor:
    known = {vendor.name: vendor for vendor in _with_keys()}
    if name not in known:
        raise SettingsError(
            f"There is no provider {name!r}.", fix=f"Use one of {', '.join(known)}."
        )
    return known[name]


def _with_keys() -> list[Vendor]:
    return [vendor for vendor in vendors().values() if vendor.key_variables]
