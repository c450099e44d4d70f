"""Tables whose header says what is in a column: CSV, tab-separated values, Markdown."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from whitelist.detector.births import date_at
from whitelist.detector.context import value_at
from whitelist.detector.lexicon import Page
from whitelist.detector.scan import Hit

_KINDS = ("ID", "ACCOUNT", "DOB", "PHONE")
_PHONE = re.compile(r"\+?(?:[ ().-]{0,2}\d){7,15}")
_RULE = re.compile(r"[\s|:+-]*\Z")
_MARGIN = " \t\"'|"
_MOST_COLUMNS, _MOST_CHARS = 64, 2_000
_PATIENCE = 3  # rows in which nothing fits, after which a table is over


def cells(page: Page) -> Iterator[Hit]:
    """The values under a header that names an identity number, an account, a date of birth or a
    phone, for as long as rows have them.
    """
    done = 0
    for mark in page.marks:
        if mark.kind not in _KINDS or mark.start < done:
            continue
        start = page.text.rfind("\n", max(0, mark.start - _MOST_CHARS), mark.start) + 1
        end = _line_end(page.text, mark.end)
        done = end
        delimiter = _delimiter(page.text[start:end])
        if delimiter is None:
            continue
        kinds = _header(page, start, end, delimiter)
        for last, hit in _rows(page, end + 1, delimiter, kinds):
            done = last
            yield hit


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place, place + _MOST_CHARS)
    return min(len(text), place + _MOST_CHARS) if end == -1 else end


def _delimiter(line: str) -> str | None:
    """What parts the fields of a header; None where digits or sentences say that it is none."""
    if any(c.isdigit() for c in line) or len(line) > _MOST_CHARS:
        return None
    return next((d for d in ("\t", "|", ";", ",") if d in line.strip(" |\t")), None)


def _split(text: str, start: int, end: int, delimiter: str) -> list[tuple[int, int]]:
    """The fields of a line without the margins, in place."""
    fields = []
    for field in text[start:end].split(delimiter)[:_MOST_COLUMNS]:
        inner = field.strip(_MARGIN + "\r")
        place = start + field.find(inner)
        fields.append((place, place + len(inner)))
        start += len(field) + 1
    return fields


def _header(page: Page, start: int, end: int, delimiter: str) -> Mapping[int, str]:
    kinds = {}
    fields = _split(page.text, start, end, delimiter)
    first = bisect_left(page.marks, start, key=lambda mark: mark.start)
    last = bisect_left(page.marks, end, first, key=lambda mark: mark.start)
    marks = [mark for mark in page.marks[first:last] if mark.kind in _KINDS]
    for column, (low, high) in enumerate(fields):
        for mark in marks:
            if low <= mark.start and mark.end <= high and high - low < 40:
                kinds[column] = mark.kind
    return kinds


def _rows(
    page: Page, start: int, delimiter: str, kinds: Mapping[int, str]
) -> Iterator[tuple[int, Hit]]:
    """Hits, each with the end of its line."""
    patience = _PATIENCE
    while patience and kinds and start < len(page.text):
        end = _line_end(page.text, start)
        patience -= not _RULE.match(page.text, start, end)
        for column, (low, high) in enumerate(_split(page.text, start, end, delimiter)):
            if column in kinds and _is_cell(page, kinds[column], low, high):
                patience = _PATIENCE
                yield end, (kinds[column], low, high)
        start = end + 1


def _is_cell(page: Page, kind: str, start: int, end: int) -> bool:
    if not 4 <= end - start <= 32:
        return False
    if kind == "DOB":
        return date_at(page.plain, start, end) == (start, end)
    if kind == "PHONE":
        return _PHONE.fullmatch(page.text, start, end) is not None
    return value_at(page, start, end)
