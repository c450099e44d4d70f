"""What capital letters say: a name, a noun, another unit, another word."""

import re
from itertools import pairwise

from cache.guard.lexicon import lexicon
from cache.guard.spelling import bare

_UNIT = re.compile(r"\d*(?:[kmgt]i?b|[mk]?w|ma|mhz|pa|mol)(?:/s|ps|/h|h)?")
"""Units in which a capital counts where a text minds capitals: megabits and megabytes."""

_AMOUNT = re.compile(r"-?\d[\d.,]*")


def names(text: str) -> frozenset[str]:
    """Words with a capital that no sentence begins with: whoever or whatever they name."""
    tokens = text.split()
    return frozenset(
        bare(token).lower()
        for before, token in pairwise(tokens)
        if token[:1].isupper() and before[-1] not in ".?!"
    )


def titles(text: str) -> frozenset[str]:
    """Those of them that are no acronyms: `Hamlet`, not `CORS`."""
    tokens = text.split()
    return frozenset(
        word
        for before, token in pairwise(tokens)
        if before[-1] not in ".?!" and (word := bare(token)).istitle() and len(word) > 1
    )


def cased(text: str, *, english: bool) -> tuple[str, ...]:
    """The words, as written, whose capital makes another word of them: `Polish`, `MJ`; in other
    languages, where nouns may have capitals, all words inside the sentences.

    Where there are no capitals inside, or nothing else, only those that are two things even so.
    """
    tokens = text.split()
    inside = [(before, token) for before, token in pairwise(tokens) if before[-1] not in ".?!"]
    words = [(before, word) for before, token in inside if (word := bare(token))]
    if not english:
        return tuple(word for _, word in words)
    joined = "".join(word for _, word in words if word[:2] not in ("I", "I'"))
    minds = not (joined.islower() or joined.isupper())
    small = {word for _, word in words if word.islower()}
    twofold = {word.lower() for _, word in words if not word.islower()} & small
    special = lexicon().cased if minds else frozenset()
    settled = _SETTLED if _is_technical(text) else frozenset()
    return tuple(
        word
        for before, word in words
        if (
            ((lower := word.lower()) in special or (minds and lower in twofold))
            and lower not in settled
        )
        or (minds and _UNIT.fullmatch(lower))
        or _is_symbol(before, lower)
        or (lower in lexicon().twofold and lower not in settled and (before, lower) != _THE_US)
    )


def _is_technical(text: str) -> bool:
    """Whether there is a technical word besides the one that might be a language."""
    words = {*text.lower().split()} - _SETTLED
    return not (words.isdisjoint(lexicon().technical) and words.isdisjoint(_CODING))


_CODING = frozenset(
    ["list", "install", "function", "file", "sort", "program", "programming", "reverse", "write"]
)
_SETTLED = frozenset(["python", "java", "ruby", "rust", "go", "swift", "excel", "windows"])
"""Twofold words that a technical word beside them settles."""
_THE_US = ("the", "us")


def _is_symbol(before: str, lower: str) -> bool:
    """A unit or element told from another by its capitals alone; a letter, if counted."""
    letters = lower.lstrip("0123456789.,-")
    counted = letters != lower or _AMOUNT.fullmatch(before) is not None
    return letters in lexicon().symbols or (counted and len(letters) == 1 and letters.isalpha())
