"""How sure a difference between two arms is, at any moment, however often one looks.

One may look after every request and stop when one likes: a bet is made on each request before it
is seen, and a game that is fair seldom makes anybody rich (Ville 1939). Betting on bounded means is
of Waudby-Smith and Ramdas (JRSS B 86, 2024); the inverse-probability score with a running mean is
the usual one for randomised arms (Howard et al., Annals of Statistics 49, 2021).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    Floats = NDArray[float64]
    Bools = NDArray[bool_]

ALPHA = 0.05
"""How often a difference may be announced where there is none."""

HARM_ALPHA = 0.01
"""How often one guard may stop an arm that is within its tolerance."""

_LARGEST, _BETS = 0.9, 6
"""Bets are `_LARGEST` of what can be lost, and each next one half of it: six span differences from
one in two to one in fifty. On simulated experiments more of them gained nothing."""

_HALVINGS = 20
"""Of an interval of length 2: the ends are exact to 2e-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What `number` values say of mean(B) - mean(A). `low` to `high` holds it with probability
    1 - ALPHA at all moments together.

    `e_value` is what a stake of 1 against "no difference" has become, `highest` the most it ever
    was; at 1 / ALPHA it is decided, first after `decided_after` values, and `higher` says whether B
    was. None: not yet.
    """

    number: int
    low: float
    high: float
    e_value: float
    highest: float
    decided_after: int | None = None
    higher: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is said for "B is worse than A by more than is tolerated". `fired`: enough."""

    highest: float
    fired: bool


def scores(values: "Floats", to_b: "Bools", share: float) -> "Floats":
    """For each value in [0, 1] a number whose expectation, given all before, is what B adds to it.

    `(y - m) (1[B] / p - 1[A] / (1 - p))`, where m is the mean of all values before this one: known
    beforehand, so it takes away noise and no truth. It lies within 1 / min(p, 1 - p) of zero.
    """
    import numpy as np

    before = np.concatenate(([0.0], np.cumsum(values)[:-1]))
    mean = (before + 0.5) / (np.arange(len(values)) + 1)
    return (values - mean) * np.where(to_b, 1 / share, -1 / (1 - share))


def evidence(values: "Floats", to_b: "Bools", share: float, *, alpha: float = ALPHA) -> Evidence:
    """What values in [0, 1], in the order in which their arms were drawn, say of the difference."""
    import numpy as np

    if not len(values):
        return Evidence(number=0, low=-1.0, high=1.0, e_value=1.0, highest=1.0)
    z = scores(values, to_b, share)
    path, bar = capital(z, share), float(np.log(1 / alpha))
    crossed = np.flatnonzero(path >= bar)
    first = int(crossed[0]) if len(crossed) else None
    low, high = _interval(z, share, bar)
    return Evidence(
        number=len(z),
        low=low,
        high=high,
        e_value=_exp(path[-1]),
        highest=_exp(max(path.max(), 0.0)),
        decided_after=None if first is None else first + 1,
        higher=None if first is None else bool(z[: first + 1].sum() > 0),
    )


def harm(
    badness: "Floats", to_b: "Bools", share: float, *, tolerance: float, alpha: float = HARM_ALPHA
) -> Harm:
    """Whether B is worse by more than `tolerance`; values in [0, 1], the larger the worse."""
    import numpy as np

    if not len(badness):
        return Harm(highest=1.0, fired=False)
    z = scores(badness, to_b, share)
    path = _one_side(z - min(tolerance, 1.0), _bets(share))
    highest = max(float(path.max()), 0.0)
    return Harm(highest=_exp(highest), fired=highest >= float(np.log(1 / alpha)))


def capital(z: "Floats", share: float, difference: float = 0.0) -> "Floats":
    """The logarithm of what a stake of 1 against `difference` becomes, after each score; bets on
    both sides get the same. `z` may be several experiments, one a row.
    """
    import numpy as np

    bets = _bets(share)
    up, down = (_one_side(side * (z - difference), bets) for side in (1, -1))
    both: Floats = np.logaddexp(up, down) - np.log(2)
    return both


def largest_bet(share: float) -> float:
    """Scores less a difference are never below -1 / b - 1: so no bet can lose more than it has."""
    b = min(share, 1 - share)
    return _LARGEST * b / (1 + b)


def _bets(share: float) -> "Floats":
    import numpy as np

    return np.asarray(largest_bet(share) * 0.5 ** np.arange(_BETS))


def _one_side(gains: "Floats", bets: "Floats") -> "Floats":
    """Equal stakes on each bet that `gains` are positive, together; cumulative, as logarithms."""
    import numpy as np

    total = np.full(gains.shape, -np.inf)
    for bet in bets:
        np.logaddexp(total, np.cumsum(np.log1p(bet * gains), axis=-1), out=total)
    total -= np.log(len(bets))
    return total


def _interval(z: "Floats", share: float, bar: float) -> tuple[float, float]:
    """The differences against which no stake has reached the bar now."""
    import numpy as np

    middle = float(np.clip(z.mean(), -1, 1))

    def stands(difference: float) -> bool:
        return bool(_now(z, share, difference) < bar)

    def end(outer: float) -> float:
        inner = middle
        if stands(outer):
            return outer
        for _ in range(_HALVINGS):
            half = (inner + outer) / 2
            inner, outer = (half, outer) if stands(half) else (inner, half)
        return outer

    return end(-1.0), end(1.0)


def _now(z: "Floats", share: float, difference: float) -> float:
    """The last of `capital`, without the way there."""
    import numpy as np

    bets = _bets(share)
    gains = z - difference
    logs = [np.log1p(side * bet * gains).sum() for side in (1, -1) for bet in bets]
    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))


def _exp(logarithm: float) -> float:
    """An e-value; beyond 10^300 it is that."""
    import math

    return math.exp(min(float(logarithm), 690.0))
