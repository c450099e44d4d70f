"""Names what keeps two questions apart, in words for a person. Any of it is reason enough."""

from cache.guard.compare import Difference, differ
from cache.guard.lexicon import lexicon
from cache.guard.normalise import Reading, read

LITERAL = "code, quotation, address or identifier"
_NAMES = {
    "direction": "comparison or direction",
    "reference": "who or what is meant",
    "question": "kind of question",
    "joining": "how things are joined",
    "form": "language or format",
    "role": "who does what",
    "modality": "can, may or must",
}
_LEFT_OVER = 3
"""Words with little meaning that may be left over; more of them say something together."""


def veto(stored: str, asked: str) -> str | None:
    """Why the answer to `stored` may not be served for `asked`; None: nothing speaks against it."""
    first, second = read(stored), read(asked)
    return apart(first, second, differ(first, second))


def apart(first: Reading, second: Reading, difference: Difference) -> str | None:
    if first.payload != second.payload:
        return "the text to work on"
    if not _literally_same(first, second):
        return LITERAL
    if not (first.words or first.payload):
        return "no words"
    if "mean" in first.marks ^ second.marks and first.titles | second.titles:
        return "kind of question"  # what is a name, and what is it for?
    if first.words == second.words:
        return "capital letters" if _otherwise_spelt(first, second) else None
    if not (first.english and second.english):
        return _named(tuple(set(first.words) ^ set(second.words))) or "order"
    if asks(first) != asks(second):
        return "kind of question"
    return (
        _left_over(first, second, difference)
        or _soft(difference)
        or ("capital letters" if _otherwise_spelt(first, second) else None)
    )


def _literally_same(first: Reading, second: Reading) -> bool:
    if first.literal == second.literal and first.quotes == second.quotes:
        return True
    if first.literal != second.literal:
        return False
    # Scare quotes in one text only: the words in them are compared like all others.
    return not (first.quotes and second.quotes) and first.english and second.english


def _left_over(first: Reading, second: Reading, difference: Difference) -> str | None:
    left, right = difference.left, difference.right
    if difference.moved:
        return _named((*left, *right)) or "order"
    if not (left or right):
        return None
    slack = lexicon().slack
    hard = tuple(word for word in (*left, *right) if word not in slack)
    if hard:
        return _named(hard)
    if (first.names | second.names).intersection((*left, *right)):
        return "names"
    if len(left) + len(right) > 1 and "and" in (*left, *right):
        return "how things are joined"
    if len(left) + len(right) > _LEFT_OVER:
        return "other words"
    if left and right and any(slack[word] not in _GRADES for word in (*left, *right)):
        return _named((*left, *right)) or "other words"
    return None


def asks(reading: Reading) -> str:
    """The question word that a text begins with, if it does."""
    word = reading.words[0] if reading.words else ""
    return word if lexicon().classes.get(word) == "question" else ""


_GRADES = frozenset({"praise", "degree"})


def _soft(difference: Difference) -> str | None:
    if difference.soft["tense"]:
        return "time"
    if difference.soft["other-preposition"]:
        return "comparison or direction"
    return None


def _named(words: tuple[str, ...]) -> str | None:
    if not words:
        return None
    if any(character.isdigit() for word in words for character in word):
        return "numbers"
    classes = lexicon().classes
    if any((a, b) in lexicon().opposite for a in words for b in words):
        return "opposites"
    kinds = [classes[word] for word in words if word in classes]
    kind = next((kind for kind in classes_in_order() if kind in kinds), None)
    return "other words" if kind is None else _NAMES.get(kind, kind)


def classes_in_order() -> tuple[str, ...]:
    return tuple(dict.fromkeys(lexicon().classes.values()))


def _otherwise_spelt(first: Reading, second: Reading) -> bool:
    """A word is capital in one and small in the other, and that makes it another: `polish`."""
    ones, others = _forms(first.cased), _forms(second.cased)
    return any(ones[word] != others[word] for word in ones.keys() & others.keys())


def _forms(words: tuple[str, ...]) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for word in words:
        forms.setdefault(word.lower(), []).append(word)
    return forms
