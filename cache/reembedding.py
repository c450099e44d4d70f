"""Gives stored questions a vector of the encoder in use: behind everybody's back, and gently."""

import os
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from cache.embed import Embed
from cache.store import Store, Vector
from vocabulary import HomewardError

BATCH = 32
LEASE_MS = 60_000
_LEASE = "re-embedding "


class Reembedding:
    """Run it in a thread of its own, with an encoder that is ready.

    Another model or precision is another vector space, in which no stored question is found until
    it has a vector there; nor is one that was kept before the encoder was loaded. `looks` says
    which questions may be found by likeness at all. One process does it for all; `clock` gives
    Unix seconds.
    """

    def __init__(
        self,
        store: Store,
        *,
        looks: Callable[[str, Embed], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._looks, self._clock = store, looks, clock
        self._stop = threading.Event()
        self._owner = f"{os.getpid()} {uuid4().hex}"
        self._progress: str | None = None

    @property
    def progress(self) -> str | None:
        """What has been done, or why it ended, in a sentence; None: nothing was there to do."""
        return self._progress

    def stop(self) -> None:
        """Let `run` return within a text's time and touch the store no more; what it did stays."""
        self._stop.set()

    def run(self, embed: Embed) -> None:
        """Return when every question that looks has its vector, when stopped, or on trouble.

        What a first search would wait for is read before. It never raises: the encoder and exact
        repeats work without this.
        """
        lease = _LEASE + embed.space
        try:
            while not self._stop.is_set() and self._store.warm(embed.space):
                pass
            while not self._lease(lease):
                self._progress = "Another process gives stored questions their vectors."
                if self._stop.wait(LEASE_MS / 1000):
                    return
            self._progress = None
            self._place_all(embed, lease)
            if not self._stop.is_set():
                self._store.release(lease, owner=self._owner)
        except HomewardError as error:
            self._progress = f"Re-embedding ended early, the next start goes on: {error.what}"
        except Exception as error:  # the top of a thread: nobody above could tell the person
            self._progress = f"Re-embedding ended early ({type(error).__name__})."

    def _lease(self, key: str) -> bool:
        now = round(self._clock() * 1000)
        return self._store.lease(key, owner=self._owner, now=now, until=now + LEASE_MS)

    def _place_all(self, embed: Embed, lease: str) -> None:
        after = done = 0
        while batch := self._store.unplaced(embed.space, limit=BATCH, after=after):
            for after, question in batch:
                if self._stop.is_set():
                    return
                done += self._place(embed, after, question)
            if done:
                self._progress = f"Stored questions given a vector of {embed.space}: {done}."
            if not self._lease(lease):  # this machine slept, and another process took over
                return

    def _place(self, embed: Embed, number: int, question: str) -> bool:
        """One short transaction, then a rest as long as the work: others have half of the time."""
        began = time.monotonic()
        placed = False
        if self._looks(question, embed):
            [values] = embed.embed([question])
            vector = Vector(space=embed.space, values=values.astype("<f4").tobytes())
            placed = not self._stop.is_set() and self._store.place(number, vector)
        self._stop.wait(time.monotonic() - began)
        return placed
