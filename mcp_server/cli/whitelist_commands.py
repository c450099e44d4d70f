"""`homeward whitelist` and `homeward folders`: what may leave, and what may be read."""

from typing import Annotated, Literal

import typer

whitelist_app = typer.Typer(help="See and change what may leave this machine.")
folders_app = typer.Typer(help="See and change the folders whose documents may be read.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ResourceType = Literal["cloud_api", "domain", "mcp_server", "task"]


@whitelist_app.command("list")
def whitelist_list(as_json: Json = False) -> None:
    """Show the whitelist and the proposals that wait."""
    from mcp_server.cli.whitelist import list_whitelist

    list_whitelist(as_json=as_json)


@whitelist_app.command("add")
def whitelist_add(resource_type: ResourceType, name: str) -> None:
    """Allow a cloud API, domain, MCP server or kind of task. Needs a person at a terminal."""
    from mcp_server.cli.whitelist import add_entry

    add_entry(resource_type, name)


@whitelist_app.command("remove")
def whitelist_remove(resource_type: ResourceType, name: str) -> None:
    """Take an entry back. Needs no approval."""
    from mcp_server.cli.whitelist import remove_entry

    remove_entry(resource_type, name)


@whitelist_app.command("sensitive")
def whitelist_sensitive(
    tier: Literal["A", "B", "C"], rule: Literal["local", "ask", "redact", "send"]
) -> None:
    """Say what happens to sensitive data. A looser rule needs a person at a terminal."""
    from mcp_server.cli.whitelist import set_rule

    set_rule(tier, rule)


@whitelist_app.command("tighten")
def whitelist_tighten(
    tier: Annotated[
        Literal["B", "C"], typer.Option(help="The mildest tier that stays local.")
    ] = "B",
) -> None:
    """Take back every consent, host and question; keep sensitive data local. Needs no approval."""
    from mcp_server.cli.whitelist import tighten_everything

    tighten_everything(tier)


@folders_app.command("list")
def folders_list(as_json: Json = False) -> None:
    """Show the folders that are open."""
    from mcp_server.cli.folders import show

    show(as_json=as_json)


@folders_app.command("add")
def folders_add(path: str) -> None:
    """Open a folder: documents in it may be read. Needs a person at a terminal."""
    from mcp_server.cli.folders import add

    add(path)


@folders_app.command("remove")
def folders_remove(path: str) -> None:
    """Close a folder. Needs no approval."""
    from mcp_server.cli.folders import remove

    remove(path)
