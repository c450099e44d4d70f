"""What an answer tells of itself: sums that do not come out, numbers left unused, a missing end.

For answers with steps of arithmetic; on other answers most of it is silent.
"""

import math
import re

import numpy as np
from numpy.typing import NDArray

from routing.checks.arithmetic import sums

NAMES = (
    *("concluded", "broken_off", "steps", "length", "false_sums", "unused_numbers"),
    *("strange_numbers", "fraction_at_end", "negative_at_end", "end_given", "end_computed"),
    *("end_grown", "rounded", "unknowns", "doubting", "repeated", "sums_per_number", "lines"),
)
_LONGEST = 8_000
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?|(?<![\w.])\.\d+")
_RESULT = re.compile(r"=\s*\$?(-?[\d,]*\.?\d+)")
_LAST = re.compile(r"####|\\boxed|\bthe (?:final )?answer\b|\bin total\b|^answer:", re.I | re.M)
_ROUNDED = re.compile(r"\b(?:approximately|about|around|rounded?|roughly|nearly)\b|≈", re.I)
_UNKNOWN = re.compile(r"\b(?:let|denote|equation|solve|variable)\b|\b[a-zA-Z] ?[=+*] ?\d", re.I)
_DOUBT = re.compile(
    r"\b(?:not sure|unclear|assum\w+|impossible|cannot|can't|however|wait|mistake|sorry"
    r"|not (?:possible|enough|specified|given)|does(?:n't| not) (?:say|make))\b",
    re.I,
)


def numbers_in(text: str) -> list[float]:
    """The numbers written in figures, in order."""
    return [float(found.replace(",", "")) for found in _NUMBER.findall(text)]


def answer_features(prompt: str, answer: str) -> NDArray[np.float32]:
    """[len(NAMES)], each in [0, 1]: of an answer beside the text that asked for it."""
    answer = answer[-_LONGEST:]
    end = answer.strip()
    given, said = numbers_in(prompt[-_LONGEST:]), numbers_in(answer)
    results = [float(found.replace(",", "")) for found in _RESULT.findall(answer)]
    last = said[-1] if said else 0.0
    lines = [line.strip() for line in end.splitlines() if line.strip()]
    values = (
        bool(_LAST.search(answer[-300:])),
        not end or end[-1] in ",:=(*+-/<$" or end.count("<<") != end.count(">>"),
        _most(len(results), 4),
        _most(len(end), 400),
        _most(sums(answer).wrong, 1),
        _share(given, said),
        _share(said, [*given, *results, *map(float, range(13)), 24, 30, 52, 60, 100, 365]),
        bool(said) and last != int(last),
        bool(re.search(r"-\s?\$?[\d.,]+\D*$", end)),
        bool(said) and last in given,
        bool(said) and last in results,
        _most(max(0.0, math.log10((abs(last) + 1) / (max(given, default=0.0) + 1))), 1),
        _most(len(_ROUNDED.findall(answer)), 1),
        _most(len(_UNKNOWN.findall(answer)), 2),
        _most(len(_DOUBT.findall(answer)), 1),
        1 - len({*lines}) / max(1, len(lines)),
        len(results) / (len(results) + len({*given}) + 1),
        _most(len(lines), 5),
    )
    return np.array(values, dtype=np.float32)


def _most(count: float, half: float) -> float:
    return count / (count + half)


def _share(wanted: list[float], there: list[float]) -> float:
    """The share of `wanted` that is not `there`."""
    different = {*wanted}
    return len(different - {*there}) / len(different) if different else 0.0
