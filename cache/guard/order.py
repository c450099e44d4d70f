"""When another order of the same words asks the same."""

import re
from collections.abc import Sequence

from cache.guard.lexicon import lexicon

Words = Sequence[str]

_UNORDERED = re.compile(
    r"difference |compare |(?:what|which|who) better |should (?:i|we|you|one) "
    r"|.*\b(?:similarit(?:y|ies)|relationship|relation|correlation|distance|comparison) "
    r"|.*\b(?:similar|related|alike|common)$"
    r"|.*\b\w+ly (?:and|or) \w+ly\b"
    r"|.*\b(?:advantages and disadvantages|disadvantages and advantages)\b"
)
"""Questions that ask the same of what stands on both sides of "and" or "or". All others may mind
the order: `If Ann and Tom are 3 and 5`, `Plot x and y`."""


def rearranged(
    ones: Words, others: Words, pairs: Sequence[tuple[int, int]], order: Sequence[int]
) -> str:
    """How a change of order changes nothing, if it does not: `swap` around "and" or "or", a word or
    two each; `inversion` of a modal verb after a question word, or of a year.
    """
    start = next(i for i, j in enumerate(order) if i != j)
    end = next(i for i in range(len(order) - 1, -1, -1) if order[i] != i) + 1
    partner = {j: ones[i] for i, j in pairs}
    turned = [partner[j] for j in range(len(others))]
    if _is_unordered(ones) and _is_swap(list(ones), turned, start):
        return "swap"
    for i in (start, end - 1):
        rest = [order[k] for k in range(start, end) if k != i]
        if rest == sorted(rest) and (
            (ones[i] in _MODALS and ones[0] in _ASKING) or (ones[i].isdigit() and len(ones[i]) == 4)
        ):
            return "inversion"
    return ""


def _is_unordered(words: Words) -> bool:
    line = " ".join(words)
    return (
        _UNORDERED.match(line) is not None
        and lexicon().ordered.isdisjoint(words)
        and not any(character.isdigit() for character in line)
        and not any(word in _KINDS for word in words[1:])
    )


_KINDS = frozenset(["time", "percent", "percentage", "growth", "slope", "rate", "change"])
"""What has a direction after all: a change between two years, a difference in time."""


def _is_swap(ones: list[str], others: list[str], start: int) -> bool:
    """Only what stands around an "and" or "or" changed places; something stands before."""
    for joint in range(start + 1, min(start + 4, len(ones) - 1)):
        if ones[joint] not in ("and", "or"):
            continue
        for before, after in ((1, 1), (1, 2), (2, 1), (2, 2)):
            head = joint - before
            if head < 1:
                continue
            swapped = [*ones[joint + 1 : joint + 1 + after], ones[joint], *ones[head:joint]]
            if others == [*ones[:head], *swapped, *ones[joint + 1 + after :]]:
                return True
    return False


def compounded(gaps: Sequence[Words], others: Sequence[Words], order: Sequence[int]) -> str:
    """`ratings of movies` and `movie ratings`."""
    start = next(i for i, j in enumerate(order) if i != j)
    end = next(i for i in range(len(order) - 1, -1, -1) if order[i] != i) + 1
    after = end - order[start]
    joint = end - (order[start] - start)
    if (
        list(order[start:end]) != [*range(end - after, end), *range(start, end - after)]
        or after > 2
        or end - joint > 3
    ):
        return ""
    one, other = set(gaps[joint]) & _OF, set(others[end - after]) & _OF
    return "compound" if bool(one) != bool(other) else ""


_OF = frozenset(["of", "for", "in"])
_MODALS = frozenset(["can", "could", "should", "will", "would"])
_ASKING = frozenset(["what", "when", "where", "why", "how", "who", "which"])
