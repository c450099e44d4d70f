"""The steps of one walk: ask a model, check its answer, ask it to think again."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger import Entry, OverBudget
from routing.breaker import Breakers
from routing.checks import Checked
from routing.running.hedging import hedged
from routing.running.queue import Busy
from routing.values import Candidate, Completion, Plan
from switchboard.calls import Calls, Errand
from switchboard.checking import Answered, checked, thinking
from switchboard.closing import Ended
from switchboard.errors import ConsentSpent
from switchboard.escalating import Draft, Drafts
from switchboard.hedge import Hedge
from switchboard.outgoing import Letter, opened
from switchboard.request import OnStep, OnText, Tried
from switchboard.trials import answered, failed, not_sent, overtaken
from switchboard.walked import Held, SoFar, Walked
from whitelist.errors import NotRedactable


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every walk needs of the other rooms."""

    calls: Calls
    drafts: Drafts
    breakers: Breakers
    hedge: Hedge | None
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of one walk, which gathers what came of them in `so_far`."""

    means: Means
    plan: Plan
    errand: Errand
    on_text: OnText
    on_step: OnStep
    so_far: SoFar = field(default_factory=SoFar)

    async def ask(self, candidate: Candidate, kept: Held | None) -> Held | None:
        """A candidate's answer; None where it gave none. `kept` is the doubtful one before it."""
        name, tried = candidate.model.id, self.so_far.tried
        breakers = self.means.breakers
        if not breakers.allows(name):
            reason = breakers.why(name) or "It failed just now."
            tried.append(Tried(model=name, outcome="unhealthy", reason=reason))
            return None
        await self.on_step(f"asking {name}")
        try:
            candidate, letter, ended = await self._answered(candidate, kept)
        except (OverBudget, NotRedactable, ConsentSpent, Busy) as error:
            breakers.abandoned(name)
            tried.append(not_sent(name, error))
            return None
        if not isinstance(ended.result, Completion):
            tried.append(failed(candidate.model.id, ended.result))
            return None
        reply = opened(ended.result, letter, self.errand.task)
        return Held(
            entry_id=ended.entry_id,
            candidate=candidate,
            letter=letter,
            completion=reply.completion,
            baseline=ended.baseline,
            checked=Checked(confidence=candidate.quality, evidence=0.0),
            damage=reply.damage,
        )

    async def check(self, held: Held, *, deep: bool) -> Held:
        """The answer, with what the checks make of it.

        `deep`: there is a better model, so that a doubt matters, and a local model may be asked
        again to be surer.
        """
        candidate = held.candidate

        async def again(letter: Letter) -> Completion | None:
            ended = await self._call(candidate, letter, check=True)
            return ended.result if isinstance(ended.result, Completion) else None

        made = await checked(
            Answered(candidate=candidate, letter=held.letter, completion=held.completion),
            self.errand.question,
            bar=self.errand.min_confidence,
            calibrate=self.errand.calibrate,
            ask=again if deep and candidate.model.local else None,
        )
        held = replace(held, checked=made)
        self.so_far.checks.append((candidate.model.id, made))
        errand = self.errand
        doubtful = deep and not held.enough(errand.min_confidence, errand.expected)
        self.so_far.tried.append(answered(held, doubtful=doubtful))
        return held

    async def think_again(self, kept: Held) -> Held:
        """The same local model, told to think it through; the better of its two answers."""
        name = kept.candidate.model.id
        await self.on_step(f"asking {name} to think it through, as the budget allows no other")
        letter = thinking(kept.letter)
        try:
            ended = await self._call(kept.candidate, letter)
        except Busy as error:
            self.so_far.tried.append(not_sent(name, error))
            return kept
        if not isinstance(ended.result, Completion):
            self.so_far.tried.append(failed(name, ended.result))
            return kept
        again = replace(
            kept,
            entry_id=ended.entry_id,
            letter=letter,
            completion=ended.result,
            baseline=ended.baseline,
        )
        return max(await self.check(again, deep=False), kept, key=lambda held: held.rank)

    async def stand(self, held: Held, *, doubtful: bool, better: bool = False) -> Walked:
        """The answer that is given; the books take the last good one for it, unless told."""
        if held.entry_id != self.so_far.last:
            await self.means.calls.stood(held.entry_id)
        return self.so_far.walked(held, doubtful=doubtful, better=better)

    async def _answered(
        self, candidate: Candidate, kept: Held | None
    ) -> tuple[Candidate, Letter, Ended]:
        """Who was asked in the end, with what, and how it ended: a model that is loaded already
        may overtake one that is loading.
        """
        hedge = self.means.hedge
        partner = None if hedge is None else hedge.partner(self.plan, candidate)
        candidate, letter = await self._letter(candidate, kept)
        if hedge is None or partner is None:
            return candidate, letter, await self._call(candidate, letter)
        other, its_letter = await self._letter(partner, kept)
        race = await hedged(
            lambda listen: self._call(candidate, letter, on_text=listen),
            lambda listen: self._beside(other, its_letter, listen),
            after_s=hedge.after_s(candidate, self.errand.tokens),
            on_text=self.on_text,
        )
        if race.spoke == "second" and isinstance(race.second, Ended):
            self.so_far.tried.append(overtaken(candidate, race.first))
            return other, its_letter, race.second
        if isinstance(race.first, Ended):
            return candidate, letter, race.first
        if race.first is None:
            raise AssertionError  # who is not overtaken ends by itself
        raise race.first

    async def _beside(self, candidate: Candidate, letter: Letter, listen: OnText) -> Ended:
        """A second start, unless others try that model just now.

        Raises:
            Busy: they do.
        """
        if not self.means.breakers.allows(candidate.model.id):
            raise Busy(f"{candidate.model.id} is left alone now.")
        return await self._call(candidate, letter, on_text=listen)

    async def _letter(self, candidate: Candidate, kept: Held | None) -> tuple[Candidate, Letter]:
        letter = await self.errand.outgoing.letter(candidate)
        draft = self.errand.draft if kept is None else _draft(kept)
        if draft is None:
            return candidate, letter
        return self.means.drafts.added(candidate, letter, draft, most=self.errand.max_cost)

    async def _call(
        self,
        candidate: Candidate,
        letter: Letter,
        *,
        check: bool = False,
        on_text: OnText | None = None,
    ) -> Ended:
        on_text, on_step = (_quiet, _quiet) if check else (on_text or self.on_text, self.on_step)
        entry = self._entry(candidate, check=check)
        ended = await self.means.calls.make(entry, candidate, letter, self.errand, on_text, on_step)
        self.so_far.spent += ended.cost
        self.so_far.notices += ended.notices
        if not check and isinstance(ended.result, Completion):
            self.so_far.last = ended.entry_id
        return ended

    def _entry(self, candidate: Candidate, *, check: bool) -> Entry:
        tried, errand = self.so_far.tried, self.errand
        return Entry(
            id=uuid.uuid4().hex,
            request_id=errand.request_id,
            number=0 if check else len(tried) + 1,  # what is checked is no answer of its own
            at=self.means.clock(),
            caller=errand.caller,
            task=errand.task,
            strategy="check" if check else self.plan.strategy,
            profile=errand.profile,
            provider=candidate.model.provider,
            local=candidate.model.local,
            model_asked=candidate.model.name,
            tier=candidate.tier,
            worst_case=candidate.worst_case,
            fallback_from=tried[-1].model if tried else None,
            arm=errand.arm,
            escalated=bool(tried) and tried[-1].outcome == "doubtful",
        )


def _draft(kept: Held) -> Draft | None:
    if kept.damage:
        return None
    return Draft(text=kept.completion.text, failures=kept.checked.failures)


async def _quiet(_: str) -> None:
    """Nobody listens: what a check asks is no answer."""
