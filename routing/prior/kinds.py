"""The kinds of request that `kinds.toml` describes."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OTHER = "other"
"""The kind of a text that is like none of them: no signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`small` and `large`: how often models of the qualities `ANCHORS` are believed to do it
    right."""

    name: str
    says: str
    small: float
    large: float


@cache
def kinds() -> tuple[Kind, ...]:
    """In the file's order; read when first asked for, and kept."""
    with Path(__file__).with_name("kinds.toml").open("rb") as file:
        rows = tomllib.load(file)
    return tuple(
        Kind(name=name, says=row["says"], small=row["small"], large=row["large"])
        for name, row in rows.items()
    )
