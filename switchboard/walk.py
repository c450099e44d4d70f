"""A plan, call by call: the next candidate when one fails."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger import Entry, OverBudget
from routing.breaker import Breakers
from routing.errors import ProviderError, ProviderTimeout
from routing.values import Candidate, Completion, Plan
from switchboard.calls import Calls, Errand
from switchboard.errors import AllFailed, ConsentSpent
from switchboard.outgoing import Letter, Reply, opened
from switchboard.request import OnStep, OnText, Tried
from vocabulary import HomewardError, Money
from whitelist.errors import NotRedactable
from whitelist.grants import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The attempt that answered, all that were made, and what they cost together.

    `form` is how the text went to the model that answered.
    """

    candidate: Candidate
    completion: Completion
    form: Form
    spent: Money
    baseline: Money
    tried: tuple[Tried, ...]
    notices: tuple[str, ...]


@dataclass(slots=True)
class _SoFar:
    """What a walk has gathered: how each call ended, what they cost together, what to tell."""

    tried: list[Tried] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    spent: int = 0

    def walked(self, candidate: Candidate, letter: Letter, reply: Reply, baseline: Money) -> Walked:
        return Walked(
            candidate=candidate,
            completion=reply.completion,
            form=letter.form,
            spent=Money(self.spent),
            baseline=baseline,
            tried=tuple(self.tried),
            notices=(*self.notices, *([reply.damage] if reply.damage else [])),
        )


class Walker:
    """Walks plans. Every candidate in a plan was permitted before, so no fallback can go where
    policy forbids.
    """

    def __init__(self, *, calls: Calls, breakers: Breakers, clock: Callable[[], datetime]) -> None:
        self._calls = calls
        self._breakers = breakers
        self._clock = clock

    async def walk(self, plan: Plan, errand: Errand, *, on_text: OnText, on_step: OnStep) -> Walked:
        """Try the plan's candidates in order until one answers.

        A reply to a redacted text that is no longer whole is tried again at home, and stands,
        with a notice, where no model there answers.

        Raises:
            AllFailed: none did; says how each ended.
            StorageError, AuditError: a cloud was next, and the books or the audit log, which must
                be written first, cannot be.
        """
        so_far = _SoFar()
        damaged: Walked | None = None
        for candidate in plan.candidates:
            if damaged is not None and not candidate.model.local:
                continue
            name = candidate.model.id
            if not self._breakers.allows(name):
                so_far.tried.append(
                    Tried(model=name, outcome="unhealthy", reason="It failed just now.")
                )
                continue
            await on_step(f"asking {name}")
            entry = self._entry(plan, errand, candidate, so_far.tried)
            try:
                letter = await errand.outgoing.letter(candidate)
                ended = await self._calls.make(entry, candidate, letter, errand, on_text)
            except (OverBudget, NotRedactable, ConsentSpent) as error:
                self._breakers.abandoned(name)
                so_far.tried.append(_not_sent(name, error))
                continue
            so_far.spent += ended.cost
            so_far.notices += ended.notices
            if not isinstance(ended.result, Completion):
                so_far.tried.append(_failed(name, ended.result))
                continue
            reply = opened(ended.result, letter, errand.task)
            so_far.tried.append(
                Tried(model=name, outcome="damaged" if reply.damage else "ok", reason=reply.damage)
            )
            walked = so_far.walked(candidate, letter, reply, ended.baseline)
            if not reply.damage:
                return walked
            damaged = damaged or walked
        if damaged is not None:
            return replace(damaged, tried=tuple(so_far.tried), spent=Money(so_far.spent))
        raise _all_failed(so_far.tried)

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


def _not_sent(name: str, error: HomewardError) -> Tried:
    over = isinstance(error, OverBudget)
    return Tried(model=name, outcome="over_budget" if over else "kept", reason=str(error))


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
