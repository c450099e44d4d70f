"""What has been learned so far: forecasts for each model, and how far its checks can be trusted."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from routing.checks.isotonic import Calibration, Label
from routing.checks.isotonic import fit as calibrated
from routing.learning.exploring import Option, choose
from routing.learning.outcomes import Experience, Learned, Outcomes
from routing.learning.signals import SIGNALS
from routing.strategies.ranking import SLACK
from routing.values import Preferences
from storage import StorageError

if TYPE_CHECKING:
    from routing.learning.posterior import Posterior
    from routing.learning.training import Trained

LOOK_S = 5.0
"""How often it is looked whether something was learned, by this process or another."""

AT_ONCE = 500
"""Outcomes that are fitted while a request waits: some 50 ms. More are fitted beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the outcomes teach that may be learned from. Never changed once it is made."""

    learned: Learned
    posterior: "Posterior"
    calibration: Calibration


class Knowledge:
    """Fits what may be learned from, again whenever there is more. For several threads at once.

    Every method may block on the disk, and raises StorageError where that fails.
    """

    def __init__(
        self,
        outcomes: Outcomes,
        *,
        preferences: Preferences,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outcomes = outcomes
        self._preferences = preferences
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._known: Known | None = None
        self._fitting = False

    def current(self, prior_version: str) -> Known | None:
        """What is known now; None while there is nothing, or it is being fitted."""
        with self._lock:
            now = self._monotonic()
            if now - self._looked_at < LOOK_S or self._fitting:
                return self._known
            self._looked_at = now
        learned = self._outcomes.learned()
        if learned is None or learned.prior_version != prior_version:
            self._known = None  # nothing was learned, or it was forgotten
        elif self._known is None or self._known.learned != learned:
            if learned.outcomes <= AT_ONCE:
                self._fit(prior_version, learned)
            else:
                self._fitting = True
                fit = threading.Thread(target=self._beside, args=(prior_version, learned))
                fit.daemon = True
                fit.start()
        return self._known

    def learn(self, prior_version: str) -> "Trained":
        """Look whether newer outcomes may be learned from. Takes up to some seconds."""
        from routing.learning.fitting import learn

        return learn(self._outcomes, prior_version, now=self._clock(), rule=self._rule)

    def _beside(self, prior_version: str, learned: Learned) -> None:
        try:
            with suppress(StorageError):
                self._fit(prior_version, learned)
        finally:
            self._fitting = False

    def _fit(self, prior_version: str, learned: Learned) -> None:
        from routing.learning.fitting import fitted

        recent = self._outcomes.recent(prior_version=prior_version).experiences
        whole = [each for each in recent if each.number <= learned.through]
        self._known = Known(
            learned=learned,
            posterior=fitted(whole),
            calibration=calibrated(labels(whole)),
        )

    def _rule(self, options: Sequence[Option], least: float) -> int:
        """As the strategies choose (`best_deal`): what is free is at home."""
        advantage = self._preferences.home_advantage
        at_home = [each if each.cost else replace(each, p=each.p + advantage) for each in options]
        return choose(at_home, min(least, max(each.p for each in at_home) - SLACK))


def labels(experiences: Iterable[Experience]) -> Iterable[Label]:
    """Answers that were checked and of which a person, or a judge, said what they were worth."""
    for each in experiences:
        for model in each.rewarded():
            said = [outcome for outcome in each.outcomes if outcome.model == model]
            sure = [outcome.reward for outcome in said if outcome.signal == "check_passed"]
            ok = [
                outcome.reward
                for outcome in said
                if SIGNALS[outcome.signal].spoken or outcome.signal == "judge"
            ]
            if sure and ok:
                yield Label(model=model, kind=each.choice.kind, confidence=sure[-1], ok=ok[-1])
