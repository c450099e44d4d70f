"""Lays two readings beside each other: what has a partner, what is left over, what moved."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from cache.guard.forms import relation
from cache.guard.lexicon import lexicon
from cache.guard.normalise import Reading

Words = Sequence[str]
_MOST = 8
"""Leftover words on one side beyond which nothing more is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two readings differ in. `left` and `right` have no partner; `moved` is a change of order
    that is no swap around "and"; `soft` counts what may not matter, by kind.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    moved: bool
    soft: Counter[str]
    content: int


def differ(first: Reading, second: Reading) -> Difference:
    ones, gaps = _parted(_joined(first.words, second.words))
    others, other_gaps = _parted(_joined(second.words, first.words))
    pairs, left, right, soft = _matched(ones, others)
    order = [j for _, j in sorted(pairs)]
    moved = order != sorted(order)
    if not (left or right):
        if moved:
            kind = _rearranged(ones, others, pairs, order) or _compounded(gaps, other_gaps, order)
            if first.line.count(",") != second.line.count(","):
                kind = ""
            moved = not kind
            soft[kind or "moved"] += 1
        else:
            pairs.append((len(ones), len(others)))
    if not moved:
        named = {i for i, word in enumerate(ones) if word in first.names | second.names}
        _compare_gaps(gaps, other_gaps, pairs, named, soft)
    soft.update(first.marks ^ second.marks)
    return Difference(
        left=tuple(left),
        right=tuple(right),
        moved=moved,
        soft=soft,
        content=min(len(ones), len(others)),
    )


def _joined(words: Words, others: Words) -> Words:
    """`web`, `site` as one word where the other text has `website`."""
    joined = {one + two for one, two in pairwise(words)} & set(others)
    if not joined:
        return words
    made: list[str] = []
    for word in words:
        if made and made[-1] + word in joined:
            made[-1] += word
        else:
            made.append(word)
    return made


def _parted(words: Words) -> tuple[list[str], list[list[str]]]:
    """The words that count, and the soft ones before each of them and after the last."""
    kinds = lexicon().soft
    content: list[str] = []
    gaps: list[list[str]] = [[]]
    for word in words:
        if word in kinds and not (word == "a" and content and content[-1] in _LETTERED):
            gaps[-1].append(word)
        else:
            content.append(word)
            gaps.append([])
    return content, gaps


_NAMED_BY_LETTER = (
    "vitamin plan type grade hepatitis group class team option section part level series influenza"
    " appendix exhibit form schedule category blood serie division model"
)
_LETTERED = frozenset(_NAMED_BY_LETTER.split())
"""What the letter A names: after these it is no article."""


def _matched(
    ones: Words, others: Words
) -> tuple[list[tuple[int, int]], list[str], list[str], Counter[str]]:
    start, end = _ends(ones, others)
    pairs = [(i, i) for i in range(start)]
    pairs += [(len(ones) - i, len(others) - i) for i in range(end, 0, -1)]
    places: dict[str, list[int]] = {}
    for place in range(len(others) - end - 1, start - 1, -1):
        places.setdefault(others[place], []).append(place)
    lone: list[int] = []
    for place in range(start, len(ones) - end):
        word = ones[place]
        if found := places.get(word):
            pairs.append((place, found.pop()))
        else:
            lone.append(place)
    taken = {j for _, j in pairs}
    free = [place for place in range(len(others)) if place not in taken]
    soft: Counter[str] = Counter()
    if max(len(lone), len(free)) > _MOST:
        return pairs, [ones[i] for i in lone], [others[j] for j in free], soft
    left: list[str] = []
    for i in lone:
        related = ((j, kind) for j in free if (kind := relation(ones[i], others[j])))
        j, kind = next(related, (-1, ""))
        if j < 0:
            left.append(ones[i])
            continue
        pairs.append((i, j))
        free.remove(j)
        soft[kind] += 1
    return pairs, left, [others[j] for j in free], soft


def _ends(ones: Words, others: Words) -> tuple[int, int]:
    """How many words are the same from the start, and how many of the rest from the end."""
    most = min(len(ones), len(others))
    start = next((i for i in range(most) if ones[i] != others[i]), most)
    end = next((i for i in range(most - start) if ones[-1 - i] != others[-1 - i]), most - start)
    return start, end


def _rearranged(
    ones: Words, others: Words, pairs: Sequence[tuple[int, int]], order: Sequence[int]
) -> str:
    """How a change of order changes nothing, if it does not: `swap` around "and" or "or", a word or
    two each; `inversion` of a modal verb after a question word, or of a year.
    """
    start = next(i for i, j in enumerate(order) if i != j)
    end = next(i for i in range(len(order) - 1, -1, -1) if order[i] != i) + 1
    partner = {j: ones[i] for i, j in pairs}
    unordered = lexicon().ordered.isdisjoint(ones)
    if unordered and _is_swap(list(ones), [partner[j] for j in range(len(others))], start):
        return "swap"
    for i in (start, end - 1):
        rest = [order[k] for k in range(start, end) if k != i]
        if rest == sorted(rest) and (
            (ones[i] in _MODALS and ones[0] in _ASKING) or (ones[i].isdigit() and len(ones[i]) == 4)
        ):
            return "inversion"
    return ""


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


def _compounded(gaps: Sequence[Words], others: Sequence[Words], order: Sequence[int]) -> str:
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


def _compare_gaps(
    gaps: Sequence[Words],
    others: Sequence[Words],
    pairs: Sequence[tuple[int, int]],
    named: Set[int],
    soft: Counter[str],
) -> None:
    """Counts the soft words that differ between two words that have a partner."""
    kinds = lexicon().soft
    for i, j in pairs:
        if gaps[i] == others[j]:
            continue
        one, other = Counter(gaps[i]), Counter(others[j])
        gone, come = list((one - other).elements()), list((other - one).elements())
        sides = [[w for w in side if kinds[w] in _PREPOSITIONS] for side in (gone, come)]
        for pair in zip(*sides, strict=False):
            wavers = _wavers(pair, named=i in named)
            hard = "to" in pair or set(pair) == {"in", "for"}
            kind = "other-preposition" if hard else "odd-preposition"
            soft["preposition" if wavers else kind] += 1
        for word in (*sides[0][len(sides[1]) :], *sides[1][len(sides[0]) :]):
            # "To" has a sense of its own, and one near either end: what is (in) money (for)?
            matters = i in (0, 1, len(gaps) - 1) or word == "to"
            hard = word == "to" or i == len(gaps) - 1
            kind = "other-preposition" if hard else "odd-preposition"
            soft[kind if matters else "no-preposition"] += 1
        for word in (*gone, *come):
            if kinds[word] not in _PREPOSITIONS:
                soft[kinds[word]] += 1


_PREPOSITIONS = frozenset({"place", "linking"})


def _wavers(pair: tuple[str, str], *, named: bool) -> bool:
    """Prepositions between which people waver: in or on Facebook, but not the box."""
    return frozenset(pair) in lexicon().wavering or (named and set(pair) == {"in", "on"})
