"""May the answer stored for one question be served for another? Any doubt is a no."""

from collections.abc import Sequence
from typing import Protocol

from cache.embed import Embed
from cache.guard.occasion import exact_only
from cache.key import Question, exact_key

THRESHOLD = 0.95
"""Cosine from which two questions may mean the same. Alone it lets through 46 % of pairs that
differ in one number, name or unit: it finds candidates, the guard decides."""

K = 8
"""Nearest entries that the guard is asked about: the best may be wrong and the next right."""


class Guard(Protocol):
    """Decides on whole texts, not on what an encoder saw. Pure, and fast: under a millisecond."""

    def may_serve(self, stored: str, asked: str, similarity: float) -> bool: ...


class Judge:
    """Threshold, window and guard together: the one rule that recall and its measurement share."""

    def __init__(self, guard: Guard, *, threshold: float = THRESHOLD) -> None:
        self._guard, self._threshold = guard, threshold

    def looks(self, text: str, embed: Embed) -> bool:
        """Whether a text may be found, or find, by similarity at all."""
        return embed.fits(text) and exact_only(text) is None

    def serves(self, stored: str, asked: str, similarity: float) -> bool:
        """A guard that fails says no."""
        if similarity < self._threshold:
            return False
        try:
            return self._guard.may_serve(stored, asked, similarity)
        except Exception:  # a guard may be anybody's model; unverified is a miss
            return False

    def score(self, pairs: Sequence[tuple[str, str]], embed: Embed) -> list[float]:
        """For measuring: the similarity of pairs (stored, asked) that would be served, else 0.

        A pair that the exact look would find scores 1.
        """
        texts = {text: None for pair in pairs for text in pair if self.looks(text, embed)}
        vectors = dict(zip(texts, embed.embed(list(texts)), strict=True))
        scores = []
        for stored, asked in pairs:
            if _key(stored) == _key(asked):
                scores.append(1.0)
                continue
            score = 0.0
            if stored in vectors and asked in vectors:
                similarity = float(vectors[stored] @ vectors[asked])
                score = similarity if self.serves(stored, asked, similarity) else 0.0
            scores.append(score)
        return scores


def _key(text: str) -> str:
    return exact_key(Question(text=text, scope=""))
