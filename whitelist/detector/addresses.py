"""Street addresses: a house number beside a name, and what makes that a street."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from whitelist.detector.births import months
from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page, folded
from whitelist.detector.scan import Hit
from whitelist.detector.streets import Place, Street, streets
from whitelist.detector.towns import Rest, rest_at

_DIGITS = re.compile(r"\d+")
_HOUSE = re.compile(
    r"\d{1,5}(?:[A-Za-zА-Яа-я]|\s[A-Z](?=[\s,.;]|\Z)|\s(?:bis|ter|quater)\b)?"  # noqa: RUF001
    r"(?:\s?[-/]\s?\d{1,4}[A-Za-z]?|[-/][A-Z]{1,3})?(?![\w%$€£]|[.,:]\d|[-/]\d)"
)
_MOST_DIGITS = 5
_PART_OF_MORE = re.compile(r"[^\W_]\Z|[\d.,/$€£+=%-]\Z|\d:\Z")
_BETWEEN = " ,.:#\"'-№°"
_COMPANY = re.compile(r"[^\W\d_]|\d{1,3}[a-z]|[-/]\d")
_ANOTHER = re.compile(r"(?<![\w.,$€£/-])(?P<number>\d{1,5}) {1,2}\Z")

# Colombia's grid ("Calle 45 # 12-30"), and the United States' military post.
_GRID = re.compile(
    r"\b(?:calle|carrera|cra|cr|cl|kr|kra|cll|diagonal|transversal|tv|av|avenida)\.?\s"
    r"\d{1,3}[a-z]{0,2}(?:\s?bis)?(?:\s(?:sur|norte|este|oeste))?\s?(?:#|no\.?|n[.°o]?)\s?"
    r"\d{1,3}[a-z]{0,2}\s?-\s?\d{1,3}"
)
_MILITARY = re.compile(
    r"\b(?:(?:PSC|Unit) \d{1,5},? Box \d{1,5}|US[NSC][SGV]? [A-Z][a-z]{1,20})"
    r"[\s,>?|]{1,12}[AFD]PO,? A[A-Z] \d{5}\b"
)

_SENT = re.compile(r"\b(?:at|to|from|near|address\w{0,2}|is)\b[:\s>?|]{1,8}(?:\d{1,4} )?\Z")
_PUBLIC = re.compile(r"(?P<word>[^\W\d_]{2,12}) ?, ?\Z")
_AHEAD = re.compile(r"\.?[ \t]{0,3}(?:(?P<part>[,;\n\r|>#]|\d)|(?P<word>[^\W\d_]{1,16}))")
_CONTEXT = 64
# What parts words for living somewhere from a street: sentences, code, numbers, other words.
_BREAK = re.compile(
    r"[.!?;]\s|[(){}=<>\[\]]|\d{3}|\n[^\n]*\n[^\n]*\n|"
    r"\b[^\W\d_A-Z]\w*\W+[^\W\d_A-Z]"
)


def addresses(page: Page) -> Iterator[Hit]:
    """Streets and boxes with their numbers, and what follows of flat, town, code and country."""
    for match in (*_GRID.finditer(page.plain), *_MILITARY.finditer(page.text)):
        yield "ADDRESS", match.start(), match.end()
    done = 0
    for number in _numbers(page.text):
        if number[0] < done:
            continue
        for street in streets(page, number, _led_from(page, number[0])):
            if not street.sure and not _can_be_backed(page, street):
                continue
            rest = rest_at(page, street.end)
            if _is_one(page, street, rest):
                yield "ADDRESS", _with_number(page, street.start), rest.end
                done = rest.end
                break


def _numbers(text: str) -> Iterator[Place]:
    """Where house numbers could stand: next to a letter, but for what may stand between."""
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        if end - start > _MOST_DIGITS:
            continue
        before = text[max(0, start - 7) : start].rstrip(_BETWEEN)
        after = text[end : end + 5].lstrip(" ,")
        if not (before[-1:].isalpha() or _COMPANY.match(after)):
            continue
        house = _HOUSE.match(text, start)
        if house is not None and not _PART_OF_MORE.search(text, max(0, start - 2), start):
            yield house.span()


def _can_be_backed(page: Page, street: Street) -> bool:
    """A cheap look ahead: whether a new part of an address could begin, or words stand before."""
    ahead = _AHEAD.match(page.plain, street.end)
    if ahead is not None and (ahead["part"] or ahead["word"] in gazetteer().units):
        return True
    return _is_led(page, street.start)


def _is_one(page: Page, street: Street, rest: Rest) -> bool:
    """Whether it is sure, or a flat, a postal code or a country follows, or words for living
    somewhere stand before. Not, where a school, a hotel or the like does.
    """
    public = _PUBLIC.search(page.plain, max(0, street.start - 16), street.start)
    if public is not None and public["word"] in gazetteer().public:
        return False
    if street.sure:
        return True
    if street.bare and not rest.coded:
        return False
    if not months().isdisjoint(folded(page.text[street.start : street.end]).split()):
        return False
    if rest.coded or rest.flat or _is_led(page, street.start):
        return True
    sent = _SENT.search(page.plain, max(0, street.start - 16), street.start)
    return rest.country and sent is not None


def _led_from(page: Page, start: int) -> int:
    """Where the last words for living somewhere end before `start`; -1 where there are none."""
    place = bisect_left(page.marks, start, key=lambda mark: mark.end)
    for mark in reversed(page.marks[max(0, place - 3) : place + 1]):
        if mark.kind == "ADDRESS" and mark.end <= start:
            return mark.end
    return -1


def _is_led(page: Page, start: int) -> bool:
    """Whether words for living somewhere stand before `start`, in the same breath."""
    end = _led_from(page, start)
    if end == -1 or start - end > _CONTEXT or page.text[end].isalpha():
        return False
    return not _BREAK.search(page.text, end, start)


def _with_number(page: Page, start: int) -> int:
    """Where a second number in front begins, as some write building and house."""
    match = _ANOTHER.search(page.text, max(0, start - 7), start)
    return match.start("number") if match is not None else start
