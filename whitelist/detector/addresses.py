"""Street addresses: a house number beside a name, and what makes that a street."""

import re
from collections.abc import Iterator

from whitelist.detector.births import months
from whitelist.detector.clues import Clues
from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page
from whitelist.detector.scan import Hit
from whitelist.detector.streets import Place, Street, is_counted, streets
from whitelist.detector.tokens import Tokens
from whitelist.detector.towns import Rest, rest_at

# A house number that is no part of a longer one, and what of a name or a number comes after it.
_HOUSE = (
    r"\d{1,5}(?:[A-Za-zА-Яа-я]|\s[A-Z](?=[\s,.;]|\Z)|\s(?:bis|ter|quater)\b)?"  # noqa: RUF001
    r"(?:\s?[-/]\s?\d{1,4}[A-Za-z]?|[-/][A-Z]{1,3})?(?![\w%$€£]|[.,:]\d|[-/]\d)"
)
_NUMBER = re.compile(
    rf"(?<![^\W_])(?<![.,/$€£+=%-])(?<!\d:)(?=(?P<house>{_HOUSE}))"
    r"\d+(?=[ ,]{0,4}(?P<company>[^\W\d_]|\d{1,3}[a-z]|[-/]\d)?)"
)
_BETWEEN = " ,.:#\"'-№°"
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
_PUBLIC = re.compile(r"(?P<word>[^\W\d_]{2,12}) ?,\Z")
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
    numbers = list(_numbers(page.text))
    if not numbers:
        return
    tokens = Tokens(page, numbers)
    clues = Clues(page, tokens.telling())
    done = 0
    for number in numbers:
        if number[0] >= done:
            found = _address(page, tokens, clues, number)
            if found is not None:
                done = found[1]
                yield "ADDRESS", *found


def _numbers(text: str) -> Iterator[Place]:
    """Where house numbers could stand: next to a letter, but for what may stand between."""
    for match in _NUMBER.finditer(text):
        start = match.start()
        if match["company"] or text[max(0, start - 7) : start].rstrip(_BETWEEN)[-1:].isalpha():
            yield match.span("house")


def _address(page: Page, tokens: Tokens, clues: Clues, number: Place) -> Place | None:
    """The address that the number is part of, if it is of one."""
    start, end = number
    least = clues.led_from(start)
    led, telling = least >= start - 2 * _CONTEXT, clues.tell(number)
    if not (led or telling or clues.promise(end)):
        return None
    backed = led or clues.follow(end)
    for street in streets(page, tokens, number, least, telling=telling, backed=backed):
        if street.bare and not clues.is_coded(street.end):
            continue
        if street.sure or clues.follow(street.end) or (led and _is_led(page, clues, street.start)):
            rest = rest_at(page, street.end)
            if _is_one(page, clues, street, rest):
                return _with_number(page, street.start), rest.end
    return None


def _is_one(page: Page, clues: Clues, street: Street, rest: Rest) -> bool:
    """Whether it is sure, or a flat, a postal code or a country follows, or words for living
    somewhere stand before. Not, where a school, a hotel or the like does.
    """
    if street.counts and is_counted(page.plain, street.start):
        return False
    if _is_public(page.plain, street.start):
        return False
    if street.sure:
        return True
    if street.bare and not rest.coded:
        return False
    if not months().isdisjoint(page.plain[street.start : street.end].split()):
        return False
    if rest.coded or rest.flat or _is_led(page, clues, street.start):
        return True
    sent = _SENT.search(page.plain, max(0, street.start - 16), street.start)
    return rest.country and sent is not None


def _is_public(plain: str, start: int) -> bool:
    """Whether a word for a place that anybody may enter stands before, with a comma."""
    before = plain[max(0, start - 16) : start].rstrip(" ")
    public = _PUBLIC.search(before) if before.endswith(",") else None
    return public is not None and public["word"] in gazetteer().public


def _is_led(page: Page, clues: Clues, start: int) -> bool:
    """Whether words for living somewhere stand before `start`, in the same breath."""
    end = clues.led_from(start)
    if end == -1 or start - end > _CONTEXT or page.text[end].isalpha():
        return False
    return not _BREAK.search(page.text, end, start)


def _with_number(page: Page, start: int) -> int:
    """Where a second number in front begins, as some write building and house."""
    if not page.text[max(0, start - 3) : start].rstrip(" ")[-1:].isdigit():
        return start
    match = _ANOTHER.search(page.text, max(0, start - 7), start)
    return match.start("number") if match is not None else start
