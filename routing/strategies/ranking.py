"""What a strategy is, and the orders that strategies are made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from routing.values import Analysis, Candidate, Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """All candidates, best first, and one short phrase that tells a person why."""

    candidates: tuple[Candidate, ...]
    reason: str


Strategy = Callable[[Analysis, Sequence[Candidate], Preferences], Ranking]
"""Orders candidates. It drops none: those after the first are what is tried when it fails."""


def local(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.model.local]


def cloud(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if not candidate.model.local]


def by_quality(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first; of equals the cheaper, then the faster."""
    return sorted(candidates, key=lambda c: (-c.quality, c.estimate, -c.model.speed, c.model.id))


def by_cost(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Cheapest first; of equals the better."""
    return sorted(candidates, key=lambda c: (c.estimate, -c.quality, -c.model.speed, c.model.id))


def by_speed(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Fastest first; of equals the better."""
    return sorted(candidates, key=lambda c: (-c.model.speed, -c.quality, c.estimate, c.model.id))


def cheapest_adequate(candidates: Iterable[Candidate], least: float) -> list[Candidate]:
    """Those of at least that quality, cheapest first; then the others, best first."""
    known = list(candidates)
    adequate = by_cost(candidate for candidate in known if candidate.quality >= least)
    return adequate + by_quality(candidate for candidate in known if candidate.quality < least)
