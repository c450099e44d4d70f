"""The one path every prompt takes: analyse, recall, permit, rank, run, record."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import anyio.to_thread

from ledger import Ledger
from routing.breaker import Breakers
from routing.fleet import Fleet
from routing.naming import find
from routing.values import Model, Plan, Preferences
from storage import StorageError
from switchboard.errors import InvalidRequest
from switchboard.memory import Memory, Recalled
from switchboard.planning import Facts, draw_plan, nothing_left
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading, read
from switchboard.request import Answer, Decision, OnStep, OnText, Request
from switchboard.walk import Errand, Walked, Walker
from vocabulary import Money, Usage
from whitelist import Whitelist, WhitelistError


class Switchboard:
    """Takes requests from every face, and answers each in the same way."""

    def __init__(
        self,
        *,
        house: House,
        fleet: Fleet,
        breakers: Breakers,
        memory: Memory,
        walker: Walker,
        ledger: Ledger,
        pricing: Pricing,
        whitelist: Callable[[], Whitelist],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house = house
        self._fleet = fleet
        self._breakers = breakers
        self._memory = memory
        self._walker = walker
        self._ledger = ledger
        self._pricing = pricing
        self._whitelist = whitelist
        self._monotonic = monotonic

    async def answer(
        self, request: Request, *, on_text: OnText | None = None, on_step: OnStep | None = None
    ) -> Answer:
        """Answer from the cache, a local model, or a cloud that is allowed and affordable.

        `on_text` receives the answer as it comes, `on_step` a phrase for each step.

        Raises:
            InvalidRequest: empty, too long, or contradicting itself.
            NoCandidate: every model was ruled out; says which gate removed which.
            AllFailed: every permitted model was tried and failed.
            StorageError, AuditError: what must be written before anything leaves could not be, so
                nothing left.
        """
        reading = await self._read(request)
        recalled = await self._memory.recall(
            reading, elapsed_ms=lambda: self._ms_since(reading.began)
        )
        if recalled is not None:
            return self._from_memory(reading, recalled)
        plan = await self._plan(reading)
        if not plan.candidates:
            # Where one model was asked for, the troubles of others are beside the point.
            raise nothing_left(plan, () if request.model else await self._fleet.troubles())
        walked = await self._walker.walk(
            plan, self._errand(reading), on_text=on_text or _quiet, on_step=on_step or _quiet
        )
        notices = await self._memory.remember(reading, walked)
        return self._from_model(reading, plan, walked, notices)

    async def plan(self, request: Request) -> Decision:
        """What `answer` would do, without asking the cache or any model to answer."""
        reading = await self._read(request)
        return self._decision(reading, await self._plan(reading))

    async def _read(self, request: Request) -> Reading:
        began = self._monotonic()
        return await anyio.to_thread.run_sync(lambda: read(request, self._house, began=began))

    async def _plan(self, reading: Reading) -> Plan:
        models = await self._fleet.models()
        wishes = replace(reading.wishes, model=_named(models, reading.request.model))
        usual, wanted = self._house.preferences, reading.wishes.min_quality
        preferences = Preferences(
            complexity_threshold=usual.complexity_threshold,
            min_quality=usual.min_quality if wanted is None else wanted,
            try_local_first=usual.try_local_first,
            personal=reading.personal,
        )

        def draw() -> Plan:
            rules, left, closed = Whitelist(), None, ""
            try:
                rules, left = self._whitelist(), self._ledger.left(self._house.budget).least
            except (WhitelistError, StorageError) as error:
                closed = str(error)  # a model at home can still answer
            facts = Facts(
                models=models,
                kinds=reading.kinds,
                findings=reading.findings,
                whitelist=rules,
                price=self._pricing.of,
                left=left,
                healthy=self._breakers.healthy,
                closed=closed,
            )
            return draw_plan(
                reading.analysis,
                wishes,
                preferences,
                facts,
                strategy_name=self._house.strategy,
            )

        return await anyio.to_thread.run_sync(draw)

    def _errand(self, reading: Reading) -> Errand:
        return Errand(
            request_id=reading.id,
            prompt=reading.prompt(),
            task=reading.analysis.task,
            caller=reading.request.caller,
            profile=self._house.profile,
            detector=reading.findings.version,
            personal=reading.findings.counts(),
        )

    def _from_memory(self, reading: Reading, recalled: Recalled) -> Answer:
        hit = recalled.hit
        plan = Plan(strategy="cache", reason=f"{recalled.cached} cache hit", candidates=())
        return Answer(
            request_id=reading.id,
            text=hit.text,
            provider=hit.provider,
            model=hit.model,
            local=hit.local,
            cached=recalled.cached,
            similarity=hit.similarity,
            age_s=hit.age_s,
            finish="stop",
            usage=Usage(),
            counted=True,
            cost=Money(0),
            baseline=recalled.baseline,
            total_ms=self._ms_since(reading.began),
            decision=self._decision(reading, plan),
            notices=recalled.notices,
        )

    def _from_model(
        self, reading: Reading, plan: Plan, walked: Walked, notices: tuple[str, ...]
    ) -> Answer:
        completion = walked.completion
        if completion.finish == "length":
            notices += ("The answer was cut off at the token limit; raise max_tokens for more.",)
        return Answer(
            request_id=reading.id,
            text=completion.text,
            provider=walked.candidate.model.provider,
            model=completion.model,
            local=walked.candidate.model.local,
            cached="no",
            finish=completion.finish,
            usage=completion.usage,
            counted=completion.counted,
            cost=walked.spent,
            baseline=walked.baseline,
            first_token_ms=completion.first_token_ms,
            total_ms=self._ms_since(reading.began),
            decision=self._decision(reading, plan, walked),
            notices=(*walked.notices, *_closed(plan), *notices),
        )

    def _decision(self, reading: Reading, plan: Plan, walked: Walked | None = None) -> Decision:
        return Decision(
            task=reading.analysis.task,
            complexity=reading.analysis.complexity,
            signals=reading.analysis.signals,
            profile=self._house.profile,
            strategy=plan.strategy,
            reason=plan.reason,
            considered=tuple(candidate.model.id for candidate in plan.candidates),
            excluded=plan.excluded,
            tried=walked.tried if walked else (),
            personal=reading.findings.counts(),
            estimate=plan.candidates[0].estimate if plan.candidates else Money(0),
            cost=walked.spent if walked else Money(0),
        )

    def _ms_since(self, began: float) -> int:
        return round((self._monotonic() - began) * 1000)


def _named(models: Sequence[Model], wanted: str | None) -> str | None:
    """The id of the model a request insists on."""
    if wanted is None:
        return None
    found = find(models, wanted)
    if found.model is not None:
        return found.model.id
    known = ", ".join(found.near or [model.id for model in models][:5])
    raise InvalidRequest(
        f"There is no model {wanted[:80]!r} here, or its provider has no key.",
        fix=f"Use one of {known}, or leave it out." if known else "`homeward models` lists them.",
    )


def _closed(plan: Plan) -> list[str]:
    """Why nothing could leave, for a person who has clouds and got a local answer."""
    return list(dict.fromkeys(e.reason for e in plan.excluded if e.gate == "closed"))


async def _quiet(_: str) -> None:
    """Nobody listens."""
