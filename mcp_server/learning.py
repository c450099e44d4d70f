"""Wires what routing learns: the shipped prior, outcomes, and how these are learned from."""

import random
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mcp_server.settings import Settings
from routing.learning.exploring import Explorer
from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from switchboard.knowledge import Knowledge
from switchboard.lessons import School
from switchboard.reading import House
from vocabulary import HomewardError

if TYPE_CHECKING:
    from routing.prior import Prior, Sketch


class ShippedPrior:
    """The prior, loaded when it is first asked for, in whatever thread that is. Without it routing
    goes by the catalogue; `trouble` then says why.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried = False
        self._loaded: Prior | None = None
        self.trouble = ""

    def __call__(self) -> "Prior | None":
        with self._lock:
            if not self._tried:
                self._tried = True
                from routing.prior import load

                try:
                    self._loaded = load()
                except HomewardError as error:
                    self.trouble = str(error)
        return self._loaded

    def sketch(self, text: str) -> "Sketch | None":
        """What the prior sees of a text."""
        prior = self()
        return None if prior is None else prior.sketch(text)


def school_of(
    settings: Settings, house: House, database: Database, clock: Callable[[], datetime]
) -> School | None:
    """What is learned from; None where the person does without."""
    if not settings.routing.learn:
        return None
    outcomes = SqliteOutcomes(database)

    def explorer(prior_version: str) -> Explorer:
        tally = outcomes.tally(prior_version)
        return Explorer(
            random.SystemRandom(),
            share=settings.routing.explore,
            requests=tally.requests,
            explored=tally.explored,
        )

    return School(
        outcomes=outcomes,
        explorer=explorer,
        knowledge=Knowledge(outcomes, preferences=house.preferences, clock=clock),
    )
