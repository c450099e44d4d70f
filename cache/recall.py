"""Remembers answers, and serves them again only to questions they certainly answer."""

import time
from collections.abc import Callable, Mapping, Sequence

from cache.choice import Choice
from cache.embed import Embed
from cache.hit import Candidate, Hit, MayServe, anything
from cache.inflight import Leases
from cache.judge import SIMILARITY, Guard, Judge, K
from cache.key import Question, exact_key, is_passing, is_unicode, reading_digest
from cache.lifetimes import Lifetimes
from cache.negative import is_negative
from cache.quiet import Quiet
from cache.served import Served
from cache.standing import Verdict
from cache.store import Contents, Entry, Found, Listed, Store, Stored, Vector
from vocabulary import Money


class SemanticCache:
    """Knows when an answer may be served again; the store knows where answers are.

    `encoder` gives the encoder once there is one; until then only the same words are found, and
    what is remembered meanwhile is given its vector later. `similarity` is a cosine; `clock` gives
    Unix seconds. What is asked for and remembered never raises for trouble with the database: it
    finds nothing and keeps nothing for a minute, and `notice` says why. All may block on the
    database or the encoder: call them from a worker thread.
    """

    def __init__(
        self,
        store: Store,
        *,
        encoder: Callable[[], Embed | None],
        guard: Guard,
        similarity: float = SIMILARITY,
        lifetimes: Lifetimes | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._encoder, self._clock = store, encoder, clock
        self._judge = Judge(guard, similarity=similarity)
        self._lifetimes = lifetimes or Lifetimes()
        self._choice = Choice(self._judge, clock=clock, monotonic=monotonic)
        self._quiet = Quiet(store, clock)
        self._served = Served(self._quiet)

    @property
    def encrypted(self) -> bool:
        """Whether texts with personal data of tier B may be remembered; of tier A none ever may."""
        return self._store.encrypted

    @property
    def notice(self) -> str | None:
        """What a person should know about the cache, in whole sentences; None: all is well."""
        return self._quiet.notice

    @property
    def leases(self) -> Leases:
        """What tells other processes which questions are being answered."""
        return self._quiet

    def look(self, question: Question, *, may: MayServe = anything) -> Hit | None:
        """The surest way first: the same text, the same words, then the nearest that will do."""
        return self.same(question, may=may) or self.similar(question, may=may)

    def same(self, question: Question, *, may: MayServe = anything) -> Hit | None:
        """The answer to this very question, however it is written. Needs no encoder."""
        return self.exact(question, may=may) or self.read_alike(question, may=may)

    def exact(self, question: Question, *, may: MayServe = anything) -> Hit | None:
        """The answer to this very text, asked under the same scope within its lifetime."""
        key = exact_key(question)
        found = self._quiet.read(lambda store: store.exact(key, now=self._now()))
        return self._choice.first([] if found is None else [found], "exact", question, may)

    def read_alike(self, question: Question, *, may: MayServe = anything) -> Hit | None:
        """The answer to the same words in another case, politeness or punctuation.

        Whole texts are compared, so this also holds past the encoder's window.
        """
        digest = reading_digest(question)
        if digest is None:
            return None
        found = self._quiet.read(lambda store: store.read(digest, now=self._now()))
        return self._choice.first([] if found is None else [found], "reading", question, may)

    def similar(self, question: Question, *, may: MayServe = anything) -> Hit | None:
        """The answer to a question in other words, if the guard is sure that it will do.

        Of the nearest, the first that will do: a refused best does not hide the next.
        """
        return self._choice.first(self._nearest(question), "nearest", question, may)

    def candidates(self, question: Question) -> list[Candidate]:
        """The nearest stored questions, and how surely the answer to each would do."""
        return [
            self._choice.candidate(each, "nearest", question) for each in self._nearest(question)
        ]

    def has(self, question: Question) -> bool:
        """Whether there is an answer to this very text."""
        key = exact_key(question)
        return self._quiet.read(lambda store: store.exact(key, now=self._now())) is not None

    def remember(
        self,
        question: Question,
        answer: Stored,
        *,
        task: str = "",
        model_version: str = "",
        given: tuple[int, int] | None = None,
        request_id: str = "",
    ) -> bool:
        """Keep an answer for its lifetime; whether it was kept.

        Only whole answers are: one that met the token limit, was declined, says that it does not
        know, or is empty would be wrong a second time. `given` are creation and expiry (Unix
        milliseconds) of one that was given elsewhere; it lives no longer than one of today.
        `request_id` is the request that it was given to.
        """
        if answer.finish != "stop" or not answer.text.strip() or is_negative(answer.text):
            return False
        if not all(map(is_unicode, (question.text, answer.text))):
            return False
        now = self._now()
        expires = now + round(self._lifetimes.of(task, passing=is_passing(question)) * 1000)
        entry = Entry(
            key=exact_key(question),
            scope=question.scope,
            reading=reading_digest(question),
            question=question.text,
            answer=answer,
            task=task,
            model_version=model_version,
            created=now if given is None else min(now, given[0]),
            expires=expires if given is None else min(expires, given[1]),
            vector=self._vector(question),
            request_id=request_id,
        )
        return self._quiet.wrote(lambda store: store.put(entry))

    def served(self, question: Question, hit: Hit, *, saved: Money, request_id: str = "") -> None:
        """Note that a hit was served to a request, and the money that it saved. Never fails.

        What saves much is kept longer where there is no room for everything.
        """
        self._quiet.write(lambda store: store.count(hit.entry_id, saved=saved))
        self._served.mark(question, hit, now=self._now(), request_id=request_id)

    def again(self, question: Question, *, may: MayServe = anything) -> bool:
        """A fresh answer was asked for: where a stored one was served for this question less than
        15 minutes ago, here or in another process, that one was bad; whether it was so.
        """
        hit = self.look(question, may=may)
        if hit is None or not self._served.take(question, hit, now=self._now()):
            return False
        return self.judge(hit, good=False)

    def judge(self, hit: Hit, *, good: bool) -> bool:
        """Note whether a served answer was good; whether it could be noted.

        A bad one asks for more confidence from the next question, or is never served so again.
        """
        verdict = Verdict(
            similarity=1.0 if hit.similarity is None else hit.similarity,
            confidence=1.0 if hit.confidence is None else hit.confidence,
            good=good,
        )
        return self._quiet.wrote(lambda store: store.judge(hit.entry_id, verdict))

    def given_first(self, request_ids: Sequence[str]) -> Mapping[str, Listed]:
        """The entries that models gave to these requests, as far as they are still kept.

        Raises:
            StorageError: the database cannot be read.
        """
        return self._store.given_first(request_ids)

    def flight(self, question: Question) -> str:
        """Equal for questions of which one must be asked only, see `inflight`."""
        return reading_digest(question) or exact_key(question)

    def forget(self, entry_id: int) -> bool:
        """Remove one answer (`Hit.entry_id`); whether it was there.

        Raises:
            StorageError: it could not be removed. The person must know, so this is never quiet.
        """
        return self._store.forget(entry_id)

    def clear(self, scope: str | None = None, *, model: str | None = None) -> int:
        """Remove the answers of a scope, of a model, of both, or all; how many.

        Raises:
            StorageError: they could not be removed.
        """
        return self._store.clear(scope, model=model)

    def listed(self, *, after: int = 0, limit: int) -> Sequence[Listed]:
        """Entries whose ids follow `after`, in their order.

        Raises:
            StorageError: the database cannot be read.
        """
        return self._store.listed(after=after, limit=limit)

    def stats(self) -> Contents:
        """How much is kept.

        Raises:
            StorageError: the database cannot be read.
        """
        return self._store.contents()

    def close(self) -> None:
        self._store.close()

    def _nearest(self, question: Question) -> Sequence[Found]:
        vector = self._vector(question)
        if vector is None:
            return ()
        near = self._quiet.read(
            lambda store: store.nearest(question.scope, vector, k=K, now=self._now())
        )
        return near or ()

    def _vector(self, question: Question) -> Vector | None:
        """None where the question is to be found exactly only, or there is no encoder yet."""
        embed = self._encoder()
        if embed is None or question.to_the_letter or not is_unicode(question.text):
            return None
        try:
            if not self._judge.looks(question.text, embed):
                return None
            values = embed.embed([question.text])[0].astype("<f4").tobytes()
        except Exception:  # whatever ails an encoder or a guard, the prompt is answered without
            return None
        return Vector(space=embed.space, values=values)

    def _now(self) -> int:
        return round(self._clock() * 1000)
