"""What the whitelist can name: four types of resource, each name in its one canonical spelling."""

import re
from collections.abc import Mapping
from typing import Literal

from vocabulary import TaskKind
from whitelist import hosts
from whitelist.errors import Unusable
from whitelist.plain import one_line

ResourceType = Literal["cloud_api", "domain", "mcp_server", "task"]

KEYS: Mapping[ResourceType, str] = {
    "cloud_api": "cloud_apis",
    "domain": "domains",
    "mcp_server": "mcp_servers",
    "task": "allowed_for_cloud",
}
"""The key in whitelist.toml of each type."""

_SPELLINGS: Mapping[str, ResourceType] = {
    "api": "cloud_api",
    "apis": "cloud_api",
    "tasks": "task",
    **{kind: kind for kind in KEYS},
    **{key: kind for kind, key in KEYS.items()},
}
_SERVER = re.compile(r"[A-Za-z0-9@][A-Za-z0-9._@/-]{0,127}")


def resource_type(word: str) -> ResourceType:
    """The type that `word` means; the keys of whitelist.toml are understood, too.

    Raises:
        Unusable: there is no such type.
    """
    kind = _SPELLINGS.get(word.strip().lower().replace("-", "_").replace(" ", "_"))
    if kind is None:
        raise Unusable(
            f"`{one_line(word, limit=40)}` is not a type of resource.",
            fix=f"Use one of {', '.join(KEYS)}.",
        )
    return kind


def canonical_name(kind: ResourceType, name: str, aliases: Mapping[str, str] | None = None) -> str:
    """The one spelling of `name`; `aliases` gives the host that a provider's name stands for.

    Raises:
        Unusable: a name of this type cannot look like that.
    """
    if kind == "task":
        return task_kind(name).value
    if kind == "mcp_server":
        if _SERVER.fullmatch(name) is None:
            raise Unusable(
                "The name of an MCP server is letters, digits and `. _ - / @`.",
                fix="Write it as the client's configuration does.",
            )
        return name
    return hosts.canonical((aliases or {}).get(name.lower(), name))


def task_kind(name: str) -> TaskKind:
    """The kind of task called `name`. Raises Unusable where there is none."""
    try:
        return TaskKind(name.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        raise Unusable(
            f"`{one_line(name, limit=40)}` is not a kind of task.",
            fix=f"Use one of {', '.join(TaskKind)}.",
        ) from None
