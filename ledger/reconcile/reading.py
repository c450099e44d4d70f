"""Reads an export line by line into sums by day and model, however long the file is."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ledger.reconcile.cells import count, instant, number, within_one_day
from ledger.reconcile.errors import UnreadableExport
from ledger.reconcile.formats import Column, Layout, formats, layout_of
from ledger.reconcile.models import charged_model, family
from ledger.reconcile.values import ANY_MODEL, Charged, Export, Figures, Key, Measure
from vocabulary import Money

if TYPE_CHECKING:
    import _csv

LONGEST_LINE = 1_000_000
"""Characters; the longest line of any export we know has a few hundred."""

MOST_KEYS = 200_000
"""Models times days that are kept in memory; a year of a hundred models is 36,500."""

_COUNTS: tuple[Measure, ...] = ("requests", "input", "cached", "output")
_DELIMITERS = ",;\t"
_MOST_DOLLARS = Decimal(10**9)


@dataclass(slots=True)
class _Sum:
    """What was added up so far. Dollars stay exact: a call may cost less than a micro-dollar."""

    counts: dict[Measure, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    dollars: Decimal = Decimal(0)
    lines: int = 0


def read_export(path: Path) -> Export:
    """The sums of a provider's CSV file by UTC day and model (its `family`).

    Raises:
        UnreadableExport: no such file, no format that is known, or a line that cannot be read.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise UnreadableExport(f"{path} is no file.", fix="Name the CSV file of the provider.")
        with path.open("rb") as raw:
            wide = raw.read(2) in (b"\xff\xfe", b"\xfe\xff")
        encoding = "utf-16" if wide else "utf-8-sig"
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            return _read(file, path)
    except UnreadableExport as error:
        if error.line is None:
            raise
        raise error.within(path) from None
    except OSError as error:
        raise UnreadableExport(f"{path} cannot be read: {error.strerror}.") from error


def _read(file: TextIO, path: Path) -> Export:
    lines = _bounded(file)
    above, header = _header(lines)
    layout, delimiter = _recognised(header, path)
    sums: dict[Key, _Sum] = {}
    days: set[date] = set()
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while (row := _next(rows, above)) is not None:
        if not any(cell.strip() for cell in row):
            continue
        line = _Line(layout, row, above + rows.line_num, decimal_comma=delimiter == ";")
        days.add(day := line.day())
        if line.has_figures():
            key = day, line.model()
            if key not in sums and len(sums) >= MOST_KEYS:
                raise line.error("There are more models and days than any bill has.")
            line.add_to(sums.setdefault(key, _Sum()))
    return Export(
        title=layout.format.title,
        provider=layout.format.provider,
        gives=layout.gives,
        rounded=layout.format.rounded,
        first=min(days, default=None),
        last=max(days, default=None),
        lines=sum(each.lines for each in sums.values()),
        unread=layout.unread,
        charged=tuple(_charged(key, each) for key, each in sorted(sums.items())),
    )


class _Line:
    """One row of a file, read as its layout says."""

    def __init__(self, layout: Layout, row: list[str], at: int, *, decimal_comma: bool) -> None:
        self._layout, self._row, self._at = layout, row, at
        self._decimal_comma = decimal_comma
        if len(row) != layout.width:
            raise self.error(f"There are {len(row)} cells, and the header has {layout.width}.")

    def error(self, what: str, fix: str = "") -> UnreadableExport:
        return UnreadableExport(what, fix=fix, line=self._at)

    def day(self) -> date:
        start = self._cell("day")
        try:
            begun = instant(start)
            end = self._cell("until")
            if not end or within_one_day(begun, instant(end)):
                return begun.date()
        except (ValueError, OverflowError) as error:
            raise self.error(f"{_shown(start)} is no day that can be read.") from error
        raise self.error(
            f"It runs from {_shown(start)} to {_shown(end)}, which is not within one UTC day.",
            fix="Export it by day, or by hour.",
        )

    def model(self) -> str:
        cell = self._cell("model")
        if "\N{REPLACEMENT CHARACTER}" in cell or len(cell) > 200:
            raise self.error("The name of the model cannot be read.", fix="Save it as UTF-8.")
        return family(charged_model(cell)) if cell else ANY_MODEL

    def has_figures(self) -> bool:
        """Providers also write lines for times in which there was nothing."""
        return self._layout.format.each_line or any(
            self._row[place].strip()
            for measure in self._layout.gives
            for place in self._layout.places.get(measure, ())
        )

    def add_to(self, total: _Sum) -> None:
        for measure in _COUNTS:
            total.counts[measure] += self._count(measure)
        total.dollars += self._dollars()
        total.lines += 1

    def _count(self, measure: Measure) -> int:
        if measure == "requests" and self._layout.format.each_line:
            return 1
        found = 0
        for place in self._layout.places.get(measure, ()):
            try:
                found += count(self._row[place], decimal_comma=self._decimal_comma)
            except ValueError as error:
                raise self.error(f"{_shown(self._row[place])} is no count.") from error
        return found

    def _dollars(self) -> Decimal:
        cell = self._cell("cost")
        try:
            dollars = number(cell, decimal_comma=self._decimal_comma)
        except ValueError as error:
            raise self.error(f"{_shown(cell)} is no amount of money.") from error
        if abs(dollars) > _MOST_DOLLARS:
            raise self.error(f"{_shown(cell)} is more than any bill.")
        currency = self._cell("currency")
        if dollars and currency and currency.upper() != "USD":
            raise self.error(
                f"It is in {_shown(currency)}, and the ledger counts US dollars.",
                fix="Export it in US dollars.",
            )
        return dollars

    def _cell(self, column: Column) -> str:
        places = self._layout.places.get(column, ())
        return self._row[places[0]].strip() if places else ""


def _charged(key: Key, total: _Sum) -> Charged:
    cost = Money(round(total.dollars * 1_000_000))
    return Charged(
        day=key[0],
        model=key[1],
        figures=Figures(cost=cost, **{str(name): value for name, value in total.counts.items()}),
        lines=total.lines,
    )


def _bounded(file: TextIO) -> Iterator[str]:
    at = 0
    while line := file.readline(LONGEST_LINE + 1):
        at += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableExport("It is longer than any line of an export.", line=at)
        yield line


def _header(lines: Iterator[str]) -> tuple[int, str]:
    """The first line that says something, and its number; spreadsheets may write `sep=;` above."""
    for at, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("sep="):
            return at, line
    return 1, ""


def _recognised(header: str, path: Path) -> tuple[Layout, str]:
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([header], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        if layout := layout_of(names):
            return layout, delimiter
    raise UnreadableExport(
        f"{path} has no header of an export that is known.", fix=_known_formats()
    )


def _next(rows: "_csv.Reader", above: int) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        at = above + rows.line_num
        raise UnreadableExport(f"It is no line of CSV ({error}).", line=at) from error


def _shown(cell: str) -> str:
    """A cell as an error may quote it: short, and nothing a terminal would obey."""
    text = "".join(sign if sign.isprintable() else "?" for sign in cell.strip()[:40])
    return f"“{text}”"


def _known_formats() -> str:
    return "Known are: " + "; ".join(each.title for each in formats()) + "."
