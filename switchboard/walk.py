"""A plan, attempt by attempt: reserve, audit, attempt, settle; the next one if it failed."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import anyio
import anyio.to_thread

from ledger import Budget, Entry, Ledger, Outcome, OverBudget, Reservation, UnknownPrice
from ledger.entry import Result
from routing.attempt import Timeouts, attempt
from routing.breaker import Breakers
from routing.errors import ProviderError, ProviderTimeout
from routing.fleet import Fleet
from routing.tally import Tally
from routing.values import Candidate, Completion, Plan
from storage import StorageError
from switchboard.errors import AllFailed
from switchboard.limits import passed_marks
from switchboard.pricing import Pricing
from switchboard.request import NOT_RECORDED, OnStep, OnText, Tried
from vocabulary import HomewardError, Money, Prompt, TaskKind
from whitelist.audit import Audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What every attempt of one request shares. `personal` counts kinds of personal data."""

    request_id: str
    prompt: Prompt
    task: TaskKind
    caller: str
    profile: str
    detector: str
    personal: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The attempt that answered, all that were made, and what they cost together."""

    candidate: Candidate
    completion: Completion
    spent: Money
    baseline: Money
    tried: tuple[Tried, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """One attempt that ended by itself, well or not."""

    cost: Money
    baseline: Money
    result: Completion | BaseException
    notices: tuple[str, ...]


class Walker:
    """Walks plans. Every candidate in a plan was permitted before, so no fallback can go where
    policy forbids. Before a cloud is asked, money is reserved and the audit line written, and
    where either cannot be done nothing is sent; a local model answers all the same.
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
        timeouts: Timeouts,
        count_tokens: Callable[[str], int],
        clock: Callable[[], datetime],
    ) -> None:
        self._fleet = fleet
        self._breakers = breakers
        self._ledger = ledger
        self._budget = budget
        self._pricing = pricing
        self._audit = audit
        self._timeouts = timeouts
        self._count_tokens = count_tokens
        self._clock = clock

    async def walk(self, plan: Plan, errand: Errand, *, on_text: OnText, on_step: OnStep) -> Walked:
        """Try the plan's candidates in order until one answers.

        Raises:
            AllFailed: none did; says how each ended.
            StorageError, AuditError: a cloud was next, and the books or the audit log, which must
                be written first, cannot be.
        """
        tried: list[Tried] = []
        notices: list[str] = []
        spent = 0
        for candidate in plan.candidates:
            name = candidate.model.id
            if not self._breakers.allows(name):
                tried.append(Tried(model=name, outcome="unhealthy", reason="It failed just now."))
                continue
            await on_step(f"asking {name}")
            entry = self._entry(plan, errand, candidate, tried)
            try:
                ended = await self._attempt(entry, candidate, errand, on_text)
            except OverBudget as error:
                self._breakers.abandoned(name)
                tried.append(Tried(model=name, outcome="over_budget", reason=str(error)))
                continue
            spent += ended.cost
            notices += ended.notices
            if not isinstance(ended.result, Completion):
                tried.append(_failed(name, ended.result))
                continue
            return Walked(
                candidate=candidate,
                completion=ended.result,
                spent=Money(spent),
                baseline=ended.baseline,
                tried=(*tried, Tried(model=name, outcome="ok")),
                notices=tuple(notices),
            )
        raise _all_failed(tried)

    def _entry(self, plan: Plan, errand: Errand, candidate: Candidate, tried: list[Tried]) -> Entry:
        return Entry(
            id=uuid.uuid4().hex,
            request_id=errand.request_id,
            number=len(tried) + 1,
            at=self._clock(),
            caller=errand.caller,
            task=errand.task,
            strategy=plan.strategy,
            profile=errand.profile,
            provider=candidate.model.provider,
            local=candidate.model.local,
            model_asked=candidate.model.name,
            worst_case=candidate.worst_case,
            fallback_from=tried[-1].model if tried else None,
        )

    async def _attempt(
        self, entry: Entry, candidate: Candidate, errand: Errand, on_text: OnText
    ) -> _Ended:
        """One candidate, from the reservation to the settled row, whatever happens in between."""
        reservation = None if entry.local else await self._reserve(entry, candidate, errand)
        tally = Tally()
        name = candidate.model.id
        result: Result
        try:
            completion = await attempt(
                self._fleet.provider(entry.provider),
                _within(errand.prompt, candidate.model.max_output),
                model=entry.model_asked,
                timeouts=self._timeouts,
                count=self._count_tokens,
                tally=tally,
                on_text=on_text,
            )
        except ProviderError as error:
            self._breakers.failed(name, retry_after=error.retry_after)
            result = "timeout" if isinstance(error, ProviderTimeout) else "error"
            return await self._close(entry, candidate, reservation, tally, result, error)
        except HomewardError as error:  # stopped at the door: a redirect, or a new whitelist
            self._breakers.failed(name)
            return await self._close(entry, candidate, reservation, tally, "error", error)
        except BaseException as error:
            self._breakers.abandoned(name)
            await self._close(entry, candidate, reservation, tally, "cancelled", error)
            raise
        self._breakers.succeeded(name)
        return await self._close(entry, candidate, reservation, tally, "ok", completion)

    async def _reserve(self, entry: Entry, candidate: Candidate, errand: Errand) -> Reservation:
        def reserve() -> Reservation:
            reservation = self._ledger.reserve(entry, self._budget)
            try:
                self._audit.record(
                    request_id=errand.request_id,
                    decision="sent",
                    reason=f"{entry.strategy} chose it",
                    destination=candidate.model.host,
                    task=errand.task,
                    counts=errand.personal,
                    detector=errand.detector,
                    caller=errand.caller,
                )
            except BaseException:
                self._ledger.settle(
                    reservation, Outcome(result="error", model_served=entry.model_asked)
                )
                raise
            return reservation

        return await anyio.to_thread.run_sync(reserve)

    async def _close(
        self,
        entry: Entry,
        candidate: Candidate,
        reservation: Reservation | None,
        tally: Tally,
        result: Result,
        ending: Completion | BaseException,
    ) -> _Ended:
        """Settle what was used, also when cancelled. A ledger that fails keeps no answer back."""
        outcome = self._outcome(entry, candidate, tally.so_far, result)

        def write() -> tuple[str, ...]:
            if reservation is None:
                self._ledger.note(entry, outcome)
                return ()
            self._ledger.settle(reservation, outcome)
            return passed_marks(self._ledger.left(self._budget), outcome.cost, self._budget)

        try:
            with anyio.CancelScope(shield=True):
                notices = await anyio.to_thread.run_sync(write)
        except StorageError as error:
            notices = (f"{NOT_RECORDED}{error}",)
        return _Ended(cost=outcome.cost, baseline=outcome.baseline, result=ending, notices=notices)

    def _outcome(
        self, entry: Entry, candidate: Candidate, used: Completion | None, result: Result
    ) -> Outcome:
        if used is None:  # nothing was sent, or nothing can have been used
            return Outcome(result=result, model_served=entry.model_asked)
        cost, source = self._cost(candidate, used, entry.at)
        return Outcome(
            result=result,
            model_served=used.model,
            usage=used.usage,
            cost=cost,
            price_source=source,
            baseline=self._pricing.baseline(used.usage) if result == "ok" else Money(0),
            first_token_ms=used.first_token_ms,
            total_ms=used.total_ms,
        )

    def _cost(self, candidate: Candidate, used: Completion, at: datetime) -> tuple[Money, str]:
        """The bill; where the served model's price is unknown, the worst case that was reserved."""
        try:
            bill = self._pricing.bill(candidate.model, used, at)
        except UnknownPrice:
            return candidate.worst_case, "worst case: price unknown"
        return bill.cost, bill.source if used.counted else f"{bill.source}, tokens estimated"


def _within(prompt: Prompt, most: int | None) -> Prompt:
    """The prompt, asking for no more tokens than the model can write at once."""
    return prompt if most is None else replace(prompt, max_tokens=min(prompt.max_tokens, most))


def _failed(name: str, error: BaseException) -> Tried:
    reason = str(error)
    if isinstance(error, ProviderError) and error.retry_after is not None:
        reason += f" It asks to wait {error.retry_after:.0f} s."
    timeout = isinstance(error, ProviderTimeout)
    return Tried(model=name, outcome="timeout" if timeout else "error", reason=reason)


def _all_failed(tried: list[Tried]) -> AllFailed:
    told = " ".join(f"{each.model}: {each.reason}" for each in tried)
    if len(tried) == 1:
        return AllFailed(tried[0].reason, tried=tried)
    return AllFailed(f"All {len(tried)} permitted models failed. {told}", tried=tried)
