"""Whether a remembered answer may still be served: its model unchanged, its cloud still allowed."""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from anyio import from_thread

from cache import Hit, SemanticCache
from routing.fleet import Fleet
from routing.values import Model
from storage import StorageError
from switchboard.reading import Reading
from whitelist import Findings, Whitelist, WhitelistError, permit


class Servable(Protocol):
    """Asked from a worker thread."""

    def __call__(self, hit: Hit, reading: Reading) -> bool: ...


def version_of(model: Model) -> str:
    """What an answer is remembered with: the model's name, and its revision at home or the host
    that a prompt to it goes to.
    """
    return f"{model.name}@{model.revision if model.local else model.host}"


class StillServable:
    """Knows the models there are now, and what may leave now. Forgets answers of a model that was
    exchanged since.
    """

    def __init__(
        self, cache: SemanticCache, *, fleet: Fleet, whitelist: Callable[[], Whitelist]
    ) -> None:
        self._cache = cache
        self._fleet = fleet
        self._whitelist = whitelist

    def __call__(self, hit: Hit, reading: Reading) -> bool:
        name, _, rest = hit.model_version.rpartition("@")
        if not hit.local:
            return reading.wishes.prefer != "local" and self._allowed(rest, reading)
        if rest and self._exchanged(hit.provider, name, rest):
            with suppress(StorageError):  # it is not served; to be rid of it can wait
                self._cache.forget(hit.entry_id)
            return False
        return True

    def _allowed(self, host: str, reading: Reading) -> bool:
        """Whether such a prompt could go to that host today, leaving aside what is in it."""
        try:
            rules = self._whitelist()
        except (WhitelistError, StorageError):
            return False
        return all(permit(Findings(), kind, host, rules).allowed for kind in reading.kinds)

    def _exchanged(self, provider: str, name: str, revision: str) -> bool:
        """Whether the model there is under that name now is another; unknown is not another."""
        named = f"{provider}/{name}"
        models = from_thread.run(self._fleet.models)
        now = {model.revision for model in models if model.id == named}
        return bool(now - {"", revision})
