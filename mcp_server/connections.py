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

    Where there are too many, one is closed for the new one: that which has waited longest for its
    client; if none waits, the oldest stream that a GET has opened, then the oldest answer.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._answered: object = None
        self._since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CROWD:
            self._make_room()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._answered is not self.cycle:
            self._answered, self._since = self.cycle, self.loop.time()
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
        others = [
            each
            for each in self.connections
            if isinstance(each, BoundedConnection) and each is not self
        ]
        least = min(others, key=BoundedConnection._worth, default=self)
        self.connections.discard(least)
        if least.waits_until is None:
            least.transport.abort()  # a client that does not read would keep it from closing
        else:
            least.transport.close()

    def _worth(self) -> tuple[int, float]:
        """Orders those that can be closed for another: the least worth first."""
        waits_until = self.waits_until
        if waits_until is not None:
            return 0, waits_until
        stream = self._answered is not None and self.scope["method"] == "GET"
        return (1 if stream else 2), self._since
