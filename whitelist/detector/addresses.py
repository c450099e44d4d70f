"""Street addresses: a house number beside a name, and what makes that a street."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import NamedTuple

from whitelist.detector.births import months
from whitelist.detector.lexicon import Page, folded
from whitelist.detector.scan import Hit
from whitelist.detector.towns import Rest, rest_at

_HOUSE = (
    r"(?<![^\W_])(?<![\d.,/$€£+=%-])(?<!\d:)\d{1,5}(?:[A-Za-zА-Яа-я]|\s[A-Z](?=[\s,.;]|\Z))?"
    r"(?:\s?[-/]\s?\d{1,4}[A-Za-z]?|[-/][A-Z]{1,3})?(?![\w%$€£]|[.,:]\d|[-/]\d)"
)
# A letter must be next to it, but for what may stand between.
_NUMBER = re.compile(
    rf"(?<=[^\W\d_])[ ,.:#\"'№°-]{{1,4}}(?P<after>{_HOUSE})"
    rf"|(?P<before>{_HOUSE})(?=[ ,]{{1,2}}(?:[^\W\d_]|\d{{1,3}}[a-z]{{2}}\b))"
)
_TOKEN = re.compile(r"(?:[vcpVCPжЖ]\.(?=[lsznк]))?[^\W_][\w'/-]*[.°]?|№")
_WIDTH = 64
_MOST = 6

# Words before the number that say no more than that it is one, and words inside names.
_SIGNS = frozenset("no nr n n° num numero nro nº č čp c p cp d д дом дім буд будинок № αρ br hnr dom house st".split())
_PARTICLES = frozenset(
    "de du des la le les l d da do dos das di del della dello dei degli delle van von der den dem "
    "ter ten te zu zum zur am an auf of the y e i og och und et im bei op aan à of 't s us et los las el of św sv".split()
)
_DIRECTIONS = frozenset("n s e w ne nw se sw north south east west".split())
_NAMES_BEFORE_KIND = 4
_LONG_ENOUGH = 3  # letters of a name before its ending
_UNMISTAKABLE = 5  # letters of an ending that counts in small letters too
_ANOTHER_COUNT = re.compile(r"(?:\b(?:no|number|nos|top|the|chapter|season|episode|act|article|section|part|volume|vol|world|class|grade|level|figure|table|step|phase|day|week|route)\b\.?|[#&])\s?\Z")
_LEADS_TO = re.compile(r"(?:^|\n|\b(?:at|to|from|of|in|on|near|is|was|visit|address|adres\w{0,3})\b:?|[:>,;|(\"'])[\s>?|]{0,12}\Z")
_GOES_ON = re.compile(r"\.?(?:\s*(?:[,.;:!?)\"'\n|]|\Z|-\s)|\s(?:in|at|and|is|was|has|for|on|with|by|near|to|tomorrow|today|if|or|apt|suite|unit|ste|flat)\b)", re.IGNORECASE)
_ODD = frozenset("brigade renegade milaan decade arcade cascade facade".split())
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_SMALL_TALK = frozenset("way lane mile minute hour day week year person man star meter metre page step".split())
_GRID = re.compile(
    r"\b(?:calle|carrera|cra|cr|cl|kr|kra|cll|diagonal|transversal|tv|av|avenida|avenida carrera)\.?\s"
    r"\d{1,3}[a-z]{0,2}(?:\s?bis)?(?:\s(?:sur|norte|este|oeste))?\s?(?:#|no\.?|n[.°o]?)\s?\d{1,3}[a-z]{0,2}\s?-\s?\d{1,3}"
)
_MILITARY = re.compile(r"\b(?:PSC \d{1,5},? Box \d{1,5}|Unit \d{1,5} Box \d{1,5}|US[NSC][SGV]? [A-Z][a-z]{1,20})\b")
_MILITARY_TOWN = re.compile(r"[\s,>?|]{1,12}[AFD]PO,? A[AEP] \d{5}\b")
_CONTEXT = 64
_BREAK = re.compile(
    r"[.!?;]\s|[(){}=<>\[\]]|\d{3}|\n[^\n]*\n[^\n]*\n|\b[^\W\d_A-Z]\w*\W+[^\W\d_A-Z]\w*\W+[^\W\d_A-Z]"
)


Place = tuple[int, int]


class Token(NamedTuple):
    """A word of an address: its plain form, with its point and without, and its place."""

    plain: str
    bare: str
    start: int
    end: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Street:
    """Where a street with its number stands, and whether nothing else looks like that."""

    start: int
    end: int
    sure: bool
    led: bool = False
    year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """The table of words: for each, whether it is enough (True) or needs more."""

    before: Mapping[str, bool]
    after: Mapping[str, bool]
    endings: Mapping[str, bool]
    english: Mapping[str, bool]
    suffixes: frozenset[str]
    boxes: frozenset[str]


@cache
def gazetteer() -> Gazetteer:
    """The table in addresses.toml."""
    table = tomllib.loads(files("whitelist.detector").joinpath("addresses.toml").read_text("utf-8"))

    def words(name: str) -> Iterator[str]:
        for row in table[name].values():
            yield from (folded(entry.strip()) for entry in row.split(","))

    def two(name: str) -> Mapping[str, bool]:
        return dict.fromkeys(words(f"{name}_with_more"), False) | dict.fromkeys(words(name), True)

    return Gazetteer(
        before=two("before"),
        after=two("after"),
        endings=two("endings"),
        english=two("english"),
        suffixes=frozenset(words("suffixes")),
        boxes=frozenset(words("boxes")),
    )


def addresses(page: Page) -> Iterator[Hit]:
    """Streets and boxes with their numbers, and what follows of flat, town, code and country."""
    for pattern in (_GRID, _MILITARY):
        for match in pattern.finditer(page.text if pattern is _MILITARY else page.plain):
            town = _MILITARY_TOWN.match(page.text, match.end())
            yield "ADDRESS", match.start(), town.end() if town else match.end()
    numbers = [m.span(str(m.lastgroup)) for m in _NUMBER.finditer(page.text)]
    if not numbers:
        return
    tokens = [match.span() for match in _TOKEN.finditer(page.text)]
    done = 0
    for number in numbers:
        if number[0] < done:
            continue
        for street in _streets(page, tokens, number):
            rest = rest_at(page, street.end)
            if street.sure or _is_backed(page, street, rest):
                yield "ADDRESS", _with_number(page, street.start), rest.end
                done = rest.end
                break


def _streets(page: Page, tokens: Sequence[Place], number: Place) -> list[Street]:
    """What the number could be part of, the surest first."""
    found: list[Street] = []
    before = _tokens_before(page, tokens, number[0])
    if before:
        found += _named_before(page, before, number)
    after = _tokens_after(page, tokens, number[1])
    if after:
        found += _named_after(page, after, number)
    if _YEAR.match(page.text, *number):
        found = [replace(street, sure=False, year=True) for street in found]
    return sorted(found, key=lambda street: not street.sure)


def _tokens_before(page: Page, tokens: Sequence[Place], end: int) -> list[Token]:
    low = max(end - _WIDTH, _led_from(page, end))
    found: list[Token] = []
    place, sign = end, True
    for index in range(bisect_left(tokens, (end, 0)) - 1, -1, -1):
        start, stop = tokens[index]
        gap = page.text[stop:place]
        if start < low or len(gap) > 3 or gap.strip(" ,:#\"'-" if sign else " \"'-"):
            break
        token = _token(page, start, stop)
        sign = token.bare in _SIGNS
        found.append(token)
        place = start
        if len(found) > _MOST:
            break
    while len(found) > 1 and found[0].bare in _SIGNS:
        found.pop(0)
    return found[::-1]


def _tokens_after(page: Page, tokens: Sequence[Place], start: int) -> list[Token]:
    found: list[Token] = []
    place = start
    for index in range(bisect_left(tokens, (start, 0)), len(tokens)):
        low, high = tokens[index]
        gap = page.text[place:low]
        if gap not in (" ", "  ") and not (place == start and gap == ", "):
            break
        found.append(_token(page, low, high))
        place = high
        if len(found) > _MOST:
            break
    return found


def _token(page: Page, start: int, end: int) -> Token:
    plain = page.plain[start:end]
    return Token(plain, plain.rstrip("."), start, end, page.text[start].isupper())


def _known(token: Token, words: Mapping[str, bool]) -> bool | None:
    """Whether the word is enough; None where the table has it not."""
    dotted = words.get(token.plain)
    return words.get(token.bare) if dotted is None else dotted


def _named_before(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    words, last, end = gazetteer(), tokens[-1], number[1]
    if _is_box(tokens) and page.text[last.end : number[0]].strip(" .#") == "" and "/" not in page.text[slice(*number)]:
        yield Street(_box_start(tokens), end, True)
    for place in range(len(tokens) - 2, -1, -1):
        enough = _known(tokens[place], words.before)
        english = place > 0 and tokens[place - 1].capital and tokens[place].bare in words.english
        if enough is not None and not english and _is_name(tokens[place + 1 :]):
            yield Street(tokens[place].start, end, enough)
            break
    names = list(takewhile(_in_name, reversed(tokens[:-1])))[: _NAMES_BEFORE_KIND]
    while names and not names[-1].capital:
        names.pop()
    kind = _known(last, words.after)
    if kind is not None and names:
        yield Street(names[-1].start, end, kind)
    ending = _ending(last)
    if ending is not None:
        yield Street(last.start, end, ending)
    if last.capital and page.text[last.end : number[0]] == " " and not _is_acronym(page, last):
        yield Street(names[-1].start if names else last.start, end, False)


def _is_acronym(page: Page, token: Token) -> bool:
    return token.end - token.start <= 4 and page.text[token.start : token.end].isupper()


def _ending(token: Token) -> bool | None:
    """Whether the ending of a compound is enough; None where it has none."""
    word = token.bare
    if word in _ODD:
        return None
    endings = gazetteer().endings
    for length in range(min(8, len(word) - _LONG_ENOUGH), 0, -1):
        enough = endings.get(word[-length:])
        if enough is not None and (token.capital or (enough and length >= _UNMISTAKABLE)):
            return enough
    return None


def _is_box(tokens: Sequence[Token]) -> bool:
    last = tokens[-1].bare
    said = [" ".join(t.bare for t in tokens[-count:]) for count in (1, 2, 3)]
    boxes = gazetteer().boxes
    return any(
        words in boxes and (len(words) > 3 or tokens[-1].capital) and words not in ("box", "pl")
        for words in said
    ) or (last == "box" and any(t.bare in ("p.o", "po", "p") for t in tokens[-3:]))


def _box_start(tokens: Sequence[Token]) -> int:
    boxes = gazetteer().boxes
    for count in (3, 2, 1):
        if " ".join(t.bare for t in tokens[-count:]) in boxes:
            return tokens[max(0, len(tokens) - count)].start
    return tokens[max(0, len(tokens) - 2)].start


def _named_after(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    words, start = gazetteer(), number[0]
    first = _known(tokens[0], words.before)
    if first is not None and len(tokens) > 1:
        name = list(takewhile(_in_name, tokens[1:]))
        while name and not name[-1].capital:
            name.pop()
        small = not tokens[0].capital or name and tokens[1].bare in _PARTICLES
        if name and len(tokens[0].bare) > 1:
            yield Street(start, name[-1].end, first or bool(small and page.text[start:].strip()[:1]))
    if page.text[number[1]] == ",":
        return
    yield from _english(page, tokens, number)


def _english(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    words, start = gazetteer(), number[0]
    led = _LEADS_TO.search(page.plain, max(0, start - 24), start) is not None
    counted = _ANOTHER_COUNT.search(page.plain, max(0, start - 16), start) is not None
    for place, token in enumerate(tokens[1 : _NAMES_BEFORE_KIND + 1], start=1):
        name = tokens[:place]
        if not all(t.capital or t.plain[0].isdigit() or t.bare in _PARTICLES for t in name):
            break
        kind = _known(token, words.english)
        end = _with_direction(tokens, place)
        if kind is not None and token.capital and not counted:
            sure = kind or (_GOES_ON.match(page.text, end) is not None)
            yield Street(start, end, sure, led)
        elif token.bare in words.suffixes and token.capital and not counted:
            sure = led and number[1] - number[0] > 1 and _GOES_ON.match(page.text, end) is not None
            yield Street(start, end, sure, led)
    yield from _small(page, tokens, number)
    name = list(takewhile(lambda t: t.capital, tokens[:_NAMES_BEFORE_KIND]))
    if name and not counted:
        yield Street(start, name[-1].end, False, led)


def _small(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 main street`: only the commonest kinds, where they are not said of something else."""
    for place, token in enumerate(tokens[1:4], start=1):
        if token.bare in ("street", "avenue", "ave", "boulevard", "blvd", "road"):
            if not any(t.bare in _SMALL_TALK for t in tokens[:place]):
                yield Street(number[0], token.end, False)
            return


def _with_direction(tokens: Sequence[Token], place: int) -> int:
    following = tokens[place + 1 : place + 2]
    if following and following[0].bare in _DIRECTIONS and following[0].capital:
        return following[0].end
    return tokens[place].end


def _in_name(token: Token) -> bool:
    return token.capital or token.bare in _PARTICLES or token.plain[0].isdigit()


def _is_name(tokens: Sequence[Token]) -> bool:
    return all(map(_in_name, tokens)) and any(t.capital for t in tokens)


def _is_backed(page: Page, street: Street, rest: Rest) -> bool:
    """Whether a flat, a postal code or a country follows, or words for living somewhere stand
    before.
    """
    if months().intersection(folded(page.text[street.start : street.end]).split()):
        return False
    if street.year and not rest.coded:
        return False
    if rest.coded or rest.flat:
        return True
    if rest.country and street.led:
        return True
    return _is_led(page, street.start)


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


_ANOTHER = re.compile(r"(?<![\w.,$€£/-])(?P<number>\d{1,5})[ ,]{1,2}\Z")
