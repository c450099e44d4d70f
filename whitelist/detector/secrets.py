"""Keys and tokens that show by their own form: the formats of vendors."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from whitelist.detector.scan import Hit, Patterns, Scan, linear
from whitelist.detector.values import is_placeholder, looks_random

# A token that a terminal or a mail program broke over lines.
_WRAPPED = r"(?:[A-Za-z0-9_.~+/-]{12,}[ \t]*\r?\n[ \t>]*)+[A-Za-z0-9_.~+/-]{4,}"
_LINE = re.compile(rb"[^\s>]+")


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


@cache
def _wrapped() -> Any:
    return linear(_WRAPPED)


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
        for start, end in self._found(scan.raw):
            yield "SECRET", start, end
        for lines in _wrapped().finditer(scan.raw):
            yield from self._broken(lines.group(), lines.start())

    def _broken(self, lines: bytes, at: int) -> Iterator[Hit]:
        """What only together is a secret of lines that start at `at` in the text."""
        places = [place for line in _LINE.finditer(lines) for place in range(*line.span())]
        joined = bytes(lines[place] for place in places)
        for start, end in self._found(joined):
            first, last = places[start], places[end - 1]
            cut = lines.find(b"\n", first, last)
            if cut >= 0 and next(self._found(lines[first:cut]), None) is None:
                yield "SECRET", at + first, at + last + 1

    def _found(self, raw: bytes) -> Iterator[tuple[int, int]]:
        for index in self._patterns.found_in(raw):
            row = self._table[index]
            for match in row.finder.finditer(raw):
                groups = range(row.finder.groups, 0, -1)  # 0 is all of it, where no other took part
                start, end = match.span(next((g for g in groups if match.start(g) >= 0), 0))
                value = raw[start:end].decode("latin-1")
                if not is_placeholder(value) and (not row.random or looks_random(value)):
                    yield start, end
