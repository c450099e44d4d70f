"""One call of one model, booked: reserve, audit, attempt, settle."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

import anyio
import anyio.to_thread

from ledger import Budget, Entry, Ledger, Outcome, Reservation
from ledger.entry import Result
from routing.attempt import Timeouts, attempt
from routing.breaker import Breakers
from routing.checks import Question
from routing.errors import PromptRejected, ProviderError, ProviderTimeout
from routing.fleet import Fleet
from routing.running.pace import Pace
from routing.running.queue import Queues
from routing.tally import Tally
from routing.values import Candidate, Completion
from storage import StorageError
from switchboard.closing import Call, Closing, Ended
from switchboard.errors import ConsentSpent
from switchboard.escalating import Draft
from switchboard.outgoing import Letter, Outgoing, restored
from switchboard.pricing import UNASKED, Pricing
from switchboard.request import OnStep, OnText
from switchboard.telemetry import SILENT, Telemetry
from vocabulary import HomewardError, Money, TaskKind
from whitelist.audit import Audit
from whitelist.grants import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What every attempt of one request shares. `personal` counts kinds of personal data.

    `tokens` are those to read, `expected` those an answer takes. `question` is what answers are
    checked against; one that is trusted less than `min_confidence` is doubtful, `calibrate` having
    turned a model's raw confidence into how often such answers were right. `draft` is an earlier
    answer that a better one is wanted for. `max_cost` is the most that any call may cost. `instead`
    tells of a model's id what its call is compared with (`comparing.insisted_on`). `arm` names the
    experiment and the arm that this is part of.
    """

    request_id: str
    outgoing: Outgoing
    task: TaskKind
    caller: str
    profile: str
    detector: str
    question: Question
    tokens: int = 0
    expected: int = 0
    min_confidence: float = 0.5
    calibrate: Callable[[str, float], float] = lambda _, confidence: confidence
    draft: Draft | None = None
    arm: str = ""
    max_cost: Money | None = None
    instead: Callable[[str], str | None] = lambda _: UNASKED
    personal: Mapping[str, int] = field(default_factory=dict)


class Calls:
    """Makes calls. Before a cloud is asked, money is reserved, consent used up and the audit line
    written, and where one of them cannot be done nothing is sent; a local model answers all the
    same. `spend` uses a consent up, and is False where another call has.
    """

    def __init__(
        self,
        *,
        fleet: Fleet,
        breakers: Breakers,
        ledger: Ledger,
        budget: Budget,
        pricing: Pricing,
        audit: Audit,
        spend: Callable[[Grant], bool],
        queues: Queues,
        pace: Pace,
        timeouts: Timeouts,
        count_tokens: Callable[[str], int],
        telemetry: Telemetry = SILENT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fleet = fleet
        self._breakers = breakers
        self._ledger = ledger
        self._budget = budget
        self._closing = Closing(ledger=ledger, budget=budget, pricing=pricing, telemetry=telemetry)
        self._audit = audit
        self._spend = spend
        self._queues = queues
        self._pace = pace
        self._timeouts = timeouts
        self._count_tokens = count_tokens
        self._monotonic = monotonic

    async def make(
        self,
        entry: Entry,
        candidate: Candidate,
        letter: Letter,
        errand: Errand,
        on_text: OnText,
        on_step: OnStep,
    ) -> Ended:
        """One candidate, from the reservation to the settled row, whatever happens in between.

        Local models are asked in turn, as many calls at once as their server works on.

        Raises:
            Busy: no place came free in time; nothing was sent.
            OverBudget, ConsentSpent: this candidate may not be asked.
            StorageError, AuditError: no cloud may.
        """
        timeouts, instead = self._timeouts, errand.instead(candidate.model.id)
        if not entry.local:
            reservation = await self._reserve(entry, candidate, letter, errand)
            call = Call(entry=entry, candidate=candidate, reservation=reservation, instead=instead)
            return await self._made(call, letter, timeouts, on_text)

        async def waiting(place: int) -> None:
            await on_step(f"waiting for {candidate.model.id}, number {place} in its queue")

        queue, began = self._queues.of(candidate.model.id), self._monotonic()
        async with queue.place(errand.caller, within_s=timeouts.first_token, on_place=waiting):
            left = timeouts.total - (self._monotonic() - began)
            timeouts = replace(timeouts, total=max(left, 0.0))
            call = Call(entry=entry, candidate=candidate, reservation=None, instead=instead)
            return await self._made(call, letter, timeouts, on_text)

    async def stood(self, entry_id: str) -> None:
        """The answer of an earlier attempt is given after all, whatever becomes of the books."""
        with suppress(StorageError):
            await anyio.to_thread.run_sync(self._ledger.stood, entry_id)

    async def _made(self, call: Call, letter: Letter, timeouts: Timeouts, on_text: OnText) -> Ended:
        tally = Tally()
        entry, name = call.entry, call.candidate.model.id
        result: Result
        try:
            async with restored(on_text, letter) as listen:
                completion = await attempt(
                    self._fleet.provider(entry.provider),
                    letter.prompt,
                    model=entry.model_asked,
                    timeouts=timeouts,
                    count=self._count_tokens,
                    tally=tally,
                    on_text=listen,
                )
        except PromptRejected as error:  # which says nothing of the model
            self._breakers.abandoned(name)
            return await self._closing.close(call, tally, "error", error)
        except ProviderError as error:
            self._breakers.failed(name, retry_after=error.retry_after)
            result = "timeout" if isinstance(error, ProviderTimeout) else "error"
            return await self._closing.close(call, tally, result, error)
        except HomewardError as error:  # stopped at the door: a redirect, or a new whitelist
            self._breakers.failed(name)
            return await self._closing.close(call, tally, "error", error)
        except BaseException as error:
            self._breakers.abandoned(name)
            await self._closing.close(call, tally, "cancelled", error)
            raise
        self._breakers.succeeded(name)
        self._learn(name, completion)
        return await self._closing.close(call, tally, "ok", completion)

    def _learn(self, name: str, completion: Completion) -> None:
        """What an answer tells about the next one: how fast, and how much the limits leave."""
        if completion.timings is not None:
            self._pace.learn(name, completion.timings)
        if completion.limits is not None and completion.limits.wait_s > 0:
            self._breakers.rests(name, completion.limits.wait_s)

    async def _reserve(
        self, entry: Entry, candidate: Candidate, letter: Letter, errand: Errand
    ) -> Reservation:
        """Hold the money, use up the consent, write it down: in this order, before anything goes.

        Raises:
            OverBudget, ConsentSpent: this candidate may not be asked.
            StorageError, AuditError: no cloud may.
        """

        def reserve() -> Reservation:
            reservation = self._ledger.reserve(entry, self._budget)
            try:
                if letter.grant is not None and not self._spend(letter.grant):
                    raise ConsentSpent(
                        "The consent for this text was used already.",
                        fix="Send it again, and the person is asked again.",
                    )
                self._audit.record(
                    request_id=errand.request_id,
                    decision="sent",
                    reason=f"{entry.strategy} chose it",
                    destination=candidate.model.host,
                    task=errand.task,
                    counts=errand.personal,
                    detector=errand.detector,
                    caller=errand.caller,
                    form=letter.form,
                    consent=letter.grant.ask_id if letter.grant else "",
                )
            except BaseException:
                self._ledger.settle(
                    reservation, Outcome(result="error", model_served=entry.model_asked)
                )
                raise
            return reservation

        return await anyio.to_thread.run_sync(reserve)
