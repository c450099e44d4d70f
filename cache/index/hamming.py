"""The nearest by sign bits: packed bits in memory, searched exhaustively.

Each vector is held as a sketch: when it expires (8 bytes, Unix milliseconds, little-endian) and
one bit for each dimension, set where the value is above zero, filled up to whole 64-bit words.
The share of bits in which two sketches differ grows with the angle between their vectors
(Charikar 2002), so those that differ least are candidates; their floats decide among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

BLOCK = 16_384
"""Vectors that are compared in one step: so few that what is counted stays in the processor."""


def sign_bits(values: bytes) -> bytes:
    """Of a vector in float32, little-endian."""
    import numpy as np

    bits = np.packbits(np.frombuffer(values, "<f4") > 0).tobytes()
    return bits + bytes(-len(bits) % 8)


def sketch(values: bytes, expires: int) -> bytes:
    return expires.to_bytes(8, "little", signed=True) + sign_bits(values)


class HammingIndex:
    """Sketches by number. `mark` is the highest number in it; numbers are added in rising order."""

    def __init__(self) -> None:
        self.mark = 0
        self._size = 0
        self._blocks: list[_Block] = []

    def __len__(self) -> int:
        return self._size

    def add(self, numbers: Sequence[int], sketches: Sequence[bytes]) -> None:
        """Append some, at most BLOCK at once.

        Raises:
            ValueError: the sketches are not of one size.
        """
        block = _block(numbers, sketches)
        if self._blocks and len(self._blocks[-1].numbers) + len(numbers) <= BLOCK:
            block = _joined(self._blocks.pop(), block)
        self._blocks.append(block)
        self._size += len(numbers)
        self.mark = numbers[-1]

    def nearest(self, bits: bytes, count: int, *, now: int) -> tuple[list[int], list[int]]:
        """The numbers of the `count` that differ in the fewest bits and expire after `now`, and
        in how many they differ, rising. Of those that differ equally the last added are taken.
        """
        import numpy as np

        if not self._blocks:
            return [], []
        query = np.frombuffer(bits, "<u8")
        distances = np.concatenate([_distances(block, query, now) for block in self._blocks])
        most = 8 * len(bits)
        up_to = np.cumsum(np.bincount(distances, minlength=most + 1)[: most + 1])
        edge = min(int(np.searchsorted(up_to, count)), most)
        near = np.flatnonzero(distances <= edge)[::-1]
        order = near[np.argsort(distances[near], kind="stable")][:count]
        return self._numbers(order), distances[order].tolist()

    def _numbers(self, places: "NDArray[np.int64]") -> list[int]:
        """Of places in all blocks together."""
        import numpy as np

        ends = np.cumsum([len(block.numbers) for block in self._blocks])
        found = np.empty(len(places), np.int64)
        which = np.searchsorted(ends, places, side="right")
        for block in np.unique(which):
            here = which == block
            found[here] = self._blocks[block].numbers[places[here] - ends[block]]  # from its end
        return found.tolist()


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns: a number, an expiry and, in each row of `words`, a word for each vector."""

    numbers: "NDArray[np.int64]"
    expires: "NDArray[np.int64]"
    words: "Words"


def _block(numbers: Sequence[int], sketches: Sequence[bytes]) -> _Block:
    import numpy as np

    if len(set(map(len, sketches))) != 1:
        raise ValueError("sketches of different sizes")
    columns = np.frombuffer(b"".join(sketches), "<u8").reshape(len(numbers), -1).T
    return _Block(
        np.array(numbers, np.int64),
        columns[0].astype(np.int64),
        np.ascontiguousarray(columns[1:]),
    )


def _joined(first: _Block, then: _Block) -> _Block:
    import numpy as np

    return _Block(
        np.concatenate([first.numbers, then.numbers]),
        np.concatenate([first.expires, then.expires]),
        np.concatenate([first.words, then.words], axis=1),
    )


def _distances(block: _Block, query: "Words", now: int) -> "NDArray[np.uint16]":
    """Bits that differ; more than there are for what has expired."""
    import numpy as np

    counts = np.bitwise_count(block.words ^ query[:, None])
    distances: NDArray[np.uint16] = counts.sum(axis=0, dtype=np.uint16)
    distances[block.expires <= now] = 64 * len(query) + 1
    return distances
