"""HTTP connections that cannot be kept waiting: slow senders and crowds leave room for others."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE_REQUEST_S = 20.0
"""How long a client may take from its first byte, or from connecting, to the end of its body."""

CROWD = 200
"""Most connections that are open at once: below the 256 open files that macOS gives a process."""

HEADER_BYTES = 16_384
"""Most bytes of a request's line and headers."""


class BoundedConnection(H11Protocol):
    """A connection whose request must arrive whole in time.

    Where there are too many, the one that has waited longest for its client is closed for the new
    one; a connection that is being answered never is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CROWD:
            self._make_room()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    @property
    def waits_until(self) -> float | None:
        """When its client will have waited too long; None while it is being answered."""
        timer = self._late or self.timeout_keep_alive_task
        return None if timer is None else timer.when()

    def _watch(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._arrived()
        elif self._late is None:
            self._late = self.loop.call_later(WHOLE_REQUEST_S, self.transport.abort)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _make_room(self) -> None:
        others = [each for each in self.connections if isinstance(each, BoundedConnection)]
        waiting = [(until, each) for each in others if (until := each.waits_until) is not None]
        _, longest = min(waiting, key=lambda one: one[0], default=(0.0, self))
        self.connections.discard(longest)
        longest.transport.close()
