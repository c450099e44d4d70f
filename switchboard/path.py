"""The one path every prompt takes: analyse, recall, permit, rank, run, record."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import anyio.to_thread

from routing.tokens import estimate_tokens
from routing.values import Pin
from switchboard.answering import decision_of, from_memory, from_model
from switchboard.asking import Asking, ConsentRequired
from switchboard.calls import Errand
from switchboard.checking import question_of
from switchboard.comparing import insisted_on
from switchboard.digest import Room, digest
from switchboard.errors import AllFailed
from switchboard.escalating import Draft
from switchboard.improving import Earlier, Improving
from switchboard.lessons import Lessons
from switchboard.memory import Memory
from switchboard.outgoing import Outgoing
from switchboard.planner import Planner
from switchboard.planning import Drawn
from switchboard.reading import House, Reading, read
from switchboard.request import Answer, Decision, OnStep, OnText, Request
from switchboard.sessions import Sessions
from switchboard.telemetry import SILENT, Telemetry
from switchboard.trying import Trial, Trying
from switchboard.walk import Walker
from whitelist.grants import Ask


class Switchboard:
    """Takes requests from every face, and answers each in the same way."""

    def __init__(
        self,
        *,
        house: House,
        memory: Memory,
        planner: Planner,
        walker: Walker,
        asking: Asking,
        improving: Improving,
        lessons: Lessons,
        sessions: Sessions,
        trying: Trying,
        telemetry: Telemetry = SILENT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house = house
        self._memory = memory
        self._planner = planner
        self._walker = walker
        self._asking = asking
        self._improving = improving
        self._lessons = lessons
        self._sessions = sessions
        self._trying = trying
        self._telemetry = telemetry
        self._monotonic = monotonic

    async def answer(
        self, request: Request, *, on_text: OnText | None = None, on_step: OnStep | None = None
    ) -> Answer:
        """Answer from the cache, a local model, or a cloud that is allowed and affordable.

        `on_text` receives the answer as it comes, `on_step` a phrase for each step.

        Raises:
            InvalidRequest: empty, too long, or contradicting itself.
            NoCandidate: every model was ruled out; says which gate removed which.
            ConsentRequired: only a cloud could answer, and the person has not agreed yet.
            AllFailed: every permitted model was tried and failed.
            StorageError, AuditError: what must be written before anything leaves could not be, so
                nothing left.
        """
        on_text, on_step = on_text or _quiet, on_step or _quiet
        with self._telemetry.request(request) as told:
            answer = await self._answer(request, on_text, on_step, in_parts=True)
            told(answer)
            return answer

    async def _answer(
        self, request: Request, on_text: OnText, on_step: OnStep, *, in_parts: bool
    ) -> Answer:
        earlier = await self._improving.earlier(request)

        async def answer(reading: Reading, trial: Trial | None) -> Answer:
            if earlier is not None and request.improve and earlier.asks_the_same(request):
                await self._lessons.say(request.improve, "improve")
            reading = reading if trial is None else _in_arm(reading, trial)
            return await self._answered(reading, earlier, on_text, on_step, in_parts=in_parts)

        if not in_parts:  # the whole is in an experiment, or not
            return await answer(await self._read(request, earlier), None)
        return await self._trying.through(request, lambda r: self._read(r, earlier), answer)

    async def _answered(
        self,
        reading: Reading,
        earlier: Earlier | None,
        on_text: OnText,
        on_step: OnStep,
        *,
        in_parts: bool,
    ) -> Answer:
        request = reading.request
        if (answer := await self._recall(reading)) is not None:
            return answer

        async def ask() -> Answer:
            return await self._ask(reading, earlier, on_text, on_step, in_parts=in_parts)

        async def ask_if_still_needed() -> Answer:
            return await self._recall(reading, nearest=False) or await ask()

        # Of a part, the whole that waits for it may be in flight under the same name.
        if request.fresh or not in_parts:
            return await ask()
        return await self._memory.once(reading, ask_if_still_needed, on_step=on_step)

    async def _recall(self, reading: Reading, *, nearest: bool = True) -> Answer | None:
        recalled = await self._memory.recall(
            reading, elapsed_ms=lambda: self._ms_since(reading.began), nearest=nearest
        )
        if recalled is None:
            return None
        hit = recalled.hit
        self._improving.keep(reading, f"{hit.provider}/{hit.model}", hit.text)
        return from_memory(
            reading, recalled, profile=self._house.profile, ms=self._ms_since(reading.began)
        )

    async def _ask(
        self,
        reading: Reading,
        earlier: Earlier | None,
        on_text: OnText,
        on_step: OnStep,
        *,
        in_parts: bool,
    ) -> Answer:
        request = reading.request
        drawn = await self._planner.draw(reading, earlier)
        plan = drawn.plan
        if not plan.candidates:
            if in_parts and request.documents and (context := _largest_context(drawn)):
                return await self._read_in_parts(request, context, on_text, on_step)
            if drawn.asking:
                raise await self._question(reading, drawn)
            raise await self._planner.nothing_left(reading, drawn)
        try:
            walked = await self._walker.walk(
                plan, self._errand(reading, drawn, earlier), on_text=on_text, on_step=on_step
            )
        except AllFailed as failed:
            if any(tried.outcome == "kept" for tried in failed.tried):
                drawn = await self._planner.draw(reading, earlier)  # the consent is used up by now
            if not drawn.asking:
                raise
            raise await self._question(reading, drawn) from failed
        notices = await self._memory.remember(reading, walked)
        least = self._house.preferences.min_quality
        self._lessons.note(reading, plan, walked, least=least)
        model = walked.candidate.model.id
        self._sessions.keep(request, Pin(model=model, tokens=walked.completion.usage.input_tokens))
        self._improving.keep(reading, model, walked.completion.text)
        return from_model(
            reading,
            plan,
            walked,
            notices,
            profile=self._house.profile,
            ms=self._ms_since(reading.began),
        )

    async def plan(self, request: Request) -> Decision:
        """What `answer` would do, without asking the cache or any model to answer.

        Raises:
            InvalidRequest, NoCandidate: as `answer` would.
        """
        earlier = await self._improving.earlier(request)
        reading = await self._read(request, earlier)
        drawn = await self._planner.draw(reading, earlier)
        if not drawn.plan.candidates and not drawn.asking and not request.documents:
            raise await self._planner.nothing_left(reading, drawn)
        return decision_of(reading, drawn.plan, profile=self._house.profile)

    async def question(self, request: Request) -> Ask | None:
        """What the person would have to be asked before this can be answered; None: nothing.

        Raises as `answer` does before any model is asked.
        """
        earlier = await self._improving.earlier(request)
        reading = await self._read(request, earlier)
        if not reading.private:
            return None
        drawn = await self._planner.draw(reading, earlier)
        if drawn.plan.candidates or not drawn.asking:
            return None
        return (await self._question(reading, drawn)).ask

    async def _question(self, reading: Reading, drawn: Drawn) -> ConsentRequired:
        return await anyio.to_thread.run_sync(self._asking.required, reading, drawn)

    async def _read(self, request: Request, earlier: Earlier | None) -> Reading:
        began = self._monotonic()
        anew = request if earlier is None else earlier.again(request)
        return await anyio.to_thread.run_sync(lambda: read(anew, self._house, began=began))

    async def _read_in_parts(
        self, request: Request, context: int, on_text: OnText, on_step: OnStep
    ) -> Answer:
        async def ask(part: Request, listen: OnText | None) -> Answer:
            return await self._answer(part, listen or _quiet, _quiet, in_parts=False)

        room = Room(context=context, answer_tokens=self._house.max_tokens, count=estimate_tokens)
        return await digest(request, room, ask, on_text=on_text, on_step=on_step)

    def _errand(self, reading: Reading, drawn: Drawn, earlier: Earlier | None) -> Errand:
        return Errand(
            question=question_of(reading),
            tokens=reading.analysis.input_tokens,
            expected=reading.analysis.output_tokens,
            min_confidence=reading.min_confidence,
            arm=reading.arm,
            calibrate=self._lessons.calibrate(reading),
            draft=Draft(text=earlier.text) if earlier is not None and earlier.text else None,
            max_cost=reading.wishes.max_cost,
            instead=partial(insisted_on, reading.request),
            request_id=reading.id,
            outgoing=Outgoing(reading.prompt, drawn.terms, detect=self._house.detect),
            task=reading.analysis.task,
            caller=reading.request.caller,
            profile=self._house.profile,
            detector=reading.findings.version,
            personal=reading.findings.counts(),
        )

    def _ms_since(self, began: float) -> int:
        return round((self._monotonic() - began) * 1000)


def _largest_context(drawn: Drawn) -> int:
    """Tokens, of the local models that nothing but the length of a text keeps from it; else 0."""
    too_small = [e.model for e in drawn.plan.excluded if e.gate == "context" and e.model.local]
    return max((model.context for model in too_small), default=0)


def _in_arm(reading: Reading, trial: Trial) -> Reading:
    """What was read, with what its arm does otherwise."""
    strategy, bar = trial.arm.strategy, trial.arm.min_confidence
    return replace(
        reading,
        arm=trial.name,
        strategy=reading.strategy if strategy is None else strategy,
        min_confidence=reading.min_confidence if bar is None else bar,
    )


async def _quiet(_: str) -> None:
    """Nobody listens."""
