"""Words and codes without which no number is one of a house, found in the whole text at once."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page
from whitelist.detector.tokens import WIDTH
from whitelist.detector.towns import CAPITAL, GAP, STOREYS, YEAR, is_unit

# What every postal code holds. (The shapes themselves are in towns.py.)
_CODE = re.compile(
    rf"(?!{YEAR})\d{{4}}|"
    r"\d\d-\d{3}|\d{3} \d\d|\d[A-Z]{2}\b|\d[A-Z][ -]?\d|\d[\dW] [A-Z\d]{4}\b"
)
_AHEAD = re.compile(r"\.?[ \t]{0,3}(?:(?P<part>[,;\n\r|>#]|\d)|(?P<word>[^\W\d_]{1,16}))")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(CAPITAL)
_FIGURES = re.compile(rf"(?!{YEAR})\d{{4}}|\d\d-\d{{3}}|\d{{3}} \d\d|{STOREYS.pattern}")
_REST = 256  # characters after a street, in which a flat, a code or a country must begin


class Clues:
    """Where the words for living somewhere end, where words stand that name a street and nothing
    else, and where flats, postal codes and countries could be.
    """

    def __init__(self, page: Page, telling: Sequence[int]) -> None:
        table = gazetteer()
        self._page = page
        self._led = [mark.end for mark in page.marks if mark.kind == "ADDRESS"]
        self._telling = telling
        self._units: list[int] = []
        self._codes = [match.start() for match in _CODE.finditer(page.text)]
        for word, start, end in page.words:
            if word in table.units:
                if is_unit(page.plain, word, end):
                    self._units.append(start)
            elif word in table.country_heads:
                self._codes.append(start)
        self._codes.sort()

    def tell(self, number: tuple[int, int]) -> bool:
        """Whether there is a word within reach of the number that alone could make it one."""
        return _is_within(self._telling, number[0] - WIDTH, number[1] + WIDTH)

    def promise(self, end: int) -> bool:
        """Whether a flat, a code or a country could follow the street of a number that ends at
        `end`.
        """
        return self.is_coded(end) or _is_within(self._units, end, end + WIDTH + _REST)

    def is_coded(self, end: int) -> bool:
        """Whether a code or a country could."""
        return _is_within(self._codes, end, end + WIDTH + _REST)

    def follow(self, end: int) -> bool:
        """A cheap look ahead: whether a flat, a code or a country could begin after `end`."""
        text, plain, table = self._page.text, self._page.plain, gazetteer()
        ahead = _AHEAD.match(plain, end)
        if ahead is None or (ahead["word"] is not None and ahead["word"] not in table.units):
            return False
        gap = GAP.match(text, end)
        place = gap.end() if gap is not None else end
        word = _WORD.match(plain, place)
        if word is None:
            return _FIGURES.match(plain, place) is not None
        if word[0] in table.units and is_unit(plain, word[0], word.end()):
            return True
        if word[0] in table.country_heads:
            return True
        return self.is_coded(place) and _CAPITAL.match(text, place) is not None

    def led_from(self, start: int) -> int:
        """Where the last words for living somewhere end before `start`; -1 where there are none."""
        place = bisect_right(self._led, start)
        return self._led[place - 1] if place else -1


def _is_within(places: Sequence[int], low: int, high: int) -> bool:
    place = bisect_left(places, low)
    return place < len(places) and places[place] < high
