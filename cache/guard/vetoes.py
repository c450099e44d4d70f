"""Names what keeps two questions apart. Whatever is left over between them is reason enough."""

from collections import Counter
from collections.abc import Iterable

from cache.guard.normalise import Reading, read

_KINDS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (kind, frozenset(words.split()))
    for kind, words in (
        (
            "negation",
            "not no never none nothing nobody neither nor without with cannot except excluding"
            " including safe unsafe possible impossible legal illegal like unlike valid invalid",
        ),
        (
            "quantity",
            "all any some every each only both either few many much most least more less several"
            " half twice once exactly about approximately single one two three four five six seven"
            " eight nine ten eleven twelve dozen hundred thousand million billion first second"
            " third always often sometimes rarely",
        ),
        (
            "comparison or direction",
            "better worse best worst bigger smaller larger greater higher lower highest lowest"
            " faster slower longer shorter older younger maximum minimum max min than from to into"
            " onto out on off up down left right over under above below before after since until"
            " between against north south east west ascending descending increase decrease raise"
            " reduce upload download import export encrypt decrypt encode decode buy sell read"
            " write open close start stop enable disable add remove push pull win lose love hate"
            " advantages disadvantages pros cons male female forward backward inside outside",
        ),
        (
            "who or what is meant",
            "i me my mine you your yours we us our ours he him his she her hers they them their"
            " it its this that these those last next previous same other one",
        ),
        (
            "kind of question",
            "how-to what who whom whose which when where why how if whether should",
        ),
        ("time", "was were is are been had has have did can will would be ago later earlier year"),
    )
)


def veto(stored: str, asked: str) -> str | None:
    """Why the answer to `stored` may not be served for `asked`; None: the two ask the same."""
    first, second = read(stored), read(asked)
    if first.payload != second.payload:
        return "the text to work on"
    if first.literal != second.literal:
        return "code, quotation, address or identifier"
    if first.words != second.words:
        return _difference(first.words, second.words)
    if not (first.words or first.payload):
        return "no words"
    if _otherwise_spelt(first, second):
        return "capital letters"
    return None


def _difference(first: Iterable[str], second: Iterable[str]) -> str:
    ones, others = Counter(first), Counter(second)
    left = (ones - others) + (others - ones)
    if not left:
        return "order"
    if any(character.isdigit() for word in left for character in word):
        return "numbers"
    return next((kind for kind, words in _KINDS if words & left.keys()), "other words")


def _otherwise_spelt(first: Reading, second: Reading) -> bool:
    """A word is capital in one and small in the other, where both mind capitals: `polish`."""
    ones, others = _forms(first), _forms(second)
    return any(
        set(ones[word]) != set(others[word])
        or (len(ones[word]) == len(others[word]) and ones[word] != others[word])
        for word in ones.keys() & others.keys()
    )


def _forms(reading: Reading) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for word in reading.spellings:
        forms.setdefault(word.casefold(), []).append(word)
    return forms
