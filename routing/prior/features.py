"""What can be counted in a text that bears on how hard it is: bounded numbers with names.

Counts are saturated, `n / (n + half)`, so that nothing grows without end; shares are of the words.
"""

import math
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEAD_CHARS, TAIL_CHARS = 2_500, 1_500
"""How much of a long text is looked at; its length counts whole."""

_LATEX = re.compile(r"\\[a-zA-Z]+|\$|\^|_\{")
_DRAWING = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
_OPERATION = re.compile(r"[=<>+*/^≤≥×÷]|\d\s*-\s*\d")
_CODE = re.compile(
    r"\b(?:def|return|import|class|for \w+ in|while|elif|lambda|print|assert|self|SELECT|public"
    r"|void|const|let|var|null|None|True|False)\b|==|!=|\(\)|\[\]|[{};]\s*$|=>|->|::|>>>|```",
    re.MULTILINE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)]|\(?[a-jA-J][.)])\s", re.MULTILINE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_BRACKET = re.compile(r"[()\[\]{}]")

SHAPES = (
    *("length", "short", "sentence_length", "word_length", "sentences", "questions", "open_end"),
    *("numbers", "large_numbers", "decimals", "operations", "notation", "drawing", "code"),
    *("nesting", "items", "commas", "names", "quotes", "rare", "pieces", "variety", "foreign"),
    *("dialogue", "passage", "blank", "comma_list"),
)
SAYS = {
    "length": "a long text",
    "short": "few words",
    "sentence_length": "long sentences",
    "word_length": "long words",
    "sentences": "many sentences",
    "questions": "a question",
    "open_end": "no question mark or full stop",
    "numbers": "many numbers",
    "large_numbers": "large numbers",
    "decimals": "decimals",
    "operations": "formulas",
    "notation": "mathematical notation",
    "drawing": "a drawing in code",
    "code": "code",
    "nesting": "nested brackets",
    "items": "several parts",
    "commas": "many clauses",
    "names": "many names",
    "quotes": "quotations",
    "rare": "rare words",
    "pieces": "words that are no common ones",
    "variety": "many different words",
    "foreign": "another script",
    "dialogue": "earlier turns",
    "passage": "a passage before the question",
    "blank": "a blank to fill",
    "comma_list": "a list of words",
}


@cache
def signs() -> dict[str, dict[str, str]]:
    """`signs.toml`."""
    with Path(__file__).with_name("signs.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _meanings() -> dict[str, tuple[int, ...]]:
    """The places of the signs that a word counts for."""
    found: dict[str, tuple[int, ...]] = {}
    for place, row in enumerate(signs().values()):
        for word in row["words"].split():
            found[word] = (*found.get(word, ()), place)
    return found


def names() -> tuple[str, ...]:
    """The features' names, in order."""
    return (*SHAPES, *signs(), *(f"{sign}_share" for sign in signs()))


def seen(text: str) -> str:
    """The part of a text that is looked at."""
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    return f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"


def _most(count: float, half: float) -> float:
    """A count that saturates: one half at `half`."""
    return count / (count + half)


def shapes(whole: str, text: str, words: list[str], known: list[int], turns: int) -> list[float]:
    """The features `SHAPES` of a `seen` text, its tokens, their numbers in the table."""
    prose = _DRAWING.sub(" ", text) if "[asy]" in text else text
    unseen = len(whole) - len(text)
    alphas = [word for word in words if word[0].isalpha()]
    count = max(1, len(alphas))
    sentences = max(1, len(_SENTENCE.findall(prose)))
    numbers = _NUMBER.findall(prose)
    code = len(_CODE.findall(text))
    depth = deepest = 0
    for mark in _BRACKET.findall(text):
        depth += 1 if mark in "([{" else -1
        deepest = max(deepest, depth)
    end = text.rstrip()[-1:]
    question = prose.rfind("?")
    start = max(prose.rfind(". ", 0, max(question, 0)), prose.rfind("\n", 0, max(question, 0)))
    commas = prose.count(",")
    return [
        min(1.0, math.log1p((len(prose) + unseen) / 40) / math.log1p(20_000 / 40)),
        _most(8, len(alphas) + 1),
        _most(count / sentences, 20),
        min(1.0, sum(map(len, alphas)) / count / 8),
        _most(sentences - 1, 4),
        _most(prose.count("?"), 1),
        float(end not in (".", "?", "!", ":", "")),
        _most(len({*numbers}), 4),
        _most(sum(len(number) >= 3 for number in numbers), 3),
        _most(sum("." in number for number in numbers), 2),
        _most(len(_OPERATION.findall(prose)), 4),
        _most(len(_LATEX.findall(prose)), 6),
        float("[asy]" in text),
        _most(code, 4),
        _most(max(0, deepest - 1), 2),
        _most(len(_ITEM.findall(text)), 3),
        _most(commas / sentences, 2),
        _most(len({*_NAME.findall(prose)}), 4),
        _most(text.count('"') + text.count("“"), 4),
        min(1.0, math.log1p(sum(known) / max(1, len(known))) / 10),
        min(1.0, max(0.0, len(known) / max(1, len(words)) - 1) * 2),
        len({*alphas}) / count,
        sum(ord(c) > 0x24F for c in text[:500]) / max(1, len(text[:500])),
        _most(turns, 2),
        _most(max(0, start), 400),
        float("___" in text or "_ " in text),
        float(commas >= 3 and commas + 1 >= 0.6 * count),
    ]


def counted(words: list[str]) -> list[float]:
    """For each sign how often it came, saturated; and its share of the words."""
    meanings = _meanings()
    found = [0] * len(signs())
    for word, times in Counter(words).items():
        for place in meanings.get(word, ()):
            found[place] += times
    total = len(words) + 4
    return [
        *(_most(times, 3) for times in found),
        *(min(1.0, 5 * times / total) for times in found),
    ]


def features(
    whole: str, text: str, words: list[str], known: list[int], *, turns: int = 0
) -> NDArray[np.float32]:
    """[len(names())], each in [0, 1], of a `whole` text of which `text` is looked at."""
    found = shapes(whole, text, words, known, turns) + counted(words)
    return np.array(found, dtype=np.float32)
