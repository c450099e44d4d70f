"""What a strategy is, and the orders that strategies are made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from routing.values import Analysis, Candidate, Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The candidates, best first, and one short phrase that tells a person why.

    `escalates`: an answer that turns out doubtful goes on to a better candidate. `left_out` says
    why candidates are missing here; empty where none are.
    """

    candidates: tuple[Candidate, ...]
    reason: str
    escalates: bool = False
    left_out: str = ""


Strategy = Callable[[Analysis, Sequence[Candidate], Preferences], Ranking]
"""Orders candidates: those after the first are what is tried when it fails. Only a strategy that
says so (`left_out`) drops any."""


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


SLACK = 0.1
"""Chances that differ by less than this are alike: they are estimates, and a kind of request at
which the best model reaches 0.77 needs no dearer one than another that reaches 0.7."""


def best_deal(candidates: Iterable[Candidate], preferences: Preferences) -> list[Candidate]:
    """Those that are good enough, the cheapest first; then the others, by what they are worth.

    Good enough is `min_quality`, or less by `SLACK` than the best that there is; for a local one,
    from `home_advantage` less on.
    """
    known = list(candidates)
    best = max((appeal(each, preferences) for each in known), default=0.0)
    least = min(preferences.min_quality, best - SLACK)
    enough = [each for each in known if appeal(each, preferences) >= least]
    others = (each for each in known if appeal(each, preferences) < least)
    return [
        *by_cost(enough),
        *sorted(others, key=lambda c: (-value(c, preferences), -c.quality, c.model.id)),
    ]


def appeal(candidate: Candidate, preferences: Preferences) -> float:
    """The chance that its answer will do, and for a local one the advantage of staying at home."""
    return candidate.quality + (preferences.home_advantage if candidate.model.local else 0.0)


def value(candidate: Candidate, preferences: Preferences) -> float:
    """Its appeal less its cost, both in answers that will do."""
    return appeal(candidate, preferences) - candidate.estimate / max(1, preferences.worth)


def in_time(candidates: Iterable[Candidate], preferences: Preferences) -> list[Candidate]:
    """The same order, with those that would take longer than the person waits at the end."""
    known, patience = list(candidates), preferences.patience_s
    if patience is None:
        return known
    return sorted(known, key=lambda candidate: candidate.seconds > patience)


def cheapest_adequate(candidates: Iterable[Candidate], least: float) -> list[Candidate]:
    """Those of at least that quality, cheapest first; then the others, best first."""
    known = list(candidates)
    adequate = by_cost(candidate for candidate in known if candidate.quality >= least)
    return adequate + by_quality(candidate for candidate in known if candidate.quality < least)
