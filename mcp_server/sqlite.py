"""Tickets in the home database."""

from collections.abc import Callable

from mcp_server.tickets import Row, State
from storage import Database


class SqliteTickets:
    """`TicketStore` on SQLite. Expired tickets are removed whenever a new one is put."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, ticket_hash: str, *, now: float, expires: float) -> None:
        with self._database.transaction(durable=False) as db:
            db.execute("delete from tickets where expires < ?", (_ms(now),))
            db.execute(
                "insert into tickets (id, created, expires, heartbeat, state)"
                " values (?, ?, ?, ?, 'running')",
                (ticket_hash, _ms(now), _ms(expires), _ms(now)),
            )

    def beat(self, ticket_hash: str, *, now: float) -> None:
        with self._database.transaction(durable=False) as db:
            db.execute("update tickets set heartbeat = ? where id = ?", (_ms(now), ticket_hash))

    def finish(self, ticket_hash: str, state: State, sealed: bytes, *, now: float) -> None:
        with self._database.transaction(durable=False) as db:
            db.execute(
                "update tickets set state = ?, sealed = ?, heartbeat = ? where id = ?",
                (state, sealed, _ms(now), ticket_hash),
            )

    def get(self, ticket_hash: str, *, now: float) -> Row | None:
        rows = self._database.rows(
            "select state, heartbeat, sealed from tickets where id = ? and expires >= ?",
            (ticket_hash, _ms(now)),
        )
        return (
            Row(state=rows[0][0], heartbeat=rows[0][1] / 1000, sealed=rows[0][2]) if rows else None
        )

    def forget(self, chosen: Callable[[int], bool], *, dry_run: bool = False) -> int:
        """Remove the tickets made at a chosen time (Unix milliseconds), or count them.

        Their results are sealed, so nobody can choose them by their words.
        """
        with self._database.transaction() as db:
            rows = self._database.rows("select id, created from tickets")
            gone = [(key,) for key, created in rows if chosen(created)]
            if not dry_run:
                db.executemany("delete from tickets where id = ?", gone)
        return len(gone)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
