"""Homeward's own entry in a host's list: put in, found again, taken out."""

from typing import Any

from mcp_server.setup.jsonc import Text
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Host
from mcp_server.setup.spans import NotJson

NAME = "homeward"


def entry_in(text: Text, host: Host) -> dict[str, Any] | None:
    """Our entry, if the file has one.

    Raises:
        NotJson: the list of servers or our entry is something else than an object.
    """
    servers = text.value.get(host.servers, {})
    if not isinstance(servers, dict):
        raise NotJson(
            f"Its {host.servers!r} is not an object.", fix="Make it one, `{}`, or take it out."
        )
    entry = servers.get(NAME)
    if NAME in servers and not isinstance(entry, dict):
        raise NotJson("Its entry 'homeward' is not an object.", fix="Take it out.")
    return entry


def with_entry(text: Text, host: Host, launch: Launch) -> Text:
    """With an entry that starts Homeward so; the same text where it does already.

    What else a person has put in an entry of ours (variables, a permission) stays.

    Raises:
        NotJson: the file holds something else there, or an entry that connects to an address.
    """
    wanted = new_entry(host, launch)
    entry = entry_in(text, host)
    if entry is None:
        return text.put((host.servers, NAME), wanted)
    if "command" not in entry and ("url" in entry or "serverUrl" in entry):
        raise NotJson(
            "Its entry 'homeward' connects to an address, as somebody wished.",
            fix="Take it out with `homeward setup --remove` if a program should be started.",
        )
    for name, value in wanted.items():
        if name != "env" and entry.get(name) != value:
            text = text.put((host.servers, NAME, name), value)
    environ = entry.get("env")
    for name, value in launch.environ.items():
        if not isinstance(environ, dict) or environ.get(name) != value:
            text = text.put((host.servers, NAME, "env", name), value)
    return text


def without_entry(text: Text, host: Host) -> Text:
    """Without our entry, whoever wrote it.

    Raises:
        NotJson: the list of servers or our entry is something else than an object.
    """
    return text if entry_in(text, host) is None else text.cut((host.servers, NAME))


def new_entry(host: Host, launch: Launch) -> dict[str, Any]:
    """What a fresh entry holds."""
    entry = {**host.entry, "command": launch.command, "args": list(launch.arguments)}
    return entry | ({"env": dict(launch.environ)} if launch.environ else {})
