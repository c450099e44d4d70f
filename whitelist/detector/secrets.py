"""Keys and tokens that show by their own form: the formats of vendors."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from whitelist.detector.scan import Hit, Patterns, Scan, linear
from whitelist.detector.values import is_placeholder, looks_random


@dataclass(frozen=True, kw_only=True)
class Format:
    """How one vendor's secrets look, and whether words can look like that too (`random`)."""

    vendor: str
    docs: str
    pattern: str
    random: bool = False

    @cached_property
    def finder(self) -> Any:
        return linear(self.pattern)


def formats() -> tuple[Format, ...]:
    """The table in secrets.toml."""
    table = tomllib.loads(files("whitelist.detector").joinpath("secrets.toml").read_text("utf-8"))
    return tuple(Format(**row) for row in table["format"])


class VendorSecrets:
    """A finder for every format of a table, of which it runs only those that are there."""

    def __init__(self, table: tuple[Format, ...]) -> None:
        self._table = table
        self._patterns = Patterns([row.pattern for row in table])

    def __call__(self, scan: Scan) -> Iterator[Hit]:
        for index in self._patterns.found_in(scan.raw):
            row = self._table[index]
            for match in row.finder.finditer(scan.raw):
                groups = range(row.finder.groups, 0, -1)  # 0 is all of it, where no other took part
                start, end = match.span(next((g for g in groups if match.start(g) >= 0), 0))
                value = scan.text[start:end]
                if not is_placeholder(value) and (not row.random or looks_random(value)):
                    yield "SECRET", start, end
