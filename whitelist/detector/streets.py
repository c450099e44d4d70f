"""What a number and the words beside it could be of a street."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page
from whitelist.detector.tokens import (
    Token,
    ending,
    in_name,
    known,
    name_of,
    tokens_after,
    tokens_before,
)

Place = tuple[int, int]
"""Start and end."""

_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_MOST_NAMES = 4
_ACRONYM = 4  # letters, in capitals: "RFC 821"
_ITALIAN = frozenset({"in", "alla", "nella", "di", "della", "dalla"})
_SMALL = frozenset({"street", "avenue", "ave", "boulevard", "blvd", "road"})
_SMALL_TALK = frozenset(
    {
        *("way", "lane", "mile", "minute", "hour", "day", "week", "year", "person", "man", "star"),
        *("meter", "metre", "page", "step"),
    }
)
_COUNTED = re.compile(
    r"(?:\b(?:no|number|nos|top|the|chapter|season|episode|act|article|section|part|volume|vol|"
    r"world|class|grade|level|figure|table|step|phase|day|week|route)\b\.?|[#&])\s?\Z"
)
_LED_TO = re.compile(
    r"(?:^|\n|\b(?:at|to|from|of|in|on|near|is|was|visit|address|adres\w{0,3})\b:?|[:>,;|(\"'])"
    r"[\s>?|]{0,12}\Z"
)
# What may follow a street in a sentence, where another noun would make it something else.
_GOES_ON = re.compile(
    r"\.?(?:\s*(?:[,.;:!?)\"'\n|]|\Z|-\s)|\s(?:in|at|and|is|was|has|for|on|with|by|near|to|if|or|"
    r"today|tomorrow|apt|suite|unit|ste|flat)\b)"
)


@dataclass(frozen=True, slots=True)
class Street:
    """Where a street with its number stands, whether nothing else looks like that, and whether
    only a postal code after it would prove it.
    """

    start: int
    end: int
    sure: bool = False
    bare: bool = False


def streets(page: Page, number: Place, least: int) -> list[Street]:
    """What the number could be part of, the surest first. Words before `least` are not its."""
    found: list[Street] = []
    before = tokens_before(page, number[0], least)
    if before:
        found += _box(page, before, number)
        found += _named_before(page, before, number)
    after = tokens_after(page, number[1])
    if after:
        found += _typed_after(page, after, number)
        if page.text[number[1]] != ",":
            found += _english(page, after, number)
    if _YEAR.match(page.text, *number):
        found = [replace(street, sure=False, bare=True) for street in found]
    return sorted(found, key=lambda street: not street.sure)


def _named_before(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`Via Roma 10`, `Váci utca 12`, `Hauptstraße 5`, and plain `Ilica 5`."""
    last, end = tokens[-1], number[1]
    for place in range(len(tokens) - 2, -1, -1):
        enough = _kind_before(tokens, place)
        rest = tokens[place + 1 :]
        if enough is not None and all(map(in_name, rest)) and any(t.capital for t in rest):
            yield Street(tokens[place].start, end, enough)
            break
    name = name_of(reversed(tokens[:-1]))[:_MOST_NAMES]
    kind = known(last, gazetteer().after)
    if kind is not None and name:
        yield Street(name[-1].start, end, kind)
    compound = ending(last)
    if compound is not None:
        yield Street(last.start, end, compound)
    if last.capital and page.text[last.end : number[0]] == " ":
        start = name[-1].start if name else last.start
        yield Street(start, end, bare=_is_no_name(page, last))


def _kind_before(tokens: Sequence[Token], place: int) -> bool | None:
    """Whether the word there opens a street's name; None where it does not."""
    token, words = tokens[place], gazetteer()
    previous = tokens[place - 1] if place else None
    if token.bare == "via":  # Italian with a capital, or after an Italian preposition
        return token.capital or (previous is not None and previous.bare in _ITALIAN)
    if previous is not None and previous.capital and token.bare in words.english:
        return None  # "Rowan Avenue Elementary School, 600"
    return known(token, words.before)


def _is_no_name(page: Page, token: Token) -> bool:
    """Whether it is an acronym, or a part of a house ("Room 12")."""
    short = token.end - token.start <= _ACRONYM and page.text[token.start : token.end].isupper()
    return short or token.bare in gazetteer().units


def _box(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`P.O. Box 12`, `Postfach 12`. Not `BP: 120/80`, which is a blood pressure."""
    if page.text[tokens[-1].end : number[0]].strip(" .#") or "/" in page.text[slice(*number)]:
        return
    for count in (3, 2, 1):
        words = tokens[-count:]
        said = " ".join(token.bare for token in words)
        if said in gazetteer().boxes and (len(said) > 3 or words[0].capital):
            yield Street(words[0].start, number[1], sure=said not in ("box", "pl"))
            return


def _typed_after(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 rue de la Paix`."""
    kind = known(tokens[0], gazetteer().before)
    name = name_of(tokens[1:])
    if kind is None or not name or len(tokens[0].bare) < 2:
        return
    french = not tokens[0].capital or tokens[1].bare in gazetteer().particles
    yield Street(number[0], name[-1].end, kind or french)


def _english(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 Main Street`, `12 Gary Harbor`, `12 main street`, and plain `12 Long Meadow`."""
    start = number[0]
    if _COUNTED.search(page.plain, max(0, start - 16), start):
        return
    words = gazetteer()
    led = _LED_TO.search(page.plain, max(0, start - 24), start) is not None
    for place, token in enumerate(tokens[1 : _MOST_NAMES + 1], start=1):
        if not in_name(tokens[place - 1]):
            break
        end = _with_direction(tokens, place)
        kind = known(token, words.english)
        if token.capital and (kind is not None or token.bare in words.suffixes):
            alone = _GOES_ON.match(page.plain, end) is not None
            named = led and number[1] - start > 1
            yield Street(start, end, kind or (alone and (kind is not None or named)))
    yield from _in_small_letters(tokens, number)
    name = list(takewhile(lambda token: token.capital, tokens[:_MOST_NAMES]))
    if name:
        yield Street(start, name[-1].end)


def _in_small_letters(tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    for place, token in enumerate(tokens[1:4], start=1):
        if token.bare in _SMALL:
            if not any(t.bare in _SMALL_TALK for t in tokens[:place]):
                yield Street(number[0], token.end)
            return


def _with_direction(tokens: Sequence[Token], place: int) -> int:
    for token in tokens[place + 1 : place + 2]:
        if token.capital and token.bare in gazetteer().directions:
            return token.end
    return tokens[place].end
