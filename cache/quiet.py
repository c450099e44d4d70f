"""The store, for those who go on when it fails: a prompt is answered without a cache as well."""

from collections.abc import Callable
from typing import TypeVar

from cache.pause import Pause
from cache.store import Store
from storage import StorageError

T = TypeVar("T")


class Quiet:
    """Reads and writes; after a failure each rests for a minute, gives None, and `notice` says why.

    `clock` gives Unix seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._reading, self._writing = Pause(), Pause()

    @property
    def notice(self) -> str | None:
        """What a person should know, in whole sentences; None: all is well."""
        said = (self._store.notice, self._reading.notice, self._writing.notice)
        return " ".join(dict.fromkeys(filter(None, said))) or None

    def read(self, work: Callable[[Store], T]) -> T | None:
        return self._quietly(self._reading, work)

    def write(self, work: Callable[[Store], T]) -> T | None:
        return self._quietly(self._writing, work)

    def wrote(self, work: Callable[[Store], object]) -> bool:
        """Whether something could be written."""

        def done(store: Store) -> bool:
            work(store)
            return True

        return self.write(done) is True

    def lease(self, key: str, *, owner: str, now: int, until: int) -> bool:
        """As `inflight.Leases` says; where the store cannot tell, everybody may ask."""
        mine = self.write(lambda store: store.lease(key, owner=owner, now=now, until=until))
        return mine is not False

    def release(self, key: str, *, owner: str) -> None:
        self.write(lambda store: store.release(key, owner=owner))

    def _quietly(self, pause: Pause, work: Callable[[Store], T]) -> T | None:
        if pause.lasts(self._clock()):
            return None
        try:
            done = work(self._store)
        except StorageError as error:
            pause.begin(error, self._clock())
            return None
        pause.end()
        return done
