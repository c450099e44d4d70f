"""How many units an experiment may take."""

import math

from ledger.experiments.evidence import ALPHA, largest_bet

_GROUND = 4.2
"""What the bets cost beside knowing the difference, calibrated: with it four of five simulated
experiments are decided after `needed` units or sooner (`python -m bench.experiments`)."""


def needed(deviation: float, share: float, detect: float, *, alpha: float = ALPHA) -> int:
    """Units until a difference of `detect` is found, in four experiments of five.

    `deviation` is the standard deviation of one value; both are shares of the cap, in [0, 1]. The
    score of one unit varies by `deviation² (1 / p + 1 / (1 - p))`, and the logarithm of a stake
    grows by about `bet · detect - bet² · variance / 2` with each.
    """
    if detect <= 0:
        raise ValueError("a difference to detect is positive")
    variance = deviation**2 * (1 / share + 1 / (1 - share))
    bet = largest_bet(share)
    if variance > 0:
        bet = min(bet, detect / variance)
    growth = bet * detect - bet**2 * variance / 2
    return math.ceil((math.log(1 / alpha) + _GROUND) / growth)
