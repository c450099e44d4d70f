"""Lays two readings beside each other: what has a partner, what is left over, what moved."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from cache.guard.forms import relation
from cache.guard.lexicon import lexicon
from cache.guard.normalise import Reading
from cache.guard.order import compounded, rearranged

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
    around = {*first.words, *second.words}
    pairs, left, right, soft = _matched(ones, others, around)
    order = [j for _, j in sorted(pairs)]
    moved = order != sorted(order)
    if not (left or right):
        if moved:
            kind = rearranged(ones, others, pairs, order) or compounded(gaps, other_gaps, order)
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
    joined = {one + two for one, two in pairwise(words) if (one + two).isalpha()} & set(others)
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
    ones: Words, others: Words, around: Set[str]
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
        related = ((j, kind) for j in free if (kind := relation(ones[i], others[j], around)))
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
