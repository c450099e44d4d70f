"""The experiment that runs, if one does: which arm a request belongs to, and what came of it."""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio.to_thread

from ledger.experiments import Arm, Experiment, Letter, arm_of, unit_of
from routing.learning.signals import SignalName
from storage import StorageError
from switchboard.request import Answer, Request
from vocabulary import HomewardError

if TYPE_CHECKING:
    from ledger.experiments import SqliteExperiments
    from switchboard.reading import Reading

LOOK_EVERY_S = 2.0
"""An experiment that another process started or stopped is noticed after that long."""

_SAYS: dict[SignalName, tuple[bool, bool]] = {
    "good": (True, True),
    "bad": (False, True),
    "improve": (False, True),
    "again": (False, False),
    "retry": (False, False),
    "check_failed": (False, False),
}
"""Whether a signal calls an answer good, and whether it does so in so many words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A request's part in an experiment. `request` is the one to answer, as its arm has it."""

    experiment: Experiment
    letter: Letter
    unit: str
    request: Request

    @property
    def arm(self) -> Arm:
        return self.experiment.arm(self.letter)

    @property
    def name(self) -> str:
        """The arm by name, as a line in the books and a scope of the cache tell it."""
        return f"{self.experiment.id}/{self.letter}"


class Trying:
    """Has requests answered in their arms, and writes down what came of them.

    Nothing here can fail a request: one that its arm cannot answer is answered as it came, and
    books that cannot be read or written are no experiment. Writing is done by a thread of its own,
    so that nobody waits for it; `settle` does.
    """

    def __init__(
        self,
        experiments: "SqliteExperiments",
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._experiments = experiments
        self._monotonic = monotonic
        self._running: Experiment | None = None
        self._look_at: float | None = None
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="experiments")
        self._seen, self._watch_at = 0, _FIRST_WATCH

    async def through(
        self,
        request: Request,
        read: "Callable[[Request], Awaitable[Reading]]",
        answer: "Callable[[Reading, Trial | None], Awaitable[Answer]]",
    ) -> Answer:
        """The answer to a request, in its arm where it is in an experiment.

        `read` and `answer` are the steps of the one path. What holds personal data is in no
        experiment; that is known once it was read.

        Raises:
            as `read` and `answer` do for the request as it came.
        """
        trial = await self.trial(request)
        if trial is not None:
            reading = await _quietly(read, trial.request)
            if reading is not None and not reading.private:
                answered = await self._answered(trial, reading, answer)
                if answered is not None:
                    return answered
        return await answer(await read(request), None)

    async def trial(self, request: Request) -> Trial | None:
        """The part that a request has in the experiment that runs; nothing is written down."""
        experiment = await self._current()
        if experiment is None or not may_take_part(request, experiment):
            return None
        unit = unit_of(
            experiment,
            asker=(request.tenant, request.origin, request.caller),
            opening=_opening(request),
        )
        letter = arm_of(experiment, unit)
        return Trial(
            experiment=experiment,
            letter=letter,
            unit=unit,
            request=in_arm(request, experiment.arm(letter)),
        )

    def heard(self, request_id: str, signal: SignalName) -> None:
        """Something was said of an earlier answer."""
        if (said := _SAYS.get(signal)) is not None:
            good, spoken = said
            self._later(lambda: self._experiments.hear(request_id, good=good, spoken=spoken))

    def settle(self) -> None:
        """Wait until all that was seen is written."""
        self._desk.submit(lambda: None).result()

    def close(self) -> None:
        """Write what was seen; nothing may be seen after that."""
        self._desk.shutdown()

    async def _answered(
        self,
        trial: Trial,
        reading: "Reading",
        answer: "Callable[[Reading, Trial | None], Awaitable[Answer]]",
    ) -> Answer | None:
        """The arm's answer; None where it has none, and without it there may be one."""
        began, done = self._monotonic(), False
        self._begin(trial, reading.id)
        try:
            answered = await answer(reading, trial)
            done = True
        except HomewardError:
            if not trial.arm.changes:
                raise
            return None
        finally:  # also where nobody waits any longer: an arm that is too slow is no good
            ms = round((self._monotonic() - began) * 1000)
            self._end(trial.experiment, reading.id, answered=done, ms=ms)
        return answered

    async def _current(self) -> Experiment | None:
        now = self._monotonic()
        if self._look_at is None or now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            self._running = await anyio.to_thread.run_sync(self._look)
        return self._running

    def _look(self) -> Experiment | None:
        with suppress(StorageError):
            return self._experiments.running()
        return None

    def _begin(self, trial: Trial, request_id: str) -> None:
        self._later(
            lambda: self._experiments.enter(trial.experiment, trial.letter, trial.unit, request_id)
        )

    def _end(self, experiment: Experiment, request_id: str, *, answered: bool, ms: int) -> None:
        def write() -> None:
            if self._experiments.finish(request_id, answered=answered, total_ms=ms):
                self._seen += 1
                if self._seen >= self._watch_at:
                    self._watch_at = self._seen + max(_FIRST_WATCH, self._seen // 20)
                    watch(self._experiments, experiment)

        self._later(write)

    def _later(self, work: Callable[[], object]) -> None:
        def quietly() -> None:
            with suppress(StorageError):
                work()

        with suppress(RuntimeError):  # everything is being closed
            self._desk.submit(quietly)


_FIRST_WATCH = 5
"""Requests of this process after which the guards are looked at, and then as many again, or a
twentieth more. They look at all that came before as well, so nothing is missed for that."""


def watch(experiments: "SqliteExperiments", experiment: Experiment) -> str:
    """End an experiment whose arm B does harm; says why, or nothing. Blocks, and loads numpy.

    Raises:
        StorageError: as `experiments` does.
    """
    from ledger.experiments.standing import stopping
    from ledger.experiments.wording import ended_by

    guard = stopping(experiment, experiments.observations(experiment))
    if guard is None:
        return ""
    why = ended_by(guard)
    return why if experiments.stop(experiment.id, why, by="guard") else ""


def may_take_part(request: Request, experiment: Experiment) -> bool:
    """Whether a request is in an experiment, whichever arm it would have.

    Not one with wishes of its own in what an arm changes, one that insists on a model or wants
    better, one that reads documents, nor one of ours (answers made beforehand, grades).
    """
    changed = experiment.names
    settled = (
        request.model is not None
        or request.improve is not None
        or request.at_home
        or bool(request.documents)
        or not request.teaches
    )
    wishes = ("min_quality" in changed and request.min_quality is not None) or (
        "model" in changed and request.prefer != "auto"
    )
    return not settled and not wishes


def in_arm(request: Request, arm: Arm) -> Request:
    """The request with what the arm says of models, quality and the system prompt."""
    system = request.system
    if arm.system is not None:
        system = f"{arm.system}\n\n{system}".strip()
    return replace(
        request,
        model=request.model if arm.model is None else arm.model,
        min_quality=request.min_quality if arm.min_quality is None else arm.min_quality,
        system=system,
    )


async def _quietly(
    read: "Callable[[Request], Awaitable[Reading]]", request: Request
) -> "Reading | None":
    """A request as its arm has it, read; None where it cannot be: what is wrong with it, or whether
    only the arm's words are too many, is told by the request as it came.
    """
    with suppress(HomewardError):
        return await read(request)
    return None


def _opening(request: Request) -> str:
    """What a conversation began with: its name, or its first turn, or else this request."""
    return request.session or (request.turns[0].text if request.turns else request.prompt)
