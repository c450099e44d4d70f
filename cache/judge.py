"""May the answer stored for one question be served for another? Any doubt is a no."""

import math
from collections.abc import Sequence
from typing import Protocol

from cache.embed import Embed
from cache.guard.key import reading_key
from cache.guard.occasion import exact_only
from cache.key import Question, exact_key

SIMILARITY = 0.7
"""Cosine from which two questions may mean the same. Alone it lets through nearly all pairs
that differ in one number, name or unit: it finds candidates, the guard decides."""

CERTAINTY = 0.7
"""Confidence from which an answer is served: of Quora's pairs that people call different, and that
the guard was not trained on, 1 in 200 are (docs/decisions/0020)."""

K = 8
"""Nearest entries that the guard is asked about: the best may be wrong and the next right."""


class Guard(Protocol):
    """Decides on whole texts, not on what an encoder saw. Pure, and fast: under a millisecond."""

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        """How surely the answer to `stored` may be served for `asked`, in [0, 1]."""
        ...


class Judge:
    """Floor, window and guard together: the one rule that recall and its measurement share."""

    def __init__(
        self, guard: Guard, *, similarity: float = SIMILARITY, certainty: float = CERTAINTY
    ) -> None:
        self._guard, self._similarity, self.certainty = guard, similarity, certainty

    def looks(self, text: str, embed: Embed) -> bool:
        """Whether a text may be found, or find, by similarity at all."""
        return embed.fits(text) and exact_only(text) is None

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        """The guard's, or 0.0: below the floor, and where the guard fails or gives no number."""
        if not similarity >= self._similarity:
            return 0.0
        try:
            confidence = self._guard.confidence(stored, asked, similarity)
        except Exception:  # a guard may be anybody's model; unverified is a miss
            return 0.0
        return confidence if 0.0 <= confidence <= 1.0 else 0.0

    def score(self, pairs: Sequence[tuple[str, str]], embed: Embed) -> list[float]:
        """For measuring: of pairs (stored, asked), at least 0.5 where the answer would be served.

        A pair that the exact look or an equal reading would find scores 1.
        """
        found = [_found(*pair) for pair in pairs]
        texts = {
            text: None
            for pair, whole in zip(pairs, found, strict=True)
            if not whole
            for text in pair
            if self.looks(text, embed)
        }
        vectors = dict(zip(texts, embed.embed(list(texts)), strict=True))
        scores = []
        for (stored, asked), whole in zip(pairs, found, strict=True):
            score = float(whole)
            if not whole and stored in vectors and asked in vectors:
                similarity = float(vectors[stored] @ vectors[asked])
                score = self._scaled(self.confidence(stored, asked, similarity))
            scores.append(score)
        return scores

    def _scaled(self, confidence: float) -> float:
        """`certainty` becomes 0.5; the order stays."""
        if confidence < self.certainty or self.certainty >= 1:
            return 0.49 * min(1.0, confidence / max(self.certainty, math.ulp(1.0)))
        return 0.5 + 0.5 * (confidence - self.certainty) / (1 - self.certainty)


def _found(stored: str, asked: str) -> bool:
    if _key(stored) == _key(asked):
        return True
    reading = reading_key(stored)
    return reading is not None and reading == reading_key(asked)


def _key(text: str) -> str:
    return exact_key(Question(text=text, scope=""))
