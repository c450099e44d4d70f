"""What the trained model looks at, for two questions that no veto keeps apart."""

from cache.guard.compare import Difference
from cache.guard.lexicon import lexicon

COUNTED = (
    *("plural", "form", "derived", "same", "near", "slip", "joined", "article", "be", "light"),
    *("preposition", "no-preposition", "swap", "inversion", "compound"),
    *("way", "ease", "fast", "you", "should", "would", "advice", "exists", "good", "which", "mean"),
    *("why-tail", "or-not", "perfect", "like", "possible", "one", "bare", "odd", "feel", "reason"),
    *("tips", "was", "importance", "topic", "place", "differ", "odd-preposition"),
    *("steps", "effect", "date", "height", "population", "best"),
)
"""Kinds of soft difference with a weight of their own; any other counts as `mark`."""

SLACK = ("manner", "degree", "praise", "filler", "kind", "owner", "doubt")
NAMES = ("similarity", "letters", "length", "short", *COUNTED, "mark", *SLACK, "both")
RISING = frozenset({"similarity", "letters"})
"""Features of which more can only make two questions more surely the same; of others, less."""

_MOST = 3.0
_SHORT = 6


def features(stored: str, asked: str, similarity: float, difference: Difference) -> list[float]:
    """One number for each of `NAMES`, in that order. The texts are folded already."""
    soft = difference.soft
    slack = lexicon().slack
    left = [slack.get(word) for word in (*difference.left, *difference.right)]
    counts = [min(_MOST, float(soft[kind])) for kind in COUNTED]
    marks = sum(count for kind, count in soft.items() if kind not in _KNOWN and count > 0)
    return [
        similarity,
        _shared(stored, asked),
        1 - min(len(stored), len(asked)) / max(len(stored), len(asked), 1),
        float(max(0, _SHORT - difference.content)),
        *counts,
        min(_MOST, float(marks)),
        *(min(_MOST, float(left.count(kind))) for kind in SLACK),
        float(bool(difference.left and difference.right)),
    ]


_KNOWN = frozenset(COUNTED)


def _shared(one: str, other: str) -> float:
    """The share of three letters in a row that both texts have, of all that either has."""
    ones = {one[i : i + 3] for i in range(len(one) - 2)}
    others = {other[i : i + 3] for i in range(len(other) - 2)}
    return len(ones & others) / max(1, len(ones | others))
