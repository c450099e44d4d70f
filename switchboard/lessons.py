"""What earlier answers teach: how likely each model's answer will do, and what came of this one."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import anyio.to_thread

from routing.learning.exploring import Explorer, Option
from routing.learning.outcomes import Choice, Considered, Outcomes, UnknownRequest, digest, packed
from routing.learning.signals import SignalName
from routing.values import Analysis, Candidate, Forecast, Model, Plan, Preferences
from storage import StorageError
from switchboard.reading import Reading
from switchboard.walked import Walked

if TYPE_CHECKING:
    from routing.learning.posterior import Posterior
    from routing.prior import Prior

LOOK_S = 5.0
"""How often it is looked whether another process has learned something."""

LEARN_EVERY = 50
"""Outcomes after which it is tried whether there is something new to be learned of them."""

AGAIN_WITHIN = timedelta(minutes=15)
RETRIED_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Where outcomes are kept, and what decides when something is tried for their sake."""

    outcomes: Outcomes
    explorer: Explorer


class Lessons:
    """Forecasts for plans, and notes of what came of them. Without a `school` nothing is kept, and
    without a prior the catalogue alone speaks. `remembers` says that there is a cache: without one
    to ask the same again means nothing. Nothing here can fail a request.
    """

    def __init__(
        self,
        *,
        prior: Callable[[], "Prior | None"],
        school: School | None,
        clock: Callable[[], datetime],
        remembers: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._prior = prior
        self._school = school
        self._clock = clock
        self._remembers = remembers
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)  # questions are known again by this process only
        self._posterior: Posterior | None = None
        self._through: int | None = None
        self._looked_at = float("-inf")
        self._since_learned = 0
        self._lock = threading.Lock()

    def expect(self) -> Callable[[Model, Analysis], Forecast]:
        """How likely a model's answer will do, by all that is known now. May block on the disk."""
        prior, posterior = self._prior(), self._current()

        def forecast(model: Model, analysis: Analysis) -> Forecast:
            quality, sketch = model.quality_for(analysis.task), analysis.sketch
            if prior is None or sketch is None:
                return Forecast(p=quality)
            p = prior.likely(quality, sketch)
            return Forecast(p=p) if posterior is None else posterior.forecast(model.id, p, sketch)

        return forecast

    def explored(self, plan: Plan, preferences: Preferences) -> Plan:
        """The plan, or now and then one that begins with another of its candidates, to learn."""
        school = self._school
        if school is None or not plan.candidates:
            return plan
        options = [
            Option(p=each.quality, doubt=each.doubt, cost=each.estimate) for each in plan.candidates
        ]
        drawn = school.explorer.draw(options, least=preferences.min_quality, first=0)
        first = plan.candidates[drawn.index]
        others = [index for index in range(len(options)) if index != drawn.index]
        order = [drawn.index, *others]
        reason = f"tried to learn how well {first.model.id} does" if drawn.explored else plan.reason
        return replace(
            plan,
            candidates=tuple(plan.candidates[index] for index in order),
            reason=reason,
            explored=drawn.explored,
            propensities=tuple(drawn.propensities[index] for index in order),
        )

    async def note(self, reading: Reading, plan: Plan, walked: Walked, *, least: float) -> None:
        """Keep what was chosen and what the checks made of it, in numbers; nothing of a text with
        personal data, and nothing of documents. `least` is the quality that was good enough.
        """
        if self._school is not None and _may_be_kept(reading):
            with suppress(StorageError):  # an answer is not held up by what it might have taught
                await anyio.to_thread.run_sync(
                    self._note, self._school, reading, plan, walked, least
                )

    async def say(
        self, request_id: str, signal: SignalName, *, reward: float | None = None
    ) -> None:
        """Something is said of an earlier answer; of one that is not known nothing is learned.
        `reward` in [0, 1] comes with signals that have none of their own.
        """
        school = self._school
        if school is None:
            return
        with suppress(StorageError, UnknownRequest):
            await anyio.to_thread.run_sync(
                lambda: school.outcomes.reward(request_id, signal, reward=reward)
            )

    async def answered(self, request_id: str) -> str:
        """The model that answered an earlier request; empty where that is not known."""
        school = self._school
        if school is None:
            return ""
        with suppress(StorageError, UnknownRequest):
            found = await anyio.to_thread.run_sync(school.outcomes.found, request_id)
            return found.choice.answered
        return ""

    def _note(
        self, school: School, reading: Reading, plan: Plan, walked: Walked, least: float
    ) -> None:
        prior, sketch = self._prior(), reading.analysis.sketch
        if prior is None or sketch is None:
            return
        name = digest(reading.request.prompt, scope=repr(_asker(reading)), key=self._key)
        self._asked_again(school.outcomes, reading, name)
        model = walked.candidate.model
        first = plan.candidates[0].model
        school.outcomes.note(
            Choice(
                request_id=reading.id,
                at=self._clock(),
                task=reading.analysis.task,
                kind=sketch.kind,
                likeness=sketch.likeness,
                features=packed(sketch.features),
                prior_version=prior.version,
                question=name,
                considered=tuple(
                    _considered(each, prior.likely(_usual(each, reading), sketch), chance)
                    for each, chance in zip(plan.candidates, _propensities(plan), strict=True)
                ),
                model=first.id,
                answered=model.id,
                strategy=plan.strategy,
                least=reading.wishes.min_quality or least,
                explored=plan.explored,
                local=model.local,
                cost=walked.spent,
            )
        )
        for name, checked in dict(walked.checks).items():
            if checked.failed:
                school.outcomes.reward(reading.id, "check_failed", model=name)
            elif checked.signals:
                school.outcomes.reward(
                    reading.id, "check_passed", model=name, reward=checked.confidence
                )
        self._since_learned += 1
        if self._since_learned >= LEARN_EVERY:
            self._since_learned = 0
            threading.Thread(target=self.learn, name="learning", daemon=True).start()

    def learn(self) -> None:
        """Look whether newer outcomes may be learned from. Blocks for up to a second."""
        prior = self._prior()
        if self._school is not None and prior is not None:
            with suppress(StorageError):
                from routing.learning.fitting import learn

                learn(self._school.outcomes, prior.version, now=self._clock())

    def _asked_again(self, outcomes: Outcomes, reading: Reading, name: str) -> None:
        """Who asks the same again was hardly content with the answer."""
        if reading.request.improve is not None:
            return  # said in so many words
        fresh = reading.request.fresh
        if not fresh and not self._remembers:
            return
        since = self._clock() - (AGAIN_WITHIN if fresh else RETRIED_WITHIN)
        before = outcomes.asked_before(name, since)
        if before is not None:
            outcomes.reward(before, "again" if fresh else "retry")

    def _current(self) -> "Posterior | None":
        """What may be learned from by now; fitted anew when there is more."""
        school, prior = self._school, self._prior()
        if school is None or prior is None:
            return None
        with self._lock, suppress(StorageError):
            if self._monotonic() - self._looked_at >= LOOK_S:
                self._looked_at = self._monotonic()
                learned = school.outcomes.learned()
                if learned is not None and learned.through != self._through:
                    from routing.learning.fitting import fit

                    self._posterior = fit(school.outcomes, prior.version)
                    self._through = learned.through
                elif learned is None:  # nothing was learned, or it was forgotten
                    self._posterior = self._through = None
        return self._posterior


def _may_be_kept(reading: Reading) -> bool:
    return not reading.private


def _asker(reading: Reading) -> Sequence[str]:
    request = reading.request
    return request.tenant, request.origin, request.caller


def _usual(candidate: Candidate, reading: Reading) -> float:
    return candidate.model.quality_for(reading.analysis.task)


def _propensities(plan: Plan) -> Sequence[float]:
    """Without exploration the first comes first for certain."""
    return plan.propensities or [float(not index) for index in range(len(plan.candidates))]


def _considered(candidate: Candidate, prior: float, propensity: float) -> Considered:
    return Considered(
        model=candidate.model.id,
        prior=prior,
        p=candidate.quality,
        doubt=candidate.doubt,
        estimate=candidate.estimate,
        local=candidate.model.local,
        propensity=propensity,
    )
