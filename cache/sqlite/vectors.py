"""Vectors beside the answers, and the search among them.

Candidates are found by their sign bits in memory (cache/index) and compared by the floats in the
table. What is in memory is never believed: a search reads the place, the candidates and their
answers from one snapshot of the file. Numbers of vectors only rise, so those that memory lacks lie
beyond its mark; and a place counts its vectors, so memory knows how many of its own are gone. It
offers that many more: none that is there is ever crowded out by one that is not.
"""

import heapq
import json
import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cache.index.hamming import BLOCK, HammingIndex, sign_bits, sketch
from cache.store import Vector
from storage import Database
from storage.errors import DamagedDatabase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FIRST = 64
"""How many candidates are compared before it is known how far to look."""

MOST = 1024
"""How many candidates are compared at most."""

DEVIATIONS = 2
"""How far, then: as many bits as a vector that is no farther than the last one wanted is expected
to differ in, and this many standard deviations more. docs/decisions/0022-bit-vectors.md says what
is missed so."""

SPARE = 512
"""How many vectors that are gone may stay in memory, before it is read anew."""

HELD = 64
"""Places that are held in memory, the latest used."""

PLACE = "select id, vectors from places where scope = ? and space = ? and dimensions = ?"
LARGE = "select id, vectors from places where space = ? and vectors > ? order by id limit ?"
YOUNGER = """
    select number, sketch from vectors where place = ? and number > ? order by number limit ?
"""
CANDIDATE = """
    select answer, floats from json_each(?) as near cross join vectors
    where vectors.number = near.value
"""


def place(tx: Any, answer: int, scope: str, expires: int, vector: Vector) -> None:
    """Keep a vector, instead of the one that the answer had in this space."""
    where = (scope, vector.space, vector.dimensions)
    tx.execute(
        "delete from vectors where answer = ?"
        " and place in (select id from places where scope = ? and space = ?)",
        (answer, scope, vector.space),
    )
    tx.execute("insert or ignore into places (scope, space, dimensions) values (?, ?, ?)", where)
    ((number, _),) = tx.execute(PLACE, where)
    tx.execute(
        "insert into vectors (answer, place, sketch, floats) values (?, ?, ?, ?)",
        (answer, number, sketch(vector.values, expires), vector.values),
    )


class Neighbours:
    """Searches one open database, and holds in memory what it read of it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._held: OrderedDict[int, HammingIndex] = OrderedDict()

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> dict[int, float]:
        """Cosines by ids of answers, best first. To be called in a snapshot.

        Raises:
            DamagedDatabase: vectors are not what they should be.
        """
        found = self.db.rows(PLACE, (scope, vector.space, vector.dimensions))
        if not found:
            return {}
        ((number, there),) = found
        with self._sound():
            index = self._index(number, there)
            gone = max(0, len(index) - there)
            bits = sign_bits(vector.values)
            near = index.nearest(bits, max(MOST, k) + gone, now=now)
            return self._search(*near, max(FIRST, k) + gone, vector, k)

    def warm(self, space: str) -> bool:
        """Read a block of a place that holds more than one; whether there was one to read.

        To be called in a snapshot.

        Raises:
            DamagedDatabase: vectors are not what they should be.
        """
        for number, there in self.db.rows(LARGE, (space, BLOCK, HELD)):
            index = self._held.setdefault(number, HammingIndex())
            if len(index) < there:
                with self._sound():
                    return self._read_block(index, number)
        return False

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise DamagedDatabase(f"The vectors in {self.db.path} are damaged.") from error

    def _search(
        self, near: list[int], bits: list[int], first: int, vector: Vector, k: int
    ) -> dict[int, float]:
        """`near` are candidates by rising `bits`; the `first` of them are where to start."""
        values = _values(vector)
        compared = self._compared(near[:first], values)
        if compared and len(near) > first:
            farthest = heapq.nsmallest(k, compared)[-1]
            reach = bisect_right(bits, _differing(-farthest[0], vector.dimensions))
            compared += self._compared(near[first:reach], values)
        # Rounding can put a cosine a hair above 1.
        return {answer: min(1.0, -far) for far, answer in heapq.nsmallest(k, compared)}

    def _compared(self, near: list[int], values: "Floats") -> list[tuple[float, int]]:
        """Of those vectors that are there: cosines, negative so that the best is least, and ids."""
        import numpy as np

        rows = self.db.rows(CANDIDATE, (json.dumps(near),))
        floats = np.frombuffer(b"".join([each for _, each in rows]), "<f4")
        far = np.nan_to_num(floats.reshape(-1, len(values)) @ -values)
        return list(zip(far.tolist(), [answer for answer, _ in rows], strict=True))

    def _index(self, place: int, there: int) -> HammingIndex:
        index = self._held.pop(place, None) or HammingIndex()
        self._read(index, place)
        if not there <= len(index) <= there + SPARE:
            index = HammingIndex()
            self._read(index, place)
        self._held[place] = index
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return index

    def _read(self, index: HammingIndex, place: int) -> None:
        while self._read_block(index, place):
            pass

    def _read_block(self, index: HammingIndex, place: int) -> bool:
        """The next of what it lacks; whether it lacked any."""
        rows = self.db.rows(YOUNGER, (place, index.mark, BLOCK))
        if rows:
            index.add(*zip(*rows, strict=True))
        return bool(rows)


def _differing(cosine: float, dimensions: int) -> float:
    """Bits, of vectors at this cosine: each differs with the angle's share of a half turn."""
    share = math.acos(max(-1.0, min(1.0, cosine))) / math.pi
    return dimensions * share + DEVIATIONS * math.sqrt(dimensions * share * (1 - share))


def _values(vector: Vector) -> "Floats":
    """Zeros in the place of what is no number."""
    import numpy as np

    values: Floats = np.nan_to_num(np.frombuffer(vector.values, "<f4"))
    return values
