"""`homeward config` and `homeward keys`: what is set, and what is kept secret."""

from typing import Annotated

import typer

config_app = typer.Typer(help="See and start the configuration.")
keys_app = typer.Typer(help="Keep API keys in the system keyring.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@config_app.command("show")
def config_show(as_json: Json = False) -> None:
    """Show the settings as they are understood, and where everything lies. No keys."""
    from mcp_server.cli.config import show_config

    show_config(as_json=as_json)


@config_app.command("init")
def config_init(
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write a commented homeward.toml to start from."""
    from mcp_server.cli.config import init_config

    init_config(force=force)


@keys_app.command("set")
def keys_set(
    provider: str,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input.")] = False,
) -> None:
    """Keep a provider's API key in the system keyring (asked for, never shown)."""
    from mcp_server.cli.keys import set_key

    set_key(provider, from_stdin=stdin)


@keys_app.command("list")
def keys_list(as_json: Json = False) -> None:
    """Say which providers have a key, and from where. No part of any key."""
    from mcp_server.cli.keys import list_keys

    list_keys(as_json=as_json)


@keys_app.command("remove")
def keys_remove(provider: str) -> None:
    """Take a provider's API key out of the system keyring."""
    from mcp_server.cli.keys import remove_key

    remove_key(provider)
