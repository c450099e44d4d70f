"""Answers slower than a host waits: the work goes on, and a ticket fetches the rest.

A ticket is also the key: the database holds its hash and the result sealed with it, so whoever
reads the file reads nothing, and any process of the same user can redeem it.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from vocabulary import HomewardError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEEP_S = 3600
"""How long a result waits to be fetched."""
ALIVE_S = 30
"""A worker that has not said for this long that it works is gone."""

State = Literal["running", "done", "failed"]


class UnknownTicket(HomewardError):
    """No such ticket: mistyped, fetched long ago, or its process ended before it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ticket as stored. Times are Unix seconds; `sealed` is ciphertext."""

    state: State
    heartbeat: float
    sealed: bytes | None


class TicketStore(Protocol):
    """Knows the database, not what a ticket means."""

    def put(self, ticket_hash: str, *, now: float, expires: float) -> None: ...

    def beat(self, ticket_hash: str, *, now: float) -> None: ...

    def finish(self, ticket_hash: str, state: State, sealed: bytes, *, now: float) -> None: ...

    def get(self, ticket_hash: str, *, now: float) -> Row | None: ...


class Tickets:
    """Hands out tickets, keeps their results sealed, and opens them again."""

    def __init__(self, store: TicketStore, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def issue(self) -> str:
        """A new ticket, for work that goes on in this process."""
        ticket = secrets.token_urlsafe(24)
        now = self._clock()
        self._store.put(_hash(ticket), now=now, expires=now + KEEP_S)
        return ticket

    def beat(self, ticket: str) -> None:
        """Say that the work still goes on."""
        self._store.beat(_hash(ticket), now=self._clock())

    def finish(self, ticket: str, text: str, *, failed: bool = False) -> None:
        """Keep the result (or the sentence of the failure) until it is fetched or expires."""
        sealed = _box(ticket).encrypt(text.encode())
        state: State = "failed" if failed else "done"
        self._store.finish(_hash(ticket), state, sealed, now=self._clock())

    def look(self, ticket: str) -> tuple[State, str]:
        """How the work stands, and its result once there is one.

        Raises:
            UnknownTicket: nothing to fetch, now or later.
        """
        now = self._clock()
        row = self._store.get(_hash(ticket), now=now)
        if row is None:
            raise UnknownTicket(
                "There is no such ticket, or it has expired (tickets last an hour).",
                fix="Send the prompt again with route_prompt.",
            )
        if row.state == "running" and now - row.heartbeat > ALIVE_S:
            raise UnknownTicket(
                "The process that worked on this ticket ended before it was done.",
                fix="Send the prompt again with route_prompt.",
            )
        return row.state, _box(ticket).decrypt(row.sealed).decode() if row.sealed else ""


def _hash(ticket: str) -> str:
    return hashlib.sha256(b"homeward ticket id\0" + ticket.encode()).hexdigest()


def _box(ticket: str) -> "Fernet":
    from cryptography.fernet import Fernet  # on first use: most processes never seal anything

    key = hashlib.sha256(b"homeward ticket key\0" + ticket.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
