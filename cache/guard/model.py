"""The trained part of the guard: a logistic model over `features`, as numbers in a file."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cache.guard.compare import Difference, differ
from cache.guard.doubts import NAMES as DOUBTS
from cache.guard.doubts import NEAREST, may_be_outweighed, weighed
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

    def confidence(self, names: Sequence[str], values: Sequence[float]) -> float:
        logit = self.bias + sum(
            self.weights[name] * value for name, value in zip(names, values, strict=True)
        )
        return min(SAME, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))))


@cache
def models() -> Mapping[str, Model]:
    """`plain`: where no veto speaks. `doubts`: where one does that the rest may outweigh."""
    table = json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8"))
    return {name: Model(bias=row["bias"], weights=row["weights"]) for name, row in table.items()}


class TrainedGuard:
    """Serves where two questions read the same, or where a model is sure: one weighs what differs
    where no veto speaks, a stricter one the vetoes that may be outweighed.

    Pure; under a millisecond for two questions of everyday length.
    """

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        """How surely the answer to `stored` may be served for `asked`.

        `similarity` is the cosine of the two by the encoder that the model was trained on.
        """
        first, second = read(stored), read(asked)
        difference = differ(first, second)
        reason = apart(first, second, difference)
        if reason is not None:
            if similarity < NEAREST or not may_be_outweighed(reason, first, second, difference):
                return 0.0
            doubts = weighed(first, second, similarity, difference)
            return models()["doubts"].confidence(DOUBTS, doubts)
        if only_slips(difference):
            return SAME
        if similarity < least(difference):
            return 0.0
        values = features(first.line, second.line, similarity, difference)
        return models()["plain"].confidence(NAMES, values)


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
