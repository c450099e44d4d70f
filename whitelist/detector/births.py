"""Dates of birth: a whole date beside a word for being born."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from whitelist.detector.lexicon import Mark, Page, folded
from whitelist.detector.scan import Hit

_MONTH = r"[^\W\d_]{3,14}"
_DATE = re.compile(
    r"(?P<iso>\d{4})(?P<s>[./-])\s?\d{1,2}(?P=s)\s?\d{1,2}"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?P<numeric>\d{4}|'?\d{2})"
    r"|\d{1,2}(?:st|nd|rd|th|er|re|[.oa°]|-?(?:е|го|ro|og))?[\s-]{1,2}(?:(?:of|de|del|di|do)\s|d')?"  # noqa: RUF001
    rf"(?P<named>{_MONTH})[.,]{{0,2}}[\s-]{{1,2}}(?:(?:of|de|del|do)\s)?(?P<year>\d{{4}}|'?\d{{2}})"
    rf"|(?P<first>{_MONTH})\.?[\s-]\d{{1,2}}(?:st|nd|rd|th)?,?[\s-](?P<after>\d{{4}})"
    r"|(?P<before>\d{4})[.,]?\s(?:(?:m|g|gada)\.?\s)?(?:\d{1,2}\.\s)?"
    rf"(?P<last>{_MONTH})\.?(?:\s\d{{1,2}}(?!\d))?"
    r"|\d{1,2}\s\d{1,2}\s(?P<spaced>(?:19|20)\d\d)"
)
_EDGE = re.compile(r"(?![\w/]|[.,-]\d)")
_COMPACT = re.compile(r"\W{1,6}(?P<date>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(?!\d)")

_FIGURES = re.compile(r"\d\s?[./-]\s?\d|\d\s\d{1,2}\s\d{4}|\d{8}")
_LONGEST = 32

_REACH = 56
_CLOSE, _NEXT = ("ne le", "b", "nac", "nar", "ur"), 3  # words of other meanings elsewhere
_BACK = 44
_BETWEEN = re.compile(
    r"[^\d\n]{0,48}?(?<![\w./,:-])|[^\w\n]{0,6}:[^\w\n]{0,6}\n[^\w\n]{0,8}|[ \t]*\n[ \t]*"
)
_LED_TO = re.compile(r"[^\d\n.;]{0,24}\Z|[.]?[^\w\n]{1,3}\Z")
_FIRST_YEAR, _LAST_YEAR = "1900", "2029"

# Encyclopaedias' own way to begin: "(born 4 May 1929) was a Belgian …", and lives that are over.
_OF_RECORD = re.compile(
    r"\)?,? (?:is|was|ist|war|est|era|es|fue) (?:an?|the|ein|une?|una?|il|el|le) (?!\d)"
    r"|[^\w\n]{0,3}-\s?\D{0,12}\d"
)
_START = re.compile(r"(?<!\w)[^\W_]")
_WORD = re.compile(r"[^\W\d_]+")
_LIFE = 160  # characters around, in which the life is told
_ASKED = re.compile(
    r"\b(?:who|which|what|people|celebrities|persons?|babies|anyone|someone|children)"
    r"\b[^\n.]{0,40}\Z"
)


@cache
def _table() -> Mapping[str, frozenset[str]]:
    source = files("whitelist.detector").joinpath("births.toml").read_text("utf-8")
    return {
        name: frozenset(folded(" ".join(rows.values())).split())
        for name, rows in tomllib.loads(source).items()
    }


def months() -> frozenset[str]:
    """The names of months, folded."""
    return _table()["months"]


def births(page: Page) -> Iterator[Hit]:
    """Dates of the twentieth century and since that stand, within a few words, after a word for
    birth or before one ("12.5.1980 geboren"). Not: dates in an encyclopaedia's opening line.
    """
    dates: Sequence[int] | None = None
    for place, mark in enumerate(page.marks):
        if mark.kind != "DOB" or page.text[mark.start - 1 : mark.start] == "-":  # "Saudi-born"
            continue
        dates = _dates(page) if dates is None else dates
        near = bisect_left(dates, mark.start - _BACK)
        if near < len(dates) and dates[near] < mark.end + _REACH + _LONGEST:
            found = _after(page, mark, page.room(place)) or _before(page, mark)
            if found is not None:
                yield "DOB", *found


def _dates(page: Page) -> Sequence[int]:
    """Where something stands that every date has: figures in a row or the name of a month."""
    figures = [match.start() for match in _FIGURES.finditer(page.plain)]
    return sorted(figures + [start for word, start, _ in page.words if word in months()])


def date_at(plain: str, start: int, limit: int) -> tuple[int, int] | None:
    """The date at `start` of a folded text, if it is one of a time in which somebody living can
    be born.
    """
    match = _DATE.match(plain, start, limit)
    return match.span() if match is not None and _is_date(match, plain) else None


def _in_calendar(date: str) -> bool:
    """Whether a date in figures has a day and a month."""
    figures = [int(figure) for figure in re.findall(r"\d+", date) if len(figure) <= 2][:2]
    return all(1 <= figure <= 31 for figure in figures) and (len(figures) < 2 or min(figures) <= 12)


def _is_date(match: re.Match[str], plain: str) -> bool:
    named = match["named"] or match["first"] or match["last"]
    if named not in months() if named is not None else not _in_calendar(match[0]):
        return False
    years = ("iso", "numeric", "year", "after", "before", "spaced")
    year = next(match[group] for group in years if match[group]).lstrip("'")
    return (len(year) == 2 or _FIRST_YEAR <= year <= _LAST_YEAR) and _EDGE.match(
        plain, match.end()
    ) is not None


def _after(page: Page, mark: Mark, limit: int) -> tuple[int, int] | None:
    plain, end = page.plain, mark.end
    limit = min(limit, end + (_REACH if plain[mark.start : end] not in _CLOSE else _NEXT))
    compact = _COMPACT.match(plain, end, limit)
    if compact is not None:
        return compact.span("date")
    for start in _starts(plain, end, limit):
        if _BETWEEN.fullmatch(plain, end, start):
            found = date_at(plain, start, min(len(plain), start + _LONGEST))
            if found is not None:
                return None if _is_of_record(plain, mark, found[1]) else found
    return None


def _starts(plain: str, start: int, limit: int) -> Iterator[int]:
    """Where a date could start: at the first digits, or at a word before them."""
    for match in _START.finditer(plain, start, limit):
        yield match.start()
        if match[0].isdigit():
            return


def _before(page: Page, mark: Mark) -> tuple[int, int] | None:
    plain = page.plain
    low = max(0, mark.start - _BACK)
    for match in _DATE.finditer(plain, low, mark.start):
        fresh = match.start() == low or not plain[match.start() - 1].isalnum()
        if fresh and _is_date(match, plain) and _LED_TO.match(plain, match.end(), mark.start):
            if _is_of_record(plain, mark, mark.end):
                return None
            return match.span()
    return None


def _is_of_record(plain: str, mark: Mark, end: int) -> bool:
    return (
        _OF_RECORD.match(plain, end, min(len(plain), end + 24)) is not None
        or _ASKED.search(plain, max(0, mark.start - 60), mark.start) is not None
        or not _table()["public"].isdisjoint(
            _WORD.findall(plain, max(0, mark.start - _LIFE), min(len(plain), end + _LIFE))
        )
    )
