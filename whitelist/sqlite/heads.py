"""The head of the audit log, kept where a hand that cuts the log does not reach by accident."""

from storage import Database
from whitelist.audit_chain import Head


class SqliteHeads:
    """`Heads` in the home database: one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Head | None:
        rows = self._database.rows("select count, mac, seal from audit_head")
        return Head(count=rows[0][0], mac=rows[0][1], seal=rows[0][2]) if rows else None

    def write(self, head: Head) -> None:
        with self._database.transaction(durable=head.count == 0) as db:
            db.execute(
                "insert into audit_head (id, count, mac, seal) values (1, ?, ?, ?) "
                "on conflict (id) do update set count = excluded.count, mac = excluded.mac, "
                "seal = excluded.seal",
                (head.count, head.mac, head.seal),
            )

    def clear(self) -> None:
        with self._database.transaction() as db:
            db.execute("delete from audit_head")
