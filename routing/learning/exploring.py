"""Now and then asks another model than the one that looks best, to learn whether it is.

Thompson sampling (Thompson 1933; Chapelle & Li 2011) in a small share of requests: P(ok) of every
model is drawn from the normal distribution of its forecast, and the rule that always applies is
applied to what was drawn. How probable each choice is, is worked out rather than simulated, and the
choice is drawn from just these probabilities: what is logged as propensity is exact, which replay
(`routing.learning.replay`) rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, prod, sqrt
from random import Random

SHARE = 0.05
"""Of all requests; at no moment were more explored than this and one."""

_LEAST_DOUBT = 1e-4
_TURNS = (-1.4, -0.7, 0.0, 0.7, 1.4)
"""Slices end here, in standard deviations over the root of two from each mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A permitted model: its forecast (mean and standard deviation of P(ok)), its cost."""

    p: float
    doubt: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Which option is to be asked first, and whether by exploration.

    `propensities` is the probability with which each could have been drawn.
    """

    index: int
    propensities: tuple[float, ...]
    explored: bool


def choose(options: Sequence[Option], least: float) -> int:
    """The rule: the cheapest with P(ok) >= `least`; where there is none, the one with most."""
    enough = [index for index in _by_cost(options) if options[index].p >= least]
    return enough[0] if enough else max(range(len(options)), key=lambda i: options[i].p)


def probabilities(options: Sequence[Option], least: float) -> list[float]:
    """How probable it is for each option that Thompson sampling chooses it; their sum is 1.

    In order of cost, each is chosen if it passes `least` and none before it did: a product. If none
    passes, the largest chooses; below `least` that is summed over thin slices of P(ok).
    """
    chosen = [0.0] * len(options)
    nothing_yet = 1.0
    for index in _by_cost(options):
        below = _below(least, *_normal(options[index]))
        chosen[index] = nothing_yet * (1 - below)
        nothing_yet *= below
    if nothing_yet > 1e-9:
        best = _largest_below(options, least)
        whole = sum(best)
        for index, share in enumerate(best):
            chosen[index] += nothing_yet * share / whole
    return chosen


class Explorer:
    """Explores, and counts how often, so that the share is kept at every moment.

    `requests` and `explored` are what was counted before, by other processes too.
    """

    def __init__(
        self, rng: Random, *, share: float = SHARE, requests: int = 0, explored: int = 0
    ) -> None:
        self._rng = rng
        self._share = share
        self.requests = requests
        self.explored = explored

    def draw(
        self,
        options: Sequence[Option],
        *,
        least: float,
        first: int | None = None,
        may_explore: bool = True,
    ) -> Drawn:
        """Which of the permitted `options` to ask first.

        `first` is what a strategy would ask; without it `choose` decides. `may_explore` is False
        for a private request, or where the person insists on a model.

        Raises:
            ValueError: there are no options.
        """
        if not options:
            raise ValueError("There is nothing to choose from.")
        usual = choose(options, least) if first is None else first
        self.requests += 1
        full = self.explored + 1 > self._share * self.requests
        if not may_explore or len(options) == 1 or full:
            return Drawn(index=usual, propensities=_certain(usual, len(options)), explored=False)
        chances = [self._share * each for each in probabilities(options, least)]
        chances[usual] += 1 - self._share
        [index] = self._rng.choices(range(len(options)), chances)
        self.explored += index != usual
        return Drawn(index=index, propensities=tuple(chances), explored=index != usual)


def _certain(index: int, number: int) -> tuple[float, ...]:
    return tuple(float(each == index) for each in range(number))


def _by_cost(options: Sequence[Option]) -> list[int]:
    """Cheapest first; of equals the one that looks best."""
    return sorted(range(len(options)), key=lambda i: (options[i].cost, -options[i].p))


def _normal(option: Option) -> tuple[float, float]:
    """Mean, and what a distance from it is multiplied with in the error function."""
    return option.p, 1 / (max(option.doubt, _LEAST_DOUBT) * sqrt(2))


def _below(x: float, mean: float, scale: float) -> float:
    """The normal distribution function."""
    return 0.5 + 0.5 * erf((x - mean) * scale)


def _largest_below(options: Sequence[Option], least: float) -> list[float]:
    """In proportion: how probable it is for each that it is the largest and below `least`.

    Summed over slices of P(ok), as thin as the forecasts are sharp there.
    """
    normals = [_normal(each) for each in options]
    edges = sorted(
        edge for mean, scale in normals for turn in _TURNS if (edge := mean + turn / scale) < least
    )
    best = [1e-12] * len(options)  # never nothing at all, or there were no proportion
    before = [0.0] * len(options)
    for edge in (*edges, least):
        after = [_below(edge, *normal) for normal in normals]
        middle = [(low + high) / 2 + 1e-30 for low, high in zip(before, after, strict=True)]
        all_below = prod(middle)
        for index, high in enumerate(after):
            best[index] += (high - before[index]) * all_below / middle[index]
        before = after
    return best
