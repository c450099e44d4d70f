"""A text as numbers: its kind, and the basis that every learner uses.

The basis is [1, what `features` counts, how like each kind, the first components of the vector].
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.checks.language import language, script
from routing.prior.features import SHAPES, features, names, seen
from routing.prior.kinds import OTHER, kinds
from routing.prior.words import Words, plain, tokens

COMPONENTS = 32
"""Of the text's vector, in the basis."""

COUNT_SCALE, KIND_SCALE, VECTOR_SCALE = 0.7, 3.0, 4.2
"""Of standardised features, likeness to kinds and components of the vector: how much is learned of
each for one outcome. Found by five folds on the development outcomes, where little hangs on it."""

CLASSIFIED_SCALES = (3.0, 2.0)
"""Of the vector and the features, where the kind is told from them."""

KNOWN = 0.75
"""The share of words that are known from which a text is fully believed to be like its kind: of
English prose and code it is nearly always more, of gibberish far less."""

_READ_FOR_LANGUAGE = 400

LIKE_SOME_KIND = 0.2
"""The likeness under which a text is of no kind."""

_OF_LENGTH = {"length", "short", "sentences", "sentence_length", "passage", "commas"} | {
    "variety",
    "word_length",
}

COUNTED = tuple(place for place, name in enumerate(names()) if not name.endswith("_share"))
"""The features in the basis."""

TELLING = tuple(
    place
    for place, name in enumerate(names())
    if name not in _OF_LENGTH and (name in SHAPES or name.endswith("_share"))
)
"""The features that tell a kind: none that a longer text of the same kind has more of."""

DIMENSIONS = 1 + len(COUNTED) + len(kinds()) + COMPONENTS
KINDS_AT = slice(1 + len(COUNTED), 1 + len(COUNTED) + len(kinds()))
LENGTH_AT = 1 + COUNTED.index(names().index("length"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """`kind` is the likeliest, `likeness` in [0, 1] how likely; under `LIKE_SOME_KIND` it is
    `OTHER`. `features` [DIMENSIONS] is of roughly unit scale, and bounded."""

    kind: str
    likeness: float
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reader:
    """Makes sketches. `kind_weights` [vector and `TELLING` features, kinds] and `kind_bias`
    [kinds] tell kinds, `usual` [kinds] is how common each is where nothing tells; `centre` and
    `spread` standardise the `COUNTED` features."""

    words: Words
    kind_weights: NDArray[np.float32]
    kind_bias: NDArray[np.float32]
    usual: NDArray[np.float32]
    centre: NDArray[np.float32]
    spread: NDArray[np.float32]

    def read(self, text: str, *, turns: int = 0) -> Sketch:
        vector, counts, known = look(self.words, text, turns=turns)
        like = known * self._like(vector, counts) + (1 - known) * self.usual
        best = int(like.argmax())
        likeness = float(known * like[best])
        standard = (counts[list(COUNTED)] - self.centre) / self.spread
        basis = np.empty(DIMENSIONS, dtype=np.float32)
        basis[0] = 1
        basis[1 : KINDS_AT.start] = COUNT_SCALE * np.clip(standard, -3, 3)
        basis[KINDS_AT] = KIND_SCALE * like
        basis[KINDS_AT.stop :] = VECTOR_SCALE * vector[:COMPONENTS]
        kind = kinds()[best].name if likeness >= LIKE_SOME_KIND else OTHER
        return Sketch(kind=kind, likeness=likeness, features=basis)

    def _like(
        self, vector: NDArray[np.float32], counts: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        score = classified(vector, counts) @ self.kind_weights + self.kind_bias
        odds = np.exp(score - score.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)


def look(
    words: Words, text: str, *, turns: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """The vector of a text, its features, and how far its words are known [0, 1]."""
    shown = seen(text)
    found = tokens(plain(shown))
    numbers = words.numbers(found)
    telling = [token for token in found if token[0].isalnum()][:64]
    share = sum(map(words.knows, telling)) / max(1, len(telling))
    known = 0.0 if _foreign(shown) else min(1.0, share / KNOWN)
    counts = features(text, shown, found, numbers, turns=turns)
    return words.vector(numbers), counts, known


def _foreign(text: str) -> bool:
    """Whether it is clearly in a language other than the examples', which are in English."""
    if script(text) not in (None, "Latin"):
        return True
    return language(text[:_READ_FOR_LANGUAGE], 3) not in (None, "english")


def classified(vector: NDArray[np.float32], counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a kind is told from."""
    of_vector, of_counts = CLASSIFIED_SCALES
    return np.concatenate([of_vector * vector, of_counts * counts[list(TELLING)]])
