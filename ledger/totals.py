"""What one request adds to the totals that reports are read from.

Totals are sums of such shares, one for each request. When a line of a request changes, its old
share is taken out and its new one put in, so that totals and lines cannot drift apart, and a
request that runs past midnight counts once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PRECISION = 7
"""Bits of a wait that its bucket keeps: a median is right to within 1/256 of it."""

Key = tuple[str, str, str]
"""A day, what is grouped by (`source`, `model`, `task`), and the group's name on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an ended attempt adds. `source` is `cache`, `local` or `cloud`, `model` is
    `provider/name`. `stood`: its answer was given, though a later one came.
    """

    id: str
    number: int
    day: str
    source: str
    model: str
    task: str
    ok: bool
    stood: bool
    lost: bool
    cost: int
    baseline: int
    tokens_in: int
    tokens_out: int
    ms: int | None

    @property
    def keys(self) -> tuple[Key, ...]:
        return (
            (self.day, "source", self.source),
            (self.day, "model", self.model),
            (self.day, "task", self.task),
        )


FIGURES = (
    "attempts",
    "requests",
    "answered",
    "hits",
    "local",
    "spent",
    "baseline",
    "unconfirmed",
    "tokens_in",
    "tokens_out",
)
"""The columns of a total, in the order of a share's numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one request adds: figures by key; if answered, also its day, bucket and milliseconds."""

    figures: Mapping[Key, tuple[int, ...]]
    wait: tuple[str, int, int] | None = None


def share_of(lines: Sequence[Line]) -> Share:
    """The share of the request these lines belong to.

    The attempt that answered stands for the request: the last good one, unless an earlier one's
    answer was given; where none was good, the last one.
    """
    if not lines:
        return Share(figures={})
    standing = max(lines, key=lambda line: (line.ok, line.stood, line.number, line.id))
    figures: dict[Key, list[int]] = {}
    for line in lines:
        stands = line is standing
        answered = stands and line.ok
        added = (
            1,
            int(stands),
            int(answered),
            int(answered and line.source == "cache"),
            int(answered and line.source == "local"),
            line.cost,
            line.baseline if answered else 0,
            line.cost if line.lost else 0,
            line.tokens_in,
            line.tokens_out,
        )
        for key in line.keys:
            sums = figures.setdefault(key, [0] * len(FIGURES))
            figures[key] = [sum(pair) for pair in zip(sums, added, strict=True)]
    took = [line.ms for line in lines if line.ms is not None]
    ms = sum(took)
    return Share(
        figures={key: tuple(sums) for key, sums in figures.items()},
        wait=(standing.day, bucket_of(ms), ms) if standing.ok and took else None,
    )


def changed(before: Share, after: Share) -> Mapping[Key, tuple[int, ...]]:
    """What must be added to the totals so that they hold `after` in place of `before`."""
    found: dict[Key, tuple[int, ...]] = {}
    nothing = (0,) * len(FIGURES)
    for key in {*before.figures, *after.figures}:
        old, new = before.figures.get(key, nothing), after.figures.get(key, nothing)
        if old != new:
            found[key] = tuple(now - was for was, now in zip(old, new, strict=True))
    return found


def bucket_of(ms: int) -> int:
    """The bucket of a wait: exact below 256 ms, then 128 to the power of two (a log-linear
    histogram, as HdrHistogram has it).
    """
    ms = max(ms, 0)
    shift = max(ms.bit_length() - _PRECISION - 1, 0)
    return (shift << _PRECISION) + (ms >> shift)


def middle_of(bucket: int) -> int:
    """The wait in the middle of a bucket, in milliseconds."""
    shift = max((bucket >> _PRECISION) - 1, 0)
    low = (bucket - (shift << _PRECISION)) << shift
    return low + ((1 << shift) - 1) // 2


def median_of(waits: Mapping[int, int]) -> int:
    """The median of waits counted by bucket, in milliseconds; 0 where there are none."""
    counted = Counter(waits)
    half = (counted.total() - 1) // 2
    for bucket in sorted(counted):
        half -= counted[bucket]
        if half < 0:
            return middle_of(bucket)
    return 0
