"""Whether two words that differ in letters are one word: a plural, another form, a slip."""

from collections.abc import Set

from cache.guard.lexicon import known, lexicon

_SLIP, _WIDE_SLIP = 4, 7
"""Letters from which a swap of two neighbours, and from which any other slip, is believed."""


def relation(one: str, other: str, around: Set[str] = frozenset()) -> str | None:
    """How two words that differ are one after all, if they are, beside the words `around` them.

    `plural`, `form`, `tense`, `derived`, `joined` (a hyphen), `slip`, `same` or `near` in meaning.
    What holds a digit is nothing but itself: signs and hyphens are part of a number.
    """
    if any(character.isdigit() for character in one + other):
        return lexicon().alike(one, other, around)
    irregular = lexicon().irregular
    if irregular.get(one) == other or irregular.get(other) == one:
        return "plural"
    if one.replace("-", "") == other.replace("-", "") and len(one) > 3:
        return None if one.startswith("re-") or other.startswith("re-") else "joined"
    if one.replace("'", "") == other.replace("'", "") and len(one) > 3:
        return "joined"
    if one.removesuffix("'s") == other.removesuffix("'s") and len(one) > 3:
        return "plural"
    kind = lexicon().alike(one.removesuffix("'s"), other.removesuffix("'s"), around)
    if kind == "same":
        return kind
    if one[:2] != other[:2] and not _swapped(one, other):
        return kind
    if (one, other) in lexicon().opposite:
        return None
    if _is_slip(one, other):
        return "slip"
    return _inflected(one, other) or kind


def _inflected(one: str, other: str) -> str | None:
    short, long = sorted((one, other), key=len)
    if not (short.isalpha() and long.isalpha()) or len(short) < 3:
        return None
    if short in (_plural(long), long.removesuffix("s")) and not {one, other} & lexicon().plain:
        return "plural"
    stem = _gerund(long)
    if stem and (stem == _gerund(short) or stem in (short, short + "e", short.rstrip("e"))):
        return "form"
    if stem and _plural(short) in (stem, stem + "e"):
        return "form"
    if _roots(one) & _roots(other):
        return "tense"
    return "derived" if _is_derived(short, long) else None


def _roots(word: str) -> set[str]:
    """What a form of a verb may come from, the mute e left out."""
    return {root.rstrip("e") for root in (word, _plural(word), _gerund(word), _past(word)) if root}


_MADE_OF = 5
"""Letters that two words share at least if one is made of the other."""


def _is_derived(short: str, long: str) -> bool:
    """`education` and `educational`, `prepare` and `preparation`; no person, no opposite."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    return any(
        frozenset((short[at:], long[at:])) in lexicon().endings
        for at in range(_MADE_OF, shared + 1)
    )


def _plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _gerund(word: str) -> str:
    """The stem of a word in -ing, else nothing: `running` → `run`, `making` → `mak`."""
    return _stem(word[:-3]) if word.endswith("ing") and len(word) > 5 else ""


def _past(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    return _stem(word[:-2]) if word.endswith("ed") and len(word) > 4 else ""


def _stem(word: str) -> str:
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if doubled else word


def _is_slip(one: str, other: str) -> bool:
    """A known word and an unknown one, a slip of the pen apart; names and code are not known."""
    for mark in "-/":
        if mark in one and one.count(mark) == other.count(mark):
            parts = zip(one.split(mark), other.split(mark), strict=True)
            return all(_is_slip(a, b) for a, b in parts if a != b)
    if not (one.isalpha() and one.isascii() and other.isalpha() and other.isascii()):
        return False
    if (one in known()) == (other in known()):
        return False
    right, wrong = (one, other) if one in known() else (other, one)
    if len(right) < 3:
        return False
    if _swapped(right, wrong):
        return len(right) >= _SLIP or right in lexicon().soft or right in lexicon().classes
    if right.endswith(lexicon().chemical) and wrong.endswith(lexicon().chemical):
        return False  # cellulase, cellulose; propene, propane: rare words, and no slips
    return min(len(right), len(wrong)) >= _WIDE_SLIP and _one_inside(right, wrong)


def _swapped(one: str, other: str) -> bool:
    """Two neighbouring letters changed places."""
    if len(one) != len(other):
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), None)
    if at is None or at + 1 >= len(one):
        return False
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


def _one_inside(right: str, wrong: str) -> bool:
    """One letter too many, missing or other, neither among the first two nor the last two."""
    if right[:2] != wrong[:2] or right[-2:] != wrong[-2:] or abs(len(right) - len(wrong)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(right, wrong, strict=False)) if a != b), len(right) - 1
    )
    if len(right) == len(wrong):
        return right[at + 1 :] == wrong[at + 1 :]
    longer, shorter = sorted((right, wrong), key=len, reverse=True)
    return longer[at + 1 :] == shorter[at:]
