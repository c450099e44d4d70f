"""Answers that go round in circles."""

import re
import zlib

from routing.checks.fences import fenced
from routing.checks.values import Failure, Question
from vocabulary import Finish

_TAIL, _LOOP, _TIMES = 800, 60, 4
"""Characters looked at, characters that a loop must fill, and how often it must go round."""

_AGAIN = _LOOP - _LOOP // _TIMES
"""So many characters at the end of any loop stood one unit earlier already."""

_LONG, _DENSE = 800, 0.12
"""Of a longer prose text less than this share is left by compression only where it repeats."""

_WANTED = re.compile(r"\b(?:repeat|times|again and again|lyrics|chant|pattern|loop|count)\b", re.I)


def repeats(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """It ends in a loop, or says little in many words."""
    if _WANTED.search(question.text):
        return None
    if _loops(answer.rstrip()):
        return Failure(check="repetition", says="The answer repeats itself.", certain=True)
    text = fenced(answer).prose
    if len(text) >= _LONG and compressed(text) < _DENSE:
        return Failure(check="repetition", says="The answer says the same again and again.")
    return None


def compressed(text: str) -> float:
    """The share of a text's bytes that is left by compression."""
    raw = text.encode("utf-8", "replace")
    return len(zlib.compress(raw, 6)) / max(len(raw), 1)


def _loops(text: str) -> bool:
    """Whether the end is one unit with a letter in it, over and over.

    The longest border of each prefix of the reversed tail gives its smallest period
    (Knuth, Morris, Pratt).
    """
    if len(text) < _LOOP or text.find(text[-_AGAIN:], -_TAIL) == len(text) - _AGAIN:
        return False  # its end stands nowhere before, so it is no loop's
    tail = text[-_TAIL:][::-1]
    border = [0] * len(tail)
    for at in range(1, len(tail)):
        length = border[at - 1]
        while length and tail[at] != tail[length]:
            length = border[length - 1]
        border[at] = length + (tail[at] == tail[length])
        period = at + 1 - border[at]
        if at + 1 >= max(_LOOP, _TIMES * period):
            unit = tail[:period]
            return any(letter.isalpha() for letter in unit)
    return False
