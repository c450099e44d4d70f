"""Homeward's own entry in a host's list: put in, found again, taken out."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from mcp_server.setup.jsonc import Text
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Host
from mcp_server.setup.spans import NotJson

NAME = "homeward"
_PROGRAM = re.compile(r"(?:.*[\\/])?homeward(?:\.exe)?", re.IGNORECASE | re.DOTALL)
_RUNS_OTHERS = re.compile(r"(?:.*[\\/])?(?:uvx?|pipx)(?:\.exe)?", re.IGNORECASE | re.DOTALL)
_PACKAGE = re.compile(r"homeward(?:\[[\w,-]*\])?(?:(?:@|==).*)?")


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
            fix=f"Take it out of {host.name}'s file by hand if a program should be started.",
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
        NotJson: the list of servers or our entry is something else than an object, or the entry of
            our name starts something else or connects to an address.
    """
    entry = entry_in(text, host)
    if entry is None:
        return text
    if not is_ours(entry):
        raise NotJson(
            "Its entry 'homeward' does not start Homeward's own program, so it may be another's.",
            fix=f"If it is ours, take it out of {host.name}'s file by hand.",
        )
    return text.cut((host.servers, NAME))


def is_ours(entry: Mapping[str, Any]) -> bool:
    """Whether an entry starts Homeward: by its program, by uvx or pipx, or as a Python module."""
    command, given = entry.get("command"), entry.get("args")
    if not isinstance(command, str):
        return False
    arguments = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    if _PROGRAM.fullmatch(command):
        return True
    if _RUNS_OTHERS.fullmatch(command) and any(map(_PACKAGE.fullmatch, arguments)):
        return True
    modules = [after for flag, after in pairwise(arguments) if flag == "-m"]
    return any(each.partition(".")[0] == "mcp_server" for each in modules)


def new_entry(host: Host, launch: Launch) -> dict[str, Any]:
    """What a fresh entry holds."""
    entry = {**host.entry, "command": launch.command, "args": list(launch.arguments)}
    return entry | ({"env": dict(launch.environ)} if launch.environ else {})
