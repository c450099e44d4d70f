"""Turns a text into word pieces and one small vector, by looking up: no model runs.

The table holds what the encoder of the cache (all-MiniLM-L6-v2) makes of each of its word pieces
alone, its first principal components, weighted against frequent words as in Arora, Liang and Ma,
"A simple but tough-to-beat baseline for sentence embeddings" (2017). `bench.routing.table` makes
it.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MOST = 512
"""Word pieces that are read of a text: the first and the last halves of so many."""

_TOKEN = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]")
_LONGEST = 24
"""Letters of a word in which pieces are looked for; none known is longer than 18."""


def plain(text: str) -> str:
    """Lower case without accents, as the vocabulary has it."""
    lower = text.lower()
    if lower.isascii():
        return lower
    parted = unicodedata.normalize("NFD", lower)
    return "".join(c for c in parted if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """The words, numbers and other characters of a `plain` text, in order."""
    return _TOKEN.findall(text)


class Words:
    """The table: `pieces` by falling frequency, `vectors` [len(pieces), dimensions] in int8."""

    def __init__(self, pieces: Sequence[str], vectors: NDArray[np.int8]) -> None:
        self.dimensions = int(vectors.shape[1])
        self._number = {piece: number for number, piece in enumerate(pieces)}
        self._vectors = vectors
        self._pieces = lru_cache(maxsize=16_384)(self._split)

    def numbers(self, words: Sequence[str]) -> list[int]:
        """The numbers of the pieces of `words`; nothing for what the table does not know."""
        pieces = self._pieces
        found = [number for word in words for number in pieces(word)]
        if len(found) <= MOST:
            return found
        return found[: MOST // 2] + found[-MOST // 2 :]

    def knows(self, word: str) -> bool:
        """Whether it is a word of the table, and not only made of its pieces, as anything is."""
        return word in self._number

    def vector(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """The mean of pieces, of length one; zero where there are none."""
        if not numbers:
            return np.zeros(self.dimensions, dtype=np.float32)
        total = self._vectors[np.asarray(numbers)].sum(axis=0, dtype=np.float32)
        length = float(np.sqrt(total @ total))
        return np.asarray(total / np.float32(length), dtype=np.float32) if length else total

    def _split(self, word: str) -> tuple[int, ...]:
        """Longest known piece first, as WordPiece does."""
        whole = self._number.get(word)
        if whole is not None:
            return (whole,)
        found, at, prefix = [], 0, ""
        word = word[:_LONGEST]
        while at < len(word):
            for end in range(len(word), at, -1):
                number = self._number.get(prefix + word[at:end])
                if number is not None:
                    found.append(number)
                    at, prefix = end, "##"
                    break
            else:
                return ()
        return tuple(found)
