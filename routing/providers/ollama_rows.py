"""Reads the rows of models that Ollama lists.

The official client's own types leave out `remote_host` and `remote_model`.
"""

import re
from typing import Any

from routing.providers.addresses import host_of
from routing.providers.figures import context_of, parameters_of, printable
from routing.providers.protocol import Offer
from routing.values import Need

_SIZES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_CLOUD_NAME = re.compile(r"[:-]cloud$")


def offer_of(row: dict[str, Any], shown: dict[str, Any], *, local: bool) -> Offer | None:
    """One row of `/api/tags` with what `/api/show` adds; None for a model that does not write."""
    said = shown.get("capabilities")
    if isinstance(said, list) and "completion" not in said:
        return None
    remote = remote_host(row)
    info = _table(shown.get("model_info")).items()
    return Offer(
        name=row["name"],
        local=local and remote is None,
        remote_host=remote,
        context=context_of(size for field, size in info if field.endswith(".context_length")),
        parameters=_parameters(_table(row.get("details")).get("parameter_size")),
        revision="" if remote else _revision(row.get("digest")),
        able=_able(said) if isinstance(said, list) else None,
    )


def _able(said: list[Any]) -> frozenset[Need]:
    found: set[Need] = set()
    if "vision" in said:
        found.add("images")
    if "tools" in said:
        found.add("tools")
    return frozenset(found)


def remote_host(row: dict[str, Any]) -> str | None:
    """The bare host that would see the prompt, None when this server has the weights.

    Older servers do not say; the names of cloud models end in `cloud` there.
    """
    remote = row.get("remote_host")
    if remote:
        return printable(host_of(str(remote)) or str(remote)) or "unknown"
    if row.get("remote_model") or is_cloud(row["name"]):
        return "ollama.com"
    return None


def _parameters(label: object) -> float | None:
    """`"8.0B"` as 8e9."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([KMBT])", str(label), re.ASCII)
    return parameters_of(float(found[1]) * _SIZES[found[2]]) if found else None


def _revision(digest: object) -> str:
    """The digest of the weights as `/api/tags` gives it, where it is one."""
    found = re.fullmatch(r"(?:sha256:)?([0-9a-f]{12,128})", str(digest))
    return found[1] if found else ""


def is_cloud(name: str) -> bool:
    """Whether a model's name is that of one which Ollama passes on to its cloud."""
    return _CLOUD_NAME.search(name) is not None


def _table(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
