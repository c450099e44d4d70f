"""Which answer was served for which question a moment ago, known to every process."""

from cache.hit import Hit
from cache.key import Question, digest_of, exact_key
from cache.quiet import Quiet

AGAIN_S = 15 * 60
"""Who asks for a fresh answer this soon after a stored one was served was not content with it."""

_SERVED, _ASKING = "served", "asking"


class Served:
    """Marks that last 15 minutes: leases in the store that nobody gives back. Never fails."""

    def __init__(self, quiet: Quiet) -> None:
        self._quiet = quiet

    def mark(self, question: Question, hit: Hit, *, now: int) -> None:
        key = _key(question, hit)
        self._quiet.write(
            lambda store: store.lease(key, owner=_SERVED, now=now, until=now + AGAIN_S * 1000)
        )

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
