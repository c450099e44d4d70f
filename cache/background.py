"""Loads the encoder while everything else already runs: nobody waits for it."""

import threading
from collections.abc import Callable

from cache.embed import Embed
from vocabulary import HomewardError


class BackgroundEmbed:
    """An encoder that is on its way. `load` runs once, in a thread that never holds up an exit.

    `then` is given the encoder in the same thread, once everybody else may use it.
    """

    def __init__(
        self, load: Callable[[], Embed], *, then: Callable[[Embed], None] | None = None
    ) -> None:
        self._load, self._then = load, then
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._done = threading.Event()
        self._ready: Embed | None = None
        self._failure: str | None = None

    @property
    def ready(self) -> Embed | None:
        """The encoder, once it is there."""
        return self._ready

    @property
    def failure(self) -> str | None:
        """Why it will never be there, and what to do about it, once that is known."""
        return self._failure

    def start(self) -> None:
        """Begin, if it has not begun; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="homeward-encoder", daemon=True
                )
                self._thread.start()

    def wait(self, timeout: float | None = None) -> Embed | None:
        """The encoder, or None if it failed or `timeout` seconds were not enough."""
        self.start()
        self._done.wait(timeout)
        return self._ready

    def join(self, timeout: float) -> None:
        """Give the thread so many seconds to end, after whatever `then` does was told to stop."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        try:
            self._ready = self._load()
        except HomewardError as error:
            self._failure = str(error)
        except Exception as error:  # the top of a thread: nobody above could tell the person
            self._failure = (
                f"The encoder could not be loaded ({type(error).__name__}); "
                "only exact repeats come from the cache. `homeward doctor` looks further."
            )
        finally:
            self._done.set()
        if self._ready is not None and self._then is not None:
            self._then(self._ready)
