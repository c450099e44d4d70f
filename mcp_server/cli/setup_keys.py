"""The keys' part of `homeward setup`: into the system keyring, never into a host's file."""

import os
from contextlib import suppress

import typer

from mcp_server.cli.keys import set_key
from mcp_server.cli.running import screen
from mcp_server.keys import PATIENCE_SECONDS, Keys
from mcp_server.places import places
from routing.providers.vendors import vendors
from whitelist.errors import NoKeyring
from whitelist.system_keyring import SystemKeyring


def offer_keys() -> None:
    """Ask a person which clouds they have keys of; none is the answer that keeps all at home.

    Where there is no keyring to keep a key in, none is asked for.
    """
    out = screen()
    clouds = {each.name: each for each in vendors().values() if each.cloud and each.key_variables}
    keys = Keys(os.environ, places().dotenv)
    have = [name for name, each in clouds.items() if keys.find(each.key_variables) is not None]
    out.print()
    out.print(
        f"Keys there are: {', '.join(have) or 'none, everything is answered at home'}.",
        markup=False,
    )
    try:
        SystemKeyring(patience=PATIENCE_SECONDS).get(next(iter(clouds.values())).key_variables[0])
    except NoKeyring as error:
        out.print(
            f"{error.what} A cloud's key can be kept in {places().dotenv} instead.",
            markup=False,
            soft_wrap=True,
        )
        return
    question = f"Which cloud's key? ({', '.join(clouds)}; Enter for none)"
    while name := typer.prompt(question, default="", show_default=False).strip().lower():
        if name not in clouds:  # not repeated: it may be a key that was pasted too early
            out.print("That is none of these names.")
            continue
        with suppress(typer.Exit):  # the sentence has been said; another may be tried
            set_key(name, from_stdin=False)
