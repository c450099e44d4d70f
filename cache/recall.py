"""Remembers answers and serves them again, only to questions they certainly answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cache.embed import Embed
from cache.judge import THRESHOLD, Guard, Judge, K
from cache.key import Question, exact_key
from cache.pause import Pause
from cache.store import Contents, Entry, Found, Store, Stored, Vector
from storage import StorageError
from vocabulary import Money, Usage

TTL_S = 24 * 60 * 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A remembered answer. `similarity` is None when the very same question was asked.

    `usage` and `cost_then` are those of the call that gave the answer; serving it costs nothing.
    """

    entry_id: int
    text: str
    provider: str
    model: str
    local: bool
    similarity: float | None
    age_s: float
    usage: Usage
    cost_then: Money


class SemanticCache:
    """Knows when an answer may be served again; the store knows where answers are.

    `encoder` gives the encoder once there is one; until then only exact repeats are found, and
    what is remembered meanwhile stays so. `threshold` is a cosine, `ttl_s` seconds; `clock` gives
    Unix seconds. `exact`, `similar` and `remember` never raise for trouble with the database: they
    find nothing and keep nothing for a minute, and `notice` says why. All may block on the
    database or the encoder: call them from a worker thread.
    """

    def __init__(
        self,
        store: Store,
        *,
        encoder: Callable[[], Embed | None],
        guard: Guard,
        threshold: float = THRESHOLD,
        ttl_s: float = TTL_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._encoder, self._clock = store, encoder, clock
        self._judge = Judge(guard, threshold=threshold)
        self._ttl_s = ttl_s
        self._reading, self._writing = Pause(), Pause()

    @property
    def encrypted(self) -> bool:
        """Whether texts with personal data of tier B may be remembered; of tier A none ever may."""
        return self._store.encrypted

    @property
    def notice(self) -> str | None:
        """What a person should know about the cache, in whole sentences; None: all is well."""
        said = (self._store.notice, self._reading.notice, self._writing.notice)
        return " ".join(dict.fromkeys(filter(None, said))) or None

    def exact(self, question: Question) -> Hit | None:
        """The answer to this very question, asked under the same scope within the TTL."""
        key = exact_key(question)
        found = self._quietly(self._reading, lambda: self._store.exact(key, now=self._now()))
        return None if found is None else self._hit(found)

    def similar(self, question: Question) -> Hit | None:
        """The answer to a question in other words, if the guard is sure that it will do."""
        vector = self._vector(question)
        if vector is None:
            return None
        near: Sequence[Found] | None = self._quietly(
            self._reading,
            lambda: self._store.nearest(question.scope, vector, k=K, now=self._now()),
        )
        for found in near or ():
            if self._judge.serves(found.question, question.text, found.similarity or 0.0):
                return self._hit(found)
        return None

    def remember(self, question: Question, answer: Stored) -> bool:
        """Keep an answer for the TTL; whether it was kept.

        Only whole answers are: one that met the token limit, was declined or is empty would be
        wrong a second time.
        """
        if answer.finish != "stop" or not answer.text.strip():
            return False
        if not all(map(_is_unicode, (question.text, answer.text))):
            return False
        now = self._now()
        entry = Entry(
            key=exact_key(question),
            scope=question.scope,
            question=question.text,
            answer=answer,
            created=now,
            expires=now + round(self._ttl_s * 1000),
            vector=self._vector(question),
        )
        return self._quietly(self._writing, lambda: self._put(entry)) is True

    def forget(self, entry_id: int) -> bool:
        """Remove one answer (`Hit.entry_id`); whether it was there.

        Raises:
            StorageError: it could not be removed. The person must know, so this is never quiet.
        """
        return self._store.forget(entry_id)

    def clear(self, scope: str | None = None) -> int:
        """Remove a scope's answers, or all; how many.

        Raises:
            StorageError: they could not be removed.
        """
        return self._store.clear(scope)

    def stats(self) -> Contents:
        """How much is kept.

        Raises:
            StorageError: the database cannot be read.
        """
        return self._store.contents()

    def close(self) -> None:
        self._store.close()

    def _vector(self, question: Question) -> Vector | None:
        """None where the question is to be found exactly only, or there is no encoder yet."""
        embed = self._encoder()
        if embed is None or not _is_unicode(question.text):
            return None
        try:
            if not self._judge.looks(question.text, embed):
                return None
            values = embed.embed([question.text])[0].astype("<f4").tobytes()
        except Exception:  # whatever ails an encoder or a guard, the prompt is answered without
            return None
        return Vector(space=embed.space, values=values)

    def _put(self, entry: Entry) -> bool:
        self._store.put(entry)
        return True

    def _quietly(self, pause: Pause, work: Callable[[], T]) -> T | None:
        if pause.lasts(self._clock()):
            return None
        try:
            done = work()
        except StorageError as error:
            pause.begin(error, self._clock())
            return None
        pause.end()
        return done

    def _now(self) -> int:
        return round(self._clock() * 1000)

    def _hit(self, found: Found) -> Hit:
        answer = found.answer
        return Hit(
            entry_id=found.id,
            text=answer.text,
            provider=answer.provider,
            model=answer.model,
            local=answer.local,
            similarity=found.similarity,
            age_s=max(0.0, self._clock() - found.created / 1000),
            usage=answer.usage,
            cost_then=answer.cost,
        )


def _is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which JSON can carry and neither UTF-8 nor SQLite can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
