"""Which answer was served to which request, and for which question a moment ago; known to all."""

from cache.hit import Hit
from cache.key import Question, digest_of, exact_key
from cache.quiet import Quiet
from cache.store import Given

AGAIN_S = 15 * 60
"""Who asks for a fresh answer this soon after a stored one was served was not content with it."""

_SERVED, _ASKING = "served", "asking"


class Served:
    """Marks that last 15 minutes: leases in the store that nobody gives back; and notes of who was
    served, that last for weeks. Never fails.
    """

    def __init__(self, quiet: Quiet) -> None:
        self._quiet = quiet

    def mark(self, question: Question, hit: Hit, *, now: int, request_id: str) -> None:
        key = _key(question, hit)
        self._quiet.write(
            lambda store: store.lease(key, owner=_SERVED, now=now, until=now + AGAIN_S * 1000)
        )
        if not request_id:
            return
        given = Given(
            request_id=request_id,
            entry_id=hit.entry_id,
            similarity=1.0 if hit.similarity is None else hit.similarity,
            confidence=1.0 if hit.confidence is None else hit.confidence,
            mark=key,
            at=now,
        )
        self._quiet.write(lambda store: store.give(given))

    def take(self, question: Question, hit: Hit, *, now: int) -> bool:
        """Whether the hit was marked for this question. It is not any more."""
        key = _key(question, hit)
        free = self._quiet.write(lambda store: store.lease(key, owner=_ASKING, now=now, until=now))
        if free is not False:
            return False
        self._quiet.write(lambda store: store.release(key, owner=_SERVED))
        return True


def _key(question: Question, hit: Hit) -> str:
    return digest_of(["served", exact_key(question), hit.entry_id])
