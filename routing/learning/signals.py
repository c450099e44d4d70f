"""What an answer is worth, by what came of it: the table from signals to rewards."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

SignalName = Literal[
    "good", "bad", "improve", "again", "retry", "check_failed", "check_passed", "judge"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """`reward` and `weight` in [0, 1]; the reward is None where each signal brings its own.

    `spoken`: it is the person's own word about the answer, which outweighs all that is guessed.
    """

    reward: float | None
    weight: float
    spoken: bool
    says: str


def _told(reward: float, weight: float, says: str) -> Signal:
    return Signal(reward=reward, weight=weight, spoken=True, says=says)


def _guessed(reward: float | None, weight: float, says: str) -> Signal:
    return Signal(reward=reward, weight=weight, spoken=False, says=says)


SIGNALS: Mapping[SignalName, Signal] = MappingProxyType(
    {
        "good": _told(1.0, 1.0, "called good"),
        "bad": _told(0.0, 1.0, "called bad"),
        "improve": _told(0.0, 0.8, "a stronger model was asked for"),
        # Asked anew past the cache: mostly discontent, sometimes only wish for another wording.
        "again": _guessed(0.2, 0.5, "asked again, past the cache"),
        "retry": _guessed(0.3, 0.3, "asked again in a moment"),
        "check_failed": _guessed(0.0, 0.7, "failed a check"),
        # The check's own calibrated confidence is the reward: a weak word, as checks see little.
        "check_passed": _guessed(None, 0.3, "checked"),
        "judge": _guessed(None, 0.6, "graded by another model"),
    }
)
"""Silence is not in it: an answer nobody speaks of is neither good nor bad."""
