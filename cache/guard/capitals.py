"""What capital letters say: a name, a noun, another unit, another word."""

import re
from itertools import pairwise

from cache.guard.lexicon import lexicon
from cache.guard.spelling import bare

_UNIT = re.compile(r"\d*(?:[kmgt]i?b|[mk]?w|ma|mhz|pa|mol)(?:/s|ps|/h|h)?")
"""Units in which a capital counts: megabits and megabytes, milliwatts and megawatts."""


def names(text: str) -> frozenset[str]:
    """Words with a capital that no sentence begins with: whoever or whatever they name."""
    tokens = text.split()
    return frozenset(
        bare(token).casefold()
        for before, token in pairwise(tokens)
        if token[:1].isupper() and before[-1] not in ".?!"
    )


def cased(text: str, *, english: bool) -> tuple[str, ...] | None:
    """The words, as written, whose capital makes another word of them (`Polish`); in other
    languages, where nouns may have capitals, all words.

    None where capitals say nothing: there are none inside the sentences, or nothing else.
    """
    tokens = text.split()
    inside = [token for before, token in pairwise(tokens) if before[-1] not in ".?!"]
    joined = "".join(inside)
    if joined.islower() or joined.isupper() or not inside:
        return None
    words = list(filter(None, map(bare, inside)))
    small = {word for word in words if word.islower()}
    twofold = {word.casefold() for word in words if not word.islower()} & small
    special = lexicon().cased | twofold
    return tuple(
        word
        for word in words
        if not english or word.casefold() in special or _UNIT.fullmatch(word.casefold())
    )
