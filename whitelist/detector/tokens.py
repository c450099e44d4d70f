"""The words beside a house number, as far as they could be a street's name."""

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import NamedTuple

from whitelist.detector.gazetteer import Words, gazetteer
from whitelist.detector.lexicon import Page

_TOKEN = re.compile(r"(?:[vcpVCPжЖ]\.(?=[lsznк]))?[^\W_][\w'/-]*[.°]?|№")
_SMALL = re.compile(r"(?: [^\W\d_]{1,14}){1,3} (?:street|avenue|ave|boulevard|blvd|road)\b")
_WIDTH = 64
_MOST, _MOST_SMALL = 6, 4
_LEAST_NAME = 3  # letters of a name before its ending
_UNMISTAKABLE = 5  # letters of an ending that counts in small letters too
_LONGEST_ENDING = 9


class Token(NamedTuple):
    """A word of an address: its plain form, with its point and without, and its place."""

    plain: str
    bare: str
    start: int
    end: int
    capital: bool


def tokens_before(page: Page, end: int, least: int) -> list[Token]:
    """The words before the number at `end`, from `least` on, without what only says that it is
    one; none where the last of them is no name.
    """
    found: list[Token] = []
    place, sign, name = end, True, False
    spans = [match.span() for match in _TOKEN.finditer(page.text, max(0, end - _WIDTH), end)]
    for start, stop in reversed(spans):
        gap = page.text[stop:place]
        if start < least or len(gap) > 3 or gap.strip(" ,:#\"'-" if sign else " \"'-"):
            break
        token = _token(page, start, stop)
        place, sign = start, sign and token.bare in gazetteer().signs
        if not name and not sign and not _could_name(token):
            return []
        if sign:
            continue
        if _is_stray(token, found):
            break
        found.append(token)
        if len(found) > _MOST or (name and not in_name(token)):
            break
        name = True
    return found[::-1]


def tokens_after(page: Page, start: int) -> list[Token]:
    """The words after a number; none where the first is neither a name nor a kind of street."""
    found: list[Token] = []
    place = start
    for match in _TOKEN.finditer(page.text, start, start + _WIDTH):
        gap = page.text[place : match.start()]
        if gap not in (" ", "  ") and not (place == start and gap == ", "):
            break
        token = _token(page, *match.span())
        if not found and not (token.capital or _opens(page, token, start)):
            break
        if _is_stray(token, found):
            break
        found.append(token)
        place = match.end()
        if len(found) > _MOST or not (in_name(token) or len(found) < _MOST_SMALL):
            break
    return found


def _token(page: Page, start: int, end: int) -> Token:
    plain = page.plain[start:end]
    return Token(plain, plain.rstrip("."), start, end, page.text[start].isupper())


def _is_stray(token: Token, found: list[Token]) -> bool:
    """Whether it is a number that is no part of a name, as in "8" of "rue du 8 Mai"."""
    return token.bare.isdigit() and not (found and found[-1].bare in gazetteer().particles)


def _could_name(token: Token) -> bool:
    return token.capital or token.bare in gazetteer().after or ending(token) is not None


def _opens(page: Page, token: Token, start: int) -> bool:
    if token.plain[0].isdigit() or token.bare in gazetteer().before:
        return True
    return _SMALL.match(page.plain, start) is not None


def known(token: Token, words: Words) -> bool | None:
    """Whether the word alone is enough; None where the table has it not."""
    dotted = words.get(token.plain)
    return words.get(token.bare) if dotted is None else dotted


def ending(token: Token) -> bool | None:
    """Whether the ending of a compound alone is enough; None where it has none."""
    word, table = token.bare, gazetteer()
    if word in table.unlike:
        return None
    for length in range(min(_LONGEST_ENDING, len(word) - _LEAST_NAME), 0, -1):
        enough = table.endings.get(word[-length:])
        if enough is not None and (token.capital or (enough and length >= _UNMISTAKABLE)):
            return enough
    return None


def in_name(token: Token) -> bool:
    """Whether the word may stand inside a street's name."""
    return token.capital or token.bare in gazetteer().particles or token.plain[0].isdigit()


def name_of(tokens: Iterable[Token]) -> list[Token]:
    """The words that make up a name, from the first on, up to the last with a capital."""
    name = list(takewhile(in_name, tokens))[:_MOST]
    while name and not name[-1].capital:
        name.pop()
    return name
