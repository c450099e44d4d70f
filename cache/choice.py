"""Which of the entries found is served: the first that the judge and the asker both allow."""

from collections.abc import Callable, Iterable

from cache.hit import Candidate, Hit, Look, MayServe
from cache.judge import Judge
from cache.key import Question
from cache.standing import bar
from cache.store import Found

DECIDE_WITHIN_S = 0.05
"""A guard takes half a millisecond a text; one that needs longer than this in all is ill."""

AHEAD_MS = 5 * 60 * 1000
"""How far ahead of us the clock of whoever stored an answer may have been. Beyond that the clock
was set back since, and nobody knows how old the answer is."""


class Choice:
    """`clock` gives Unix seconds, `monotonic` seconds that only pass."""

    def __init__(
        self, judge: Judge, *, clock: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._judge, self._clock, self._monotonic = judge, clock, monotonic

    def first(
        self, found: Iterable[Found] | None, look: Look, question: Question, may: MayServe
    ) -> Hit | None:
        spent = 0.0
        for each in found or ():
            if each.created > self._clock() * 1000 + AHEAD_MS:
                continue
            began = self._monotonic()
            candidate = self.candidate(each, look, question)
            spent += self._monotonic() - began
            if spent > DECIDE_WITHIN_S:
                return None
            if candidate.will_do and may(hit := self._hit(candidate, look)):
                return hit
        return None

    def candidate(self, found: Found, look: Look, question: Question) -> Candidate:
        sure = 1.0
        if look == "nearest":
            similarity = found.similarity or 0.0
            sure = self._judge.confidence(found.question, question.text, similarity)
        return Candidate(found=found, confidence=sure, asks_for=bar(found.verdicts))

    def _hit(self, candidate: Candidate, look: Look) -> Hit:
        found, answer = candidate.found, candidate.found.answer
        return Hit(
            entry_id=found.id,
            question=found.question,
            text=answer.text,
            provider=answer.provider,
            model=answer.model,
            model_version=found.model_version,
            local=answer.local,
            look=look,
            similarity=found.similarity if look == "nearest" else None,
            confidence=None if look == "exact" else candidate.confidence,
            age_s=max(0.0, self._clock() - found.created / 1000),
            hits=found.hits,
            usage=answer.usage,
            cost_then=answer.cost,
        )
