"""Asking the cache before any model, and telling it what a model answered."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import anyio.to_thread

from cache import Hit, InFlight, Question, SemanticCache, Stored
from ledger import Entry, Ledger, Outcome
from storage import StorageError
from switchboard.comparing import compared, insisted_on
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading
from switchboard.request import NOT_RECORDED, Cached, OnStep
from switchboard.scoping import Sharing, question_of
from switchboard.servable import Servable, version_of
from switchboard.walked import Walked
from vocabulary import Money
from whitelist import Findings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A stored answer that may be served, what it would have cost anew, and what to tell."""

    hit: Hit
    baseline: Money
    notices: tuple[str, ...]

    @property
    def cached(self) -> Cached:
        return "exact" if self.hit.look == "exact" else "semantic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where answers are kept. `servable` says whether one that was found may be served now;
    `in_flight` lets a question that is asked twice at once be asked once.
    """

    cache: SemanticCache
    servable: Servable
    in_flight: InFlight


class Memory:
    """Knows what may be remembered: whole answers, never with tier A, and with tier B only where
    the cache is encrypted. Without a shelf nothing is.
    """

    def __init__(
        self,
        shelf: Shelf | None,
        *,
        house: House,
        ledger: Ledger,
        pricing: Pricing,
        clock: Callable[[], datetime],
        sharing: Sharing,
    ) -> None:
        self._shelf = shelf
        self._house = house
        self._ledger = ledger
        self._pricing = pricing
        self._clock = clock
        self._sharing = sharing

    def question(self, reading: Reading) -> Question:
        """What the cache is asked for a request."""
        return question_of(reading, self._sharing, self._house.profile)

    async def recall(
        self, reading: Reading, *, elapsed_ms: Callable[[], int], nearest: bool = True
    ) -> Recalled | None:
        """The stored answer to this question, or to one that means the same; noted in the ledger.

        Where a fresh answer is wanted there is none, and one that was served just now is held to
        have been bad. Without `nearest` only the same question is looked for.
        """
        shelf = self._shelf
        if shelf is None or not self._storable(shelf, reading.findings):
            return None
        cache = shelf.cache

        def may(hit: Hit) -> bool:
            return shelf.servable(hit, reading)

        def look() -> Recalled | None:
            question = self.question(reading)
            if reading.request.fresh:
                if not reading.request.at_home:  # a person wants another, not a warming cache
                    cache.again(question, may=may)
                return None
            hit = (cache.look if nearest else cache.same)(question, may=may)
            if hit is None:
                return None
            recalled = self._note(reading, hit, elapsed_ms())
            cache.served(question, hit, saved=recalled.baseline, request_id=reading.id)
            return recalled

        return await anyio.to_thread.run_sync(look)

    async def once(
        self, reading: Reading, ask: Callable[[], Awaitable[T]], *, on_step: OnStep
    ) -> T:
        """What `ask` gives, begun when nobody else is asking the same; it must `recall` first."""
        shelf = self._shelf
        if shelf is None or not self._storable(shelf, reading.findings):
            return await ask()
        key = await anyio.to_thread.run_sync(lambda: shelf.cache.flight(self.question(reading)))

        async def waiting() -> None:
            await on_step("waiting for the same question, which is being answered")

        return await shelf.in_flight.once(key, ask, on_wait=waiting)

    async def remember(self, reading: Reading, walked: Walked) -> tuple[str, ...]:
        """Store what was answered, if it may be stored; a sentence when storing does not work."""
        shelf = self._shelf
        if shelf is None or not self._storable(shelf, reading.findings):
            return ()
        return await anyio.to_thread.run_sync(self._store, reading, shelf, walked)

    def _storable(self, shelf: Shelf, findings: Findings) -> bool:
        if not findings.complete or findings.tier == "A":
            return False
        return findings.tier != "B" or shelf.cache.encrypted

    def _note(self, reading: Reading, hit: Hit, elapsed_ms: int) -> Recalled:
        served = f"{hit.provider}/{hit.model}"
        asked = insisted_on(reading.request, served)
        instead = compared(self._pricing, hit.usage, reading.analysis.task, asked)
        recalled = Recalled(hit=hit, baseline=instead.cost, notices=())
        entry = Entry(
            id=uuid.uuid4().hex,
            request_id=reading.id,
            number=1,
            at=self._clock(),
            caller=reading.request.caller,
            task=reading.analysis.task,
            strategy="cache",
            profile=self._house.profile,
            provider=hit.provider,
            local=hit.local,
            model_asked=hit.model,
        )
        outcome = Outcome(
            result="ok",
            model_served=hit.model,
            baseline=instead.cost,
            baseline_model=instead.model,
            price_source="cache",
            total_ms=elapsed_ms,
            cached=recalled.cached,
        )
        try:
            self._ledger.note(entry, outcome)
        except StorageError as error:
            return replace(recalled, notices=(f"{NOT_RECORDED}{error}",))
        return recalled

    def _store(self, reading: Reading, shelf: Shelf, walked: Walked) -> tuple[str, ...]:
        completion, model = walked.completion, walked.candidate.model
        damaged = any((t.model, t.outcome) == (model.id, "damaged") for t in walked.tried)
        if damaged or walked.doubtful:
            return ()
        if not self._storable(shelf, self._house.detect(completion.text)):
            return ()
        cache = shelf.cache
        cache.remember(
            self.question(reading),
            Stored(
                text=completion.text,
                provider=model.provider,
                model=completion.model,
                local=model.local,
                usage=completion.usage,
                cost=walked.spent,
                finish=completion.finish,
            ),
            task=reading.analysis.task,
            model_version=version_of(model),
            request_id=reading.id,
        )
        return (cache.notice,) if cache.notice else ()


def in_words(hit: Hit) -> str:
    """How an answer was found, for the reason of a decision."""
    ago = _ago(hit.age_s)
    if hit.look == "exact":
        return f"this very question was answered {ago}"
    if hit.look == "reading":
        return f"the same question, written otherwise, was answered {ago}"
    return (
        f"a question with this meaning was answered {ago}, similarity {hit.similarity or 0:.3f}, "
        f"confidence {hit.confidence or 0:.3f}"
    )


def _ago(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
