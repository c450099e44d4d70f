"""Splits a long text into parts that a model can read one after the other, at its own seams."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

Count = Callable[[str], int]
"""How many tokens a text has."""

# Where a text may be split, best seam first: each pattern ends where the next part begins.
_SEAMS = (
    re.compile(r"\n(?=#{1,6} )"),
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019»)\]]*\s+|[\u3002\uff01\uff1f]"),
    re.compile(r"\s+"),
)
_HEADING = re.compile(r"#{1,6} ")
_OVERLAP = 16
"""One part in so many of a chunk repeats the end of the one before."""


def chunks(text: str, *, tokens: int, count: Count) -> list[str]:
    """`text` in parts of at most `tokens` each, in its order, nothing left out.

    It is split at headings, else paragraphs, lines, sentences, words, else anywhere. Each part
    begins with the last words of the one before, so that a thought cut in two is whole in one of
    them. Takes time in proportion to the text where `count` does.

    Raises:
        ValueError: a single character has more than `tokens`.
    """
    overlap = tokens // _OVERLAP
    found = pieces(text, tokens=max(1, tokens - overlap), count=count)
    joined = found[:1]
    for before, piece in pairwise(found):
        whole = _tail(before, overlap, count) + piece
        joined.append(whole if count(whole) <= tokens else piece)
    return joined


def pieces(text: str, *, tokens: int, count: Count) -> list[str]:
    """The same parts without any overlap: joined, they are `text`. Raises as `chunks`."""
    found: list[str] = []
    here: list[str] = []
    size = 0
    for part, cost in _parts(text, count(text), tokens, count):
        # A new section does not begin in the last half of a chunk.
        late = size > tokens // 2 and _HEADING.match(part) is not None
        if here and (size + cost > tokens or late):
            found += _fitting("".join(here), tokens, count)
            here, size = [], 0
        here.append(part)
        size += cost
    return found + _fitting("".join(here), tokens, count) if here else found


def _parts(text: str, cost: int, tokens: int, count: Count) -> Iterator[tuple[str, int]]:
    """The text at its coarsest seams that make parts of at most `tokens`, with their cost."""
    if cost <= tokens:
        if text:
            yield text, cost
        return
    todo = [(text, cost, 0)]  # last first
    while todo:
        part, cost, seam = todo.pop()
        if cost <= tokens:
            yield part, cost
        elif seam == len(_SEAMS):
            yield from _hard(part, cost, tokens, count)
        else:
            split = list(_split(part, _SEAMS[seam]))
            todo.extend((each, count(each), seam + 1) for each in reversed(split))


def _split(text: str, seam: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in seam.finditer(text):
        if start < match.end() < len(text):
            yield text[start : match.end()]
            start = match.end()
    yield text[start:]


def _hard(text: str, cost: int, tokens: int, count: Count) -> Iterator[tuple[str, int]]:
    """Parts of equal length where there is no seam, halved until each fits."""
    length = max(1, len(text) * tokens // cost)
    todo = [text[at : at + length] for at in range(0, len(text), length)][::-1]
    while todo:
        part = todo.pop()
        cost = count(part)
        if cost <= tokens:
            yield part, cost
        elif len(part) == 1:
            raise ValueError("tokens is less than one character has")
        else:
            half = len(part) // 2
            todo += (part[half:], part[:half])


def _fitting(text: str, tokens: int, count: Count) -> list[str]:
    """The text itself, or where parts cost more together than apart, several."""
    cost = count(text)
    return [text] if cost <= tokens else [part for part, _ in _hard(text, cost, tokens, count)]


def _tail(text: str, tokens: int, count: Count) -> str:
    """The last whole words of `text` that are about `tokens`; empty where there are none."""
    if not tokens:
        return ""
    reach = len(text) * tokens // max(1, count(text))
    seam = re.search(r"\s", text[len(text) - reach :])
    return text[len(text) - reach + seam.end() :] if reach and seam else ""
