"""How far two short answers say the same: by their last number, their yes or no, their words."""

import re
from collections import Counter

from routing.checks.wording import number_word, numbers, table, words

SHORT = 40
"""Words up to which agreeing says much; longer answers differ in wording whatever they mean."""


def agreement(first: str, second: str) -> float:
    """From 0 to 1. A blank answer agrees with nothing.

    Yes against no is 0, and so is another last number where both end in one; else the F1 of the
    words that carry meaning, numbers in words read as digits (the measure of SQuAD, Rajpurkar and
    others, 2016).
    """
    one, other = _meaning(first), _meaning(second)
    if not one or not other:
        return 0.0
    verdicts = [_verdict(words(text)) for text in (first, second)]
    if None not in verdicts:
        return float(verdicts[0] == verdicts[1])
    ends = numbers(first)[-1:], numbers(second)[-1:]
    if all(ends) and ends[0] != ends[1]:
        return 0.0
    if all(ends):
        return 1.0
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))


def _verdict(said: list[str]) -> bool | None:
    known = {"yes": True, "true": True, "no": False, "false": False}
    return known.get(said[0]) if said else None


def _meaning(text: str) -> list[str]:
    bare = table()["bare"]
    found = [word for word in words(re.sub(r"(?<=\d),(?=\d{3})", "", text)) if word not in bare]
    spelled = [(word, number_word(word)) for word in found]
    return [word if number is None else str(number) for word, number in spelled]
