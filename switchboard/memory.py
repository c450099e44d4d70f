"""Asking the cache before any model, and telling it what a model answered."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import anyio.to_thread

from cache import Hit, Question, SemanticCache, Stored, scope_of
from ledger import Entry, Ledger, Outcome
from storage import StorageError
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading
from switchboard.request import NOT_RECORDED, Cached
from switchboard.walk import Walked
from vocabulary import Money
from whitelist import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A stored answer that may be served, what it would have cost anew, and what to tell."""

    hit: Hit
    cached: Cached
    baseline: Money
    notices: tuple[str, ...]


class Memory:
    """Knows what may be remembered: whole answers to single questions, never with tier A, and with
    tier B only where the cache is encrypted.
    """

    def __init__(
        self,
        cache: SemanticCache | None,
        *,
        house: House,
        ledger: Ledger,
        pricing: Pricing,
        clock: Callable[[], datetime],
    ) -> None:
        self._cache = cache
        self._house = house
        self._ledger = ledger
        self._pricing = pricing
        self._clock = clock

    async def recall(self, reading: Reading, *, elapsed_ms: Callable[[], int]) -> Recalled | None:
        """The stored answer to this question or one that means the same, noted in the ledger."""
        if self._cache is None or reading.request.fresh or not self._fit(reading):
            return None
        return await anyio.to_thread.run_sync(self._look, reading, self._cache, elapsed_ms)

    async def remember(self, reading: Reading, walked: Walked) -> tuple[str, ...]:
        """Store what was answered, if it may be stored; a sentence when storing does not work."""
        if self._cache is None or not self._fit(reading):
            return ()
        return await anyio.to_thread.run_sync(self._store, reading, self._cache, walked)

    def _fit(self, reading: Reading) -> bool:
        request = reading.request
        return not request.turns and not request.documents and self._storable(reading.findings)

    def _storable(self, findings: Findings) -> bool:
        if not findings.complete or findings.tier == "A":
            return False
        return findings.tier != "B" or (self._cache is not None and self._cache.encrypted)

    def _look(
        self, reading: Reading, cache: SemanticCache, elapsed_ms: Callable[[], int]
    ) -> Recalled | None:
        question = self._question(reading)
        hit = cache.exact(question) or cache.similar(question)
        if hit is None:
            return None
        cached: Cached = "exact" if hit.similarity is None else "semantic"
        baseline = self._pricing.baseline(hit.usage)
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
            baseline=baseline,
            price_source="cache",
            total_ms=elapsed_ms(),
            cached=cached,
        )
        notices: tuple[str, ...] = ()
        try:
            self._ledger.note(entry, outcome)
        except StorageError as error:
            notices = (f"{NOT_RECORDED}{error}",)
        return Recalled(hit=hit, cached=cached, baseline=baseline, notices=notices)

    def _store(self, reading: Reading, cache: SemanticCache, walked: Walked) -> tuple[str, ...]:
        completion = walked.completion
        if not self._storable(self._house.detect(completion.text)):
            return ()
        cache.remember(
            self._question(reading),
            Stored(
                text=completion.text,
                provider=walked.candidate.model.provider,
                model=completion.model,
                local=walked.candidate.model.local,
                usage=completion.usage,
                cost=walked.spent,
                finish=completion.finish,
            ),
        )
        return (cache.notice,) if cache.notice else ()

    def _question(self, reading: Reading) -> Question:
        """All that was given besides the prompt must be equal for an answer to be the same."""
        request = reading.request
        return Question(
            text=request.prompt,
            scope=scope_of(
                caller=request.caller,
                system=request.system,
                context=request.context,
                tier=" ".join(map(str, (request.prefer, request.model, request.min_quality))),
                profile=self._house.profile,
                max_tokens=request.max_tokens,
                task=request.task,
            ),
        )
