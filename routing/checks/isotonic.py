"""Calibration from own outcomes: how often answers of a confidence were right.

Isotonic regression by pooling adjacent violators (Ayer and others, 1955): the non-decreasing curve
that lies closest to the outcomes. By model and type of question where there are outcomes enough,
by all of them else.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

LEAST = 50
"""Outcomes below which a calibration of its own says less than the common one."""

_RAW = 20.0
"""How many outcomes the raw confidence is worth beside the curve's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What came of an answer: the raw confidence in it, and whether it was right, in [0, 1]."""

    model: str
    kind: str
    confidence: float
    ok: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A non-decreasing function: straight lines between points, level beyond them, mixed with the
    confidence itself, of which it takes `trust` in [0, 1] away.
    """

    at: tuple[float, ...]
    values: tuple[float, ...]
    trust: float

    def of(self, confidence: float) -> float:
        return self.trust * self._between(confidence) + (1 - self.trust) * confidence

    def _between(self, confidence: float) -> float:
        after = bisect_right(self.at, confidence)
        if after in (0, len(self.at)):
            return self.values[min(after, len(self.at) - 1)]
        left, right = self.at[after - 1], self.at[after]
        share = (confidence - left) / (right - left)
        return self.values[after - 1] * (1 - share) + self.values[after] * share


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Curves by (model, kind), by model, and for all; the narrowest that is there holds."""

    curves: Mapping[tuple[str, str], Curve] = field(default_factory=dict)

    def apply(self, confidence: float, *, model: str, kind: str) -> float:
        for key in ((model, kind), (model, ""), ("", "")):
            if key in self.curves:
                return self.curves[key].of(confidence)
        return confidence


def fit(labels: Iterable[Label]) -> Calibration:
    """The calibration that `labels` give; without `LEAST` of them confidences stay as they are."""
    groups: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        for key in {(label.model, label.kind), (label.model, ""), ("", "")}:
            groups[key].append(label)
    return Calibration(
        curves={key: isotonic(group) for key, group in groups.items() if len(group) >= LEAST}
    )


def isotonic(labels: Collection[Label]) -> Curve:
    """The non-decreasing curve closest to the outcomes (at least one), through its pools' middles.

    Points in the middle of pools, with lines between, are centred isotonic regression (Oron and
    Flournoy, 2017): bare steps would jump between confidences that hardly differ.
    """
    at_once: dict[float, list[float]] = defaultdict(list)
    for label in labels:
        at_once[label.confidence].append(label.ok)
    pools: list[tuple[float, float, int]] = []  # sums of confidence and outcome, size
    for confidence, oks in sorted(at_once.items()):
        where, total, size = confidence * len(oks), sum(sorted(oks)), len(oks)
        while pools and pools[-1][1] * size >= total * pools[-1][2]:
            before, more, many = pools.pop()
            where, total, size = before + where, total + more, size + many
        pools.append((where, total, size))
    return Curve(
        at=tuple(where / size for where, _, size in pools),
        values=tuple(total / size for _, total, size in pools),
        trust=len(labels) / (len(labels) + _RAW),
    )
