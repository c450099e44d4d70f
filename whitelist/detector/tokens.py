"""The words beside a house number, as far as they could be a street's name."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from whitelist.detector.gazetteer import UNMISTAKABLE, Kinds, gazetteer
from whitelist.detector.lexicon import Page, folded

_TOKEN = re.compile(r"(?:[vcpVCPжЖ]\.(?=[lsznк]))?[^\W_][\w'/-]*[.°]?|№")
_SMALL = re.compile(r"(?: [^\W\d_]{1,14}){1,3} (?:street|avenue|ave|boulevard|blvd|road)\b")
_MOST, _MOST_SMALL = 6, 4
_LEAST_NAME = 3  # letters of a name before its ending
_LONGEST_ENDING = 9
_GAP, _GAP_OF_SIGN, _WIDEST = " \"'-", " ,:#\"'-", 3
_SPACES = (" ", "  ")
_FIRST_GAPS = (" ", "  ", ", ")
_UNKNOWN = Kinds()

WIDTH = 64
"""Characters before and after a number in which the words of its street stand."""


class Word(NamedTuple):
    """What a word is to an address: its plain form, with its point and without, whether it may
    stand inside a street's name, the kinds of street that it names or ends in, whether it could
    end a box's name, and whether an address could be sure for its sake.
    """

    plain: str
    bare: str
    capital: bool
    figures: bool
    inside: bool
    kinds: Kinds
    ending: bool | None
    boxed: bool
    telling: bool


class Token(NamedTuple):
    """A word in its place."""

    start: int
    end: int
    word: Word


class Tokens:
    """The words within reach of `numbers`, which are in order, and how far they go together."""

    def __init__(self, page: Page, numbers: Iterable[tuple[int, int]]) -> None:
        self._page = page
        words, text = _Words(), page.text
        self._tokens = [
            Token(*match.span(), words[match[0]])
            for low, high in _windows(numbers)
            for match in _TOKEN.finditer(text, low, high)
        ]
        self._starts = [token.start for token in self._tokens]
        self._first, self._last = _runs(text, self._tokens)

    def telling(self) -> list[int]:
        """Where words stand for whose sake an address could be sure."""
        return [
            token.start
            for place, token in enumerate(self._tokens)
            if token.word.telling or (token.word.boxed and self._is_box(place))
        ]

    def _is_box(self, place: int) -> bool:
        """Whether the word there is the last one of a name for boxes."""
        words = [token.word.bare for token in self._tokens[max(0, place - 2) : place + 1]]
        return any(" ".join(words[-count:]) in gazetteer().boxes for count in (1, 2, 3))

    def before(self, end: int, least: int) -> Sequence[Token]:
        """The words before the number at `end`, from `least` on, without what only says that it
        is one; none where the last of them is no name.
        """
        text, place = self._page.text, end
        for index in range(bisect_left(self._starts, end) - 1, -1, -1):
            start, stop, word = self._tokens[index]
            if stop > end:  # "d'12"
                return self._cut(start, end, least)
            gap = text[stop:place]
            if start < least or (gap != " " and (len(gap) > _WIDEST or gap.strip(_GAP_OF_SIGN))):
                break
            if word.bare not in gazetteer().signs:
                return self._ending_with(index, end, least)
            place = start
        return ()

    def _ending_with(self, index: int, end: int, least: int) -> Sequence[Token]:
        if not _could_name(self._tokens[index].word):
            return ()
        low = max(self._first[index], index - _MOST)
        least = max(least, end - WIDTH)
        return self._tokens[bisect_left(self._starts, least, low, index + 1) : index + 1]

    def _cut(self, start: int, end: int, least: int) -> Sequence[Token]:
        word = _word(self._page.text[start:end])
        return (Token(start, end, word),) if start >= least and _could_name(word) else ()

    def after(self, start: int) -> Sequence[Token]:
        """The words after a number; none where the first is neither a name nor a kind of street."""
        index = bisect_left(self._starts, start)
        if index == len(self._starts):
            return ()
        begin, _, word = self._tokens[index]
        if self._page.text[start:begin] not in _FIRST_GAPS or word.figures:
            return ()
        if not (word.capital or self._opens(word, start)):
            return ()
        tokens = self._tokens[index : min(self._last[index], index + _MOST) + 1]
        for place in range(_MOST_SMALL - 1, len(tokens) - 1):
            if not tokens[place].word.inside:
                return tokens[: place + 1]
        return tokens

    def _opens(self, word: Word, start: int) -> bool:
        if word.plain[0].isdigit() or word.kinds.before is not None:
            return True
        return _SMALL.match(self._page.plain, start) is not None


def _runs(text: str, tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """For each word the first one of a name that it could end, and the last one of what it could
    begin.
    """
    particles = gazetteer().particles
    first, last = list(range(len(tokens))), list(range(len(tokens)))
    for index in range(1, len(tokens)):
        (_, end, left), (start, _, right) = tokens[index - 1], tokens[index]
        gap = text[end:start]
        if (gap == " " or (len(gap) <= _WIDEST and not gap.strip(_GAP))) and (
            not left.figures or right.bare in particles
        ):
            first[index] = first[index - 1] if left.inside else index - 1
        if gap in _SPACES and (not right.figures or left.bare in particles):
            last[index - 1] = index
    for index in range(len(tokens) - 2, -1, -1):
        last[index] = last[last[index]]
    return first, last


def _could_name(word: Word) -> bool:
    return word.capital or word.kinds.after is not None or word.ending is not None


def _windows(numbers: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is within reach of numbers, each stretch of the text once."""
    low = high = 0
    for start, end in numbers:
        if start - WIDTH > high:
            yield low, high
            low = start - WIDTH
        high = end + WIDTH
    yield low, high


class _Words(dict[str, Word]):
    def __missing__(self, text: str) -> Word:
        word = self[text] = _word(text)
        return word


def _word(text: str) -> Word:
    plain, capital, table = folded(text), text[0].isupper(), gazetteer()
    bare = plain.rstrip(".")
    kinds = table.kinds.get(plain) or table.kinds.get(bare) or _UNKNOWN
    ending = _ending(bare, capital=capital)
    telling = (
        (kinds is not _UNKNOWN and (kinds.before is not None or kinds.english is not None))
        or bool(kinds.after or ending)
        or bare in table.suffixes
    )
    boxed = bare in table.box_ends
    inside = capital or bare in table.particles or plain[0].isdigit()
    return Word(plain, bare, capital, bare.isdigit(), inside, kinds, ending, boxed, telling)


def _ending(word: str, *, capital: bool) -> bool | None:
    """Whether the ending of a compound alone is enough; None where it has none."""
    table = gazetteer()
    if not capital and word[-UNMISTAKABLE:] not in table.long_ends:
        return None
    if word in table.unlike:
        return None
    for length in range(min(_LONGEST_ENDING, len(word) - _LEAST_NAME), 0, -1):
        enough = table.endings.get(word[-length:])
        if enough is not None and (capital or (enough and length >= UNMISTAKABLE)):
            return enough
    return None


def name_of(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words that make up a name, from the first on, up to the last with a capital."""
    end = 0
    for place, token in enumerate(tokens[:_MOST], start=1):
        if not token.word.inside:
            break
        if token.word.capital:
            end = place
    return tokens[:end]
