"""What a number and the words beside it could be of a street."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page
from whitelist.detector.tokens import Token, Tokens, Word, name_of

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


class Street(NamedTuple):
    """Where a street with its number stands, whether nothing else looks like that, whether only a
    postal code after it would prove it, and whether the number comes first, as in a count.
    """

    start: int
    end: int
    sure: bool = False
    bare: bool = False
    counts: bool = False


def streets(
    page: Page, tokens: Tokens, number: Place, least: int, *, telling: bool, backed: bool
) -> Iterator[Street]:
    """What the number could be part of, the surest first. Words before `least` are not its. None
    is sure where no word near is `telling`. One that ends with the number must be sure where it is
    not `backed` by what is said before or after it.
    """
    year = _YEAR.match(page.text, *number) is not None
    others = []
    before = tokens.before(number[0], least) if telling or backed else ()
    if before and (backed or before[-1].word.boxed or _is_telling(before)):
        for street in _ended(page, before, number):
            if street.sure and not year:
                yield street
            elif backed:
                others.append(street)
    after = tokens.after(number[1])
    if after:
        for street in _begun(page, after, number):
            if street.sure and not year:
                yield street
            else:
                others.append(street)
    for street in others:
        yield street._replace(sure=False, bare=True) if year else street


def is_counted(plain: str, start: int) -> bool:
    """Whether the number at `start` counts something: "the 12", "Chapter 3"."""
    return _COUNTED.search(plain, max(0, start - 16), start) is not None


def _is_telling(tokens: Sequence[Token]) -> bool:
    return any(token.word.telling for token in tokens)


def _ended(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """Streets that end with the number."""
    if tokens[-1].word.boxed:
        yield from _box(page, tokens, number)
    if len(tokens) > 1:
        yield from _typed_before(tokens, number)
    yield from _named_before(page, tokens, number)


def _begun(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """Streets that begin with the number."""
    telling = len(tokens) > 1 and _is_telling(tokens)
    if telling:
        yield from _typed_after(tokens, number)
    if page.text[number[1]] == ",":
        return
    if telling:
        yield from _english(page, tokens, number)
        yield from _in_small_letters(tokens, number)
    end = 0
    for token in tokens[:_MOST_NAMES]:
        if not token.word.capital:
            break
        end = token.end
    if end:
        yield Street(number[0], end, counts=True)


def _box(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`P.O. Box 12`, `Postfach 12`. Not `BP: 120/80`, which is a blood pressure."""
    if page.text[tokens[-1].end : number[0]].strip(" .#") or "/" in page.text[slice(*number)]:
        return
    for count in (3, 2, 1):
        words = tokens[-count:]
        said = " ".join([token.word.bare for token in words])
        if said in gazetteer().boxes and (len(said) > 3 or words[0].word.capital):
            yield Street(words[0].start, number[1], sure=said not in ("box", "pl"))
            return


def _typed_before(tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`Via Roma 10`, `Váci utca 12`."""
    capital = False
    for place in range(len(tokens) - 2, -1, -1):
        if not tokens[place + 1].word.inside:
            break
        capital = capital or tokens[place + 1].word.capital
        enough = _kind_before(tokens, place) if capital else None
        if enough is not None:
            yield Street(tokens[place].start, number[1], enough)
            break
    enough = tokens[-1].word.kinds.after
    if enough is not None:
        name = _name_before(tokens)
        if name:
            yield Street(name[-1].start, number[1], enough)


def _kind_before(tokens: Sequence[Token], place: int) -> bool | None:
    """Whether the word there opens a street's name; None where it does not."""
    word = tokens[place].word
    if word.kinds.before is None:
        return None
    previous = tokens[place - 1].word if place else None
    if word.bare == "via":  # Italian with a capital, or after an Italian preposition
        return word.capital or (previous is not None and previous.bare in _ITALIAN)
    if previous is not None and previous.capital and word.kinds.english is not None:
        return None  # "Rowan Avenue Elementary School, 600"
    return word.kinds.before


def _named_before(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`Hauptstraße 5`, and plain `Ilica 5`."""
    start, end, word = tokens[-1]
    if word.ending is not None:
        yield Street(start, number[1], word.ending)
    if word.capital and page.text[end : number[0]] == " ":
        name = _name_before(tokens)
        first = name[-1].start if name else start
        yield Street(first, number[1], bare=_is_no_name(page.text[start:end], word.bare))


def _name_before(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words that make up a name before the last one, backwards."""
    return name_of(tokens[-2::-1])[:_MOST_NAMES] if len(tokens) > 1 else ()


def _is_no_name(text: str, bare: str) -> bool:
    """Whether it is an acronym, or a part of a house ("Room 12")."""
    return (len(text) <= _ACRONYM and text.isupper()) or bare in gazetteer().units


def _typed_after(tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 rue de la Paix`."""
    first = tokens[0].word
    if first.kinds.before is None or len(first.bare) < 2:
        return
    name = name_of(tokens[1:])
    if name:
        french = not first.capital or tokens[1].word.bare in gazetteer().particles
        yield Street(number[0], name[-1].end, first.kinds.before or french)


def _english(page: Page, tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 Main Street`, `12 Gary Harbor`."""
    suffixes = gazetteer().suffixes
    for place in range(1, min(len(tokens), _MOST_NAMES + 1)):
        if not tokens[place - 1].word.inside:
            return
        word = tokens[place].word
        if word.capital and (word.kinds.english is not None or word.bare in suffixes):
            end = _with_direction(tokens, place)
            enough = word.kinds.english or _stands_alone(page, word, number, end)
            yield Street(number[0], end, enough, counts=True)


def _stands_alone(page: Page, word: Word, number: Place, end: int) -> bool:
    """Whether the sentence ends or goes on after a street that could be something else; and where
    it is called what few streets are, whether words lead up to it.
    """
    if not _GOES_ON.match(page.plain, end):
        return False
    if word.kinds.english is not None:
        return True
    start = number[0]
    led = number[1] - start > 1 and _LED_TO.search(page.plain, max(0, start - 24), start)
    return bool(led)


def _in_small_letters(tokens: Sequence[Token], number: Place) -> Iterator[Street]:
    """`12 main street`."""
    for place in range(1, min(len(tokens), 4)):
        if tokens[place].word.bare in _SMALL:
            if not any(token.word.bare in _SMALL_TALK for token in tokens[:place]):
                yield Street(number[0], tokens[place].end, counts=True)
            return


def _with_direction(tokens: Sequence[Token], place: int) -> int:
    for token in tokens[place + 1 : place + 2]:
        if token.word.capital and token.word.bare in gazetteer().directions:
            return token.end
    return tokens[place].end
