"""The trained part of the guard: a logistic model over `features`, as numbers in a file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cache.guard.compare import Difference, differ
from cache.guard.features import NAMES, features
from cache.guard.lexicon import lexicon
from cache.guard.normalise import read
from cache.guard.vetoes import apart

NEARLY = 0.88
"""Cosine from which other words are weighed at all: a synonym or an added word that turns the
meaning shows in it."""

DOUBTED = 0.94
"""Cosine from which what is nearly always a difference may be none: another preposition,
"they", "would"."""

_OTHER_WORDS = frozenset({"same", "near", "derived", "form", "preposition", "no-preposition"})

SAME = 0.999
"""The confidence where two questions read the same: nothing is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The log-odds that two questions ask the same are `bias` + `weights` · features."""

    bias: float
    weights: Mapping[str, float]

    def confidence(self, values: list[float]) -> float:
        logit = self.bias + sum(
            self.weights[name] * value for name, value in zip(NAMES, values, strict=True)
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def model() -> Model:
    table = json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8"))
    return Model(bias=table["bias"], weights=table["weights"])


class TrainedGuard:
    """Serves where two questions read the same, or where no veto speaks and the model is sure.

    Pure; under a millisecond for two questions of everyday length.
    """

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        """How surely the answer to `stored` may be served for `asked`; 0.0 under a veto.

        `similarity` is the cosine of the two by the encoder that the model was trained on.
        """
        first, second = read(stored), read(asked)
        difference = differ(first, second)
        if apart(first, second, difference) is not None:
            return 0.0
        if only_slips(difference):
            return SAME
        if similarity < least(difference):
            return 0.0
        values = features(first.line, second.line, similarity, difference)
        return min(SAME, model().confidence(values))


def least(difference: Difference) -> float:
    """The cosine below which a difference is not weighed."""
    doubts = lexicon().slack
    if difference.soft["odd-preposition"] or any(
        doubts.get(word) == "doubt" for word in (*difference.left, *difference.right)
    ):
        return DOUBTED
    return NEARLY if other_words(difference) else 0.0


def other_words(difference: Difference) -> bool:
    """Whether a word has another in its place, or none."""
    used = {kind for kind, count in difference.soft.items() if count}
    return bool(difference.left or difference.right or used & _OTHER_WORDS)


def only_slips(difference: Difference) -> bool:
    """Nothing left over but at most two slips of the pen, which move a cosine more than meaning."""
    differing = {kind: count for kind, count in difference.soft.items() if count}
    if difference.left or difference.right:
        return False
    return not differing.keys() - {"slip", "joined"} and sum(differing.values()) <= 2
