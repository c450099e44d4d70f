"""Experiments and observations with everything filled in."""

from datetime import UTC, datetime
from typing import Any

from ledger.experiments import Arm, Experiment, Observation
from vocabulary import Money

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def experiment(**given: Any) -> Experiment:
    """Half of all questions go to another strategy."""
    filled: dict[str, Any] = {
        "id": "x1",
        "name": "cheaper",
        "began": NOON,
        "by": "request",
        "share": 0.5,
        "metric": "quality",
        "detect": 0.05,
        "b": Arm(strategy="cascade"),
    }
    return Experiment(**filled | given)


def observation(**given: Any) -> Observation:
    """A good answer of arm A, of which nothing more will be said."""
    filled: dict[str, Any] = {
        "letter": "A",
        "done": True,
        "settled": True,
        "answered": True,
        "good": True,
        "cost": Money(2_000),
        "total_ms": 1_500,
    }
    return Observation(**filled | given)
