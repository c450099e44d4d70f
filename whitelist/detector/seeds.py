"""Seed phrases of wallets: twelve to twenty-four words of a published list (BIP-39)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

_LANGUAGES = ("english", "french", "spanish", "italian", "portuguese", "czech")
_SIZES = (24, 21, 18, 15, 12)
_LONGEST = 30  # words in a row that may be a phrase with words around it; more are a dictionary
# Twelve words with no shorter one between, which prose hardly has; also numbered, or in a list.
_ROW = r"(?:[A-Za-z\x80-\xff]{3,9}[\s,;0-9.)\"'|-]{1,8}){11,}[A-Za-z\x80-\xff]{3,9}"
_WORD = re.compile(r"[^\W\d_]{3,9}")
_CALLED_SO = re.compile(r"(?i)(?:seed|mnemonic|recovery|secret|backup|wallet|phrase)[^\n]{0,40}\n?")


@cache
def _rows() -> Any:
    return linear(_ROW)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPhrases:
    """A finder for phrases whose checksum is right, or which the words before call so.

    `lists` has the check of each language, `words` the languages (bits, in the order of `lists`)
    that have a word.
    """

    lists: tuple[Any, ...]
    words: Mapping[str, int]

    def __call__(self, scan: Scan) -> Iterator[Hit]:
        for row in _rows().finditer(scan.raw):
            for stretch in self._stretches(scan.text, row.start(), row.end()):
                found = self._phrase(scan.text, stretch)
                if found is not None:
                    yield "SECRET", *found

    def _stretches(self, text: str, start: int, end: int) -> Iterator[list[re.Match[str]]]:
        """Twelve and more words on end that one language's list has."""
        stretch: list[re.Match[str]] = []
        common = -1
        for word in _WORD.finditer(text, start, end):
            known = self.words.get(_bare(word[0]), 0)
            if not common & known:
                if len(stretch) >= _SIZES[-1]:
                    yield stretch
                stretch, common = [], -1
            if known:
                stretch.append(word)
                common &= known
        if len(stretch) >= _SIZES[-1]:
            yield stretch

    def _phrase(self, text: str, stretch: list[re.Match[str]]) -> tuple[int, int] | None:
        words = [word[0].lower() for word in stretch]
        if len(words) > _LONGEST or all(a <= b for a, b in pairwise(words)):
            return None
        for size in _SIZES:
            for first in range(len(words) - size + 1):
                if self._is_right(" ".join(words[first : first + size])):
                    return stretch[first].start(), stretch[first + size - 1].end()
        before = text[max(0, stretch[0].start() - 60) : stretch[0].start()]
        if _CALLED_SO.search(before) is None:
            return None
        return stretch[0].start(), stretch[-1].end()

    def _is_right(self, phrase: str) -> bool:
        return any(language.check(phrase) for language in self.lists)


def seed_phrases() -> SeedPhrases:
    """The finder for the published lists in Latin letters, which it reads from the library."""
    from mnemonic import Mnemonic

    lists = tuple(Mnemonic(language) for language in _LANGUAGES)
    words: dict[str, int] = {}
    for bit, language in enumerate(lists):
        for word in language.wordlist:
            words[_bare(word)] = words.get(_bare(word), 0) | 1 << bit
    return SeedPhrases(lists=lists, words=words)


def _bare(word: str) -> str:
    """Without capitals and accents, as people type it."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
