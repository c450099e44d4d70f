"""The pairs that the guard is trained and measured on."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.guard.pairs import pairs
from cache.embed import Embed
from cache.guard.compare import Difference, differ
from cache.guard.normalise import Reading, read
from cache.guard.occasion import exact_only
from cache.guard.vetoes import apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    set: str
    stored: str
    asked: str
    same: bool

    @property
    def first_half(self) -> bool:
        """Half of all questions, always the same: the rules were written on its misses."""
        return hashlib.sha256(self.stored.encode()).digest()[0] % 2 == 0


def rows(path: Path) -> Iterator[Row]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Row(
                set=row["set"], stored=row["stored"], asked=row["asked"], same=row["same"] == "1"
            )
    for pair in pairs():
        yield Row(set="own", stored=pair.stored, asked=pair.asked, same=pair.same)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the guard sees of a row, and the veto that speaks."""

    row: Row
    first: Reading
    second: Reading
    difference: Difference
    reason: str | None
    similarity: float


def compared(given: Sequence[Row], embed: Embed) -> list[Compared]:
    """The rows that may be looked up by likeness."""
    kept = [row for row in given if not (exact_only(row.stored) or exact_only(row.asked))]
    texts = list(dict.fromkeys(text for row in kept for text in (row.stored, row.asked)))
    vectors = dict(zip(texts, embed.embed(texts), strict=True))
    return [_compared(row, float(vectors[row.stored] @ vectors[row.asked])) for row in kept]


def _compared(row: Row, similarity: float) -> Compared:
    first, second = read(row.stored), read(row.asked)
    difference = differ(first, second)
    return Compared(
        row=row,
        first=first,
        second=second,
        difference=difference,
        reason=apart(first, second, difference),
        similarity=similarity,
    )
