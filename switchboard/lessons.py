"""What earlier answers teach: how likely each model's answer will do, and what came of this one."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

from routing.checks.confidence import moved
from routing.learning.exploring import Explorer
from routing.learning.outcomes import Outcomes, UnknownRequest, digest
from routing.learning.signals import SIGNALS, SignalName
from routing.values import Analysis, Forecast, Model, Plan, Preferences
from storage import StorageError
from switchboard.choices import asker, choice_of, may_be_kept
from switchboard.exploring import explored
from switchboard.knowledge import Knowledge, Known
from switchboard.reading import Reading
from switchboard.telemetry import SILENT, Feedback, Telemetry
from switchboard.walked import Walked

if TYPE_CHECKING:
    from routing.prior import Prior

T = TypeVar("T")

LEARN_AFTER, LEARN_RARELY = 50, 1_000
"""Requests after which it is tried whether there is something new to be learned of them: twice as
many each time, for it takes longer the more is known, and what is new counts for less."""

AGAIN_WITHIN = timedelta(minutes=15)
RETRIED_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Where outcomes are kept, what they teach, and who decides when something is tried for their
    sake; that is made once a prior's version is known.
    """

    outcomes: Outcomes
    explorer: Callable[[str], Explorer]
    knowledge: Knowledge


class Lessons:
    """Forecasts for plans, and notes of what came of them. Without a `school` nothing is kept, and
    without a prior the catalogue alone speaks. `remembers` says that there is a cache: without one
    to ask the same again means nothing. `heard` is told what is said of answers, by request.
    Nothing here can fail a request.
    """

    def __init__(
        self,
        *,
        prior: Callable[[], "Prior | None"],
        school: School | None,
        clock: Callable[[], datetime],
        remembers: bool = True,
        telemetry: Telemetry = SILENT,
        heard: Callable[[str, SignalName], None] = lambda request_id, signal: None,
    ) -> None:
        self._prior = prior
        self._school = school
        self._clock = clock
        self._remembers = remembers
        self._telemetry = telemetry
        self._heard = heard
        self._key = secrets.token_bytes(32)  # questions are known again by this process only
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="lessons")
        self._since_learned, self._learn_after = 0, LEARN_AFTER
        self._exploring: Explorer | None = None

    def expect(self) -> Callable[[Model, Analysis], Forecast]:
        """How likely a model's answer will do, by all that is known now. May block on the disk."""
        prior = self._prior()
        known = self._known(prior)
        posterior = None if known is None else known.posterior

        def forecast(model: Model, analysis: Analysis) -> Forecast:
            quality, sketch = model.quality_for(analysis.task), analysis.sketch
            if prior is None or sketch is None:
                return Forecast(p=quality)
            p = prior.likely(quality, sketch)
            return Forecast(p=p) if posterior is None else posterior.forecast(model.id, p, sketch)

        return forecast

    def calibrate(self, reading: Reading) -> Callable[[str, float], float]:
        """From a model's id and the raw confidence in its answer to how often such were right."""
        prior, sketch = self._prior(), reading.analysis.sketch
        known = self._known(prior)
        if known is None or sketch is None:
            return lambda _, confidence: confidence
        return lambda model, confidence: known.calibration.apply(
            confidence, model=model, kind=sketch.kind
        )

    def explored(self, plan: Plan, preferences: Preferences) -> Plan:
        """The plan, or now and then one that begins with another of its candidates, to learn."""
        explorer = self._explorer()
        return plan if explorer is None else explored(plan, preferences, explorer)

    def note(self, reading: Reading, plan: Plan, walked: Walked, *, least: float) -> None:
        """Keep what was chosen and what the checks made of it, in numbers; nothing of a text with
        personal data, and nothing of documents. `least` is the quality that was good enough.

        It is written while the answer is on its way already: `settle` waits for it.
        """
        school = self._school
        if school is not None and may_be_kept(reading):
            with suppress(RuntimeError):  # everything is being closed
                self._desk.submit(self._note, school, reading, plan, walked, least)

    def settle(self) -> None:
        """Wait until everything noted is written."""
        self._desk.submit(lambda: None).result()

    def close(self) -> None:
        """Write what is noted; nothing may be noted after that."""
        self._desk.shutdown()

    async def say(
        self, request_id: str, signal: SignalName, *, reward: float | None = None
    ) -> None:
        """Something is said of an earlier answer; of one that is not known nothing is learned.
        `reward` in [0, 1] comes with signals that have none of their own.
        """
        self._heard(request_id, signal)
        school = self._school
        if school is None:
            return

        def say() -> None:
            school.outcomes.reward(request_id, signal, reward=reward)
            choice = school.outcomes.found(request_id).choice
            worth = SIGNALS[signal].reward if reward is None else reward
            self._telemetry.feedback(
                Feedback(
                    signal=signal, reward=worth or 0.0, model=choice.answered, task=choice.task
                )
            )

        with suppress(StorageError, UnknownRequest):
            await self._in_turn(say)

    async def answered(self, request_id: str) -> str:
        """The model that answered an earlier request; empty where that is not known."""
        school = self._school
        if school is None:
            return ""
        with suppress(StorageError, UnknownRequest):
            found = await self._in_turn(lambda: school.outcomes.found(request_id))
            return found.choice.answered
        return ""

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """After everything that was noted before."""
        return await anyio.to_thread.run_sync(self._desk.submit(work).result)

    def _note(
        self, school: School, reading: Reading, plan: Plan, walked: Walked, least: float
    ) -> None:
        with suppress(StorageError):
            self._write(school, reading, plan, walked, least)

    def _write(
        self, school: School, reading: Reading, plan: Plan, walked: Walked, least: float
    ) -> None:
        prior, sketch = self._prior(), reading.analysis.sketch
        if prior is None or sketch is None:
            return
        name = digest(reading.request.prompt, scope=repr(asker(reading)), key=self._key)
        self._asked_again(school.outcomes, reading, name)
        chosen = choice_of(
            reading,
            plan,
            walked,
            prior=prior,
            sketch=sketch,
            question=name,
            least=least,
            at=self._clock(),
        )
        school.outcomes.note(chosen)
        chances = {each.model.id: each.quality for each in plan.candidates}
        for model_id, checked in dict(walked.checks).items():
            if checked.failed:
                school.outcomes.reward(reading.id, "check_failed", model=model_id)
                if model_id == chosen.answered:
                    self._heard(reading.id, "check_failed")
            elif checked.signals:
                raw = moved(chances[model_id], checked.evidence)
                school.outcomes.reward(reading.id, "check_passed", model=model_id, reward=raw)
        self._since_learned += 1
        if self._since_learned >= self._learn_after:
            self._since_learned = 0
            self._learn_after = min(2 * self._learn_after, LEARN_RARELY)
            threading.Thread(target=self.learn, name="learning", daemon=True).start()

    def learn(self) -> None:
        """Look whether newer outcomes may be learned from. Blocks for up to a second."""
        prior = self._prior()
        if self._school is not None and prior is not None:
            with suppress(StorageError):
                self._school.knowledge.learn(prior.version)

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
            signal: SignalName = "again" if fresh else "retry"
            outcomes.reward(before, signal)
            self._heard(before, signal)

    def _explorer(self) -> Explorer | None:
        prior = self._prior()
        if self._exploring is None and self._school is not None and prior is not None:
            with suppress(StorageError):
                self._exploring = self._school.explorer(prior.version)
        return self._exploring

    def _known(self, prior: "Prior | None") -> Known | None:
        if self._school is None or prior is None:
            return None
        with suppress(StorageError):
            return self._school.knowledge.current(prior.version)
        return None
