"""The exports that are known: rows of data, read once from `formats.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

from ledger.reconcile.errors import UnreadableExport
from ledger.reconcile.values import Measure

Column = Literal[
    "day", "until", "model", "currency", "requests", "input", "cached", "output", "cost"
]

MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One vendor's kind of file, known by the columns it `needs`; fields: formats.toml.

    `spellings` name the file's columns for ours, `summed` are those of ours that are the sum of
    several. Names are in small letters. `each_line` counts every line as a call, `nothing` says
    that such a file has no figures because there are none.
    """

    name: str
    title: str
    provider: str
    needs: tuple[str, ...]
    spellings: Mapping[Column, tuple[str, ...]]
    summed: frozenset[Column]
    known: frozenset[str]
    rounded: Decimal
    each_line: bool
    nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file keeps what: places of its columns, from 0, for each of ours that it has."""

    format: Format
    places: Mapping[Column, tuple[int, ...]]
    width: int
    unread: tuple[str, ...]

    @property
    def gives(self) -> frozenset[Measure]:
        if self.format.nothing:
            return frozenset(MEASURES)
        given = {measure for measure in MEASURES if measure in self.places}
        return frozenset(given | ({"requests"} if self.format.each_line else set()))


@cache
def formats() -> tuple[Format, ...]:
    """Every format Homeward ships, in the order in which they are tried."""
    text = files("ledger.reconcile").joinpath("formats.toml").read_text(encoding="utf-8")
    return tuple(_format(row) for row in tomllib.loads(text)["format"])


def layout_of(header: Sequence[str]) -> Layout | None:
    """How to read a file with this header; None where no format is like that.

    Raises:
        UnreadableExport: two columns have one name.
    """
    names = [name.strip().lower() for name in header]
    for format_ in formats():
        if set(format_.needs) <= set(names):
            return _layout(format_, names)
    return None


def _layout(format_: Format, names: list[str]) -> Layout:
    spelt = {name for spellings in format_.spellings.values() for name in spellings}
    for name in spelt & set(names):
        if names.count(name) > 1:
            raise UnreadableExport(f"The column {name} is there twice.", line=1)
    places: dict[Column, tuple[int, ...]] = {}
    for column, spellings in format_.spellings.items():
        there = tuple(names.index(name) for name in spellings if name in names)
        if there:
            places[column] = there if column in format_.summed else there[:1]
    unread = tuple(name for name in names if name and name not in spelt | format_.known)
    return Layout(format=format_, places=MappingProxyType(places), width=len(names), unread=unread)


def _format(row: dict[str, Any]) -> Format:
    columns: dict[Column, Any] = row["columns"]
    spellings = {
        column: tuple(value["sum"] if isinstance(value, dict) else value)
        for column, value in columns.items()
        if "line" not in value
    }
    return Format(
        name=row["name"],
        title=row["title"],
        provider=row["provider"],
        needs=tuple(row["needs"]),
        spellings=MappingProxyType(spellings),
        summed=frozenset(column for column, value in columns.items() if "sum" in value),
        known=frozenset(row.get("known", ())) | set(row["needs"]),
        rounded=Decimal(row.get("rounded_usd", "0")),
        each_line="line" in columns.get("requests", ()),
        nothing=row.get("nothing", False),
    )
