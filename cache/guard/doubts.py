"""What a veto keeps apart, and may ask the same all the same where the questions are very near.

"Are NFL games rigged?" and "Do you think that NFL games are rigged?" differ in words that tell
questions apart elsewhere. How often such a difference matters is learned; what must never be
weighed stays a no.
"""

from collections import Counter
from collections.abc import Iterable

from cache.guard.compare import Difference
from cache.guard.features import NAMES as PLAIN_NAMES
from cache.guard.features import features
from cache.guard.lexicon import known, lexicon
from cache.guard.normalise import Reading
from cache.guard.vetoes import asks

NEAREST = 0.9
"""Cosine from which a doubt is weighed."""

CERTAIN = frozenset(
    {
        "the text to work on",
        "code, quotation, address or identifier",
        "no words",
        "numbers",
        "names",
        "opposites",
        "capital letters",
        "negation",
        "language or format",
        "comparison or direction",
    }
)
"""Vetoes that nothing outweighs."""

_NEVER = frozenset({"negation", "form", "direction"})
_CLASSES = ("joining", "modality", "quality", "quantity", "question", "reference", "role", "time")
_EXACT = ("quantity", "modality", "joining", "time")

_KINDS = (*_CLASSES, "slack", "unknown")
NAMES = (
    *PLAIN_NAMES,
    *(f"other {kind}" for kind in _KINDS),
    *(f"added {kind}" for kind in _KINDS),
    *("both sides", "words", "moved", "asks otherwise", "asks or not", "shorter", "shared"),
    *("tense", "preposition of sense", "rare", "ratio", "modifiers", "sentences", "commas"),
)


def may_be_outweighed(reason: str, first: Reading, second: Reading, difference: Difference) -> bool:
    """Whether an answer may be served in spite of a veto: there is a doubt; no unknown word stands
    in the place of another, nor "all", "must", "or", "was" in the place of anything; and nothing
    changed places that has an order.
    """
    if not is_doubtful(reason, first, second, difference):
        return False
    ones, others = _kinds(difference.left), _kinds(difference.right)
    if ones["unknown"] and others["unknown"]:
        return False
    if ones and others and any(ones[kind] or others[kind] for kind in _EXACT):
        return False
    left_over = {*difference.left, *difference.right}
    if left_over & lexicon().limits:
        return False
    if asks(first) != asks(second) and left_over & lexicon().measures:
        return False
    if _opposed(difference.left, second) or _opposed(difference.right, first):
        return False
    words = {*first.words, *second.words}
    ordered = words & lexicon().ordered or any(map(str.isdigit, words))
    return not difference.moved or bool(left_over and not ordered)


def is_doubtful(reason: str, first: Reading, second: Reading, difference: Difference) -> bool:
    """Whether there is something to learn from: English, no number, name, negation, format or
    direction left over.
    """
    if reason in CERTAIN or not (first.english and second.english):
        return False
    left_over = {*difference.left, *difference.right}
    return not (
        left_over & (first.names | second.names)
        or any(lexicon().classes.get(word) in _NEVER for word in left_over)
        or any(character.isdigit() for word in left_over for character in word)
    )


def weighed(
    first: Reading, second: Reading, similarity: float, difference: Difference
) -> list[float]:
    """One number for each of `NAMES`, in that order."""
    ones, others = _kinds(difference.left), _kinds(difference.right)
    asked = asks(first), asks(second)
    left_over = (*difference.left, *difference.right)
    return [
        *features(first.line, second.line, similarity, difference),
        *(float(min(ones[kind], others[kind])) for kind in _KINDS),
        *(float(abs(ones[kind] - others[kind])) for kind in _KINDS),
        float(bool(difference.left and difference.right)),
        float(len(left_over)),
        float(difference.moved),
        float(all(asked) and asked[0] != asked[1]),
        float(bool(asked[0]) != bool(asked[1])),
        float(min(len(first.words), len(second.words))),
        float(difference.content),
        float(difference.soft["tense"]),
        float(difference.soft["other-preposition"]),
        float(sum(_kind(word) == "unknown" and word not in known() for word in left_over)),
        len(left_over) / (1 + difference.content),
        float(_modifiers(first, difference.left) + _modifiers(second, difference.right)),
        float(first.line.count("?") != second.line.count("?")),
        float(abs(first.line.count(",") - second.line.count(","))),
    ]


def _opposed(left_over: Iterable[str], reading: Reading) -> bool:
    """Whether a word left over on one side has its opposite anywhere on the other."""
    words = reading.line.split()
    return any((one, other) in lexicon().opposite for one in left_over for other in words)


def _kind(word: str) -> str:
    lexica = lexicon()
    return lexica.classes.get(word) or ("slack" if word in lexica.slack else "unknown")


def _kinds(words: Iterable[str]) -> Counter[str]:
    return Counter(map(_kind, words))


def _modifiers(reading: Reading, left_over: Iterable[str]) -> int:
    """Words left over right before one that is shared: "a wild parrot" is another parrot."""
    alone = {word for word in left_over if _kind(word) == "unknown"}
    soft = lexicon().soft
    return sum(
        word in alone and after not in alone and _kind(after) == "unknown" and after not in soft
        for word, after in zip(reading.words, reading.words[1:], strict=False)
    )
