"""The keys' part of `homeward setup`: into the system keyring, never into a host's file."""

import os
from contextlib import suppress

import typer

from mcp_server.cli.keys import set_key
from mcp_server.cli.running import screen
from mcp_server.keys import Keys
from mcp_server.places import places
from routing.providers.vendors import vendors


def offer_keys() -> None:
    """Ask a person which clouds they have keys of; none is the answer that keeps all at home."""
    out = screen()
    clouds = [each for each in vendors().values() if each.cloud and each.key_variables]
    keys = Keys(os.environ, places().dotenv)
    have = [each.name for each in clouds if keys.find(each.key_variables) is not None]
    out.print()
    out.print(
        f"Keys there are: {', '.join(have) or 'none, everything is answered at home'}.",
        markup=False,
    )
    out.print(f"Clouds a key can be kept for: {', '.join(each.name for each in clouds)}.")
    while name := typer.prompt("Keep the key of (Enter for none)", default="", show_default=False):
        with suppress(typer.Exit):  # the sentence has been said; another may be tried
            set_key(name.strip(), from_stdin=False)
