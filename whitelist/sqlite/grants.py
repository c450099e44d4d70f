"""Questions to the person, and what was allowed, in the home database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage import Database
from whitelist import hosts
from whitelist.errors import Unusable
from whitelist.grants import (
    ASK_SECONDS,
    GRANT_SECONDS,
    HOST_SECONDS,
    Ask,
    Channel,
    Form,
    Grant,
    choices,
    one_host,
)
from whitelist.plain import one_line
from whitelist.proposals import new_id, within_rate
from whitelist.sqlite.asks import READ, ask_of, insert, shown
from whitelist.sqlite.rows import HOUR_MS, KEPT_MS, unused

_GRANT = "select id, ask_id, destination, form, expires from grants"


class SqliteGrants:
    """`Grants` in the tables that storage's migrations made.

    `clock` gives Unix seconds, `new_id` an id that nobody can guess.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        new_id: Callable[[], str] = new_id,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def ask(
        self,
        *,
        fingerprint: str,
        destination: str,
        model: str,
        task: str,
        counts: Mapping[str, int],
        samples: Sequence[str],
        forms: Sequence[Form],
        documents: Sequence[str],
        caller: str,
    ) -> Ask:
        """See `Grants.ask`."""
        now = self._now()
        asked = Ask(
            id="",
            fingerprint=fingerprint,
            destination=hosts.destination(destination).name,
            model=one_line(model, limit=120),
            task=one_line(task, limit=80),
            counts={kind: int(number) for kind, number in counts.items()},
            samples=shown(samples),
            forms=choices(forms, counts),
            documents=shown(documents),
            caller=one_line(caller, limit=80),
            created=now,
            expires=now + ASK_SECONDS * 1000,
            state="pending",
        )
        with self._database.transaction() as db:
            self._tidy(db, now)
            for other in self.pending():
                if (other.fingerprint, other.destination) == (fingerprint, asked.destination):
                    return other
            refused = db.execute(
                READ + " where state = 'refused' and fingerprint = ? and destination = ? "
                "and created > ? order by created desc limit 1",
                (fingerprint, asked.destination, now - HOUR_MS),
            ).fetchall()
            if refused:
                return ask_of(refused[0], now)
            recent = db.execute("select caller from asks where created > ?", (now - HOUR_MS,))
            callers = [row[0] for row in recent.fetchall()]
            within_rate(callers.count(asked.caller), len(callers), of="questions")
            return insert(db, replace(asked, id=unused(db, self._new_id)))

    def pending(self) -> list[Ask]:
        """See `Grants.pending`."""
        now = self._now()
        rows = self._database.rows(
            READ + " where state = 'pending' and expires > ? order by created, id", (now,)
        )
        return [ask_of(row, now) for row in rows]

    def get(self, ask_id: str) -> Ask | None:
        """See `Grants.get`."""
        rows = self._database.rows(READ + " where id = ?", (_typed(ask_id),))
        return ask_of(rows[0], self._now()) if rows else None

    def grant(self, ask_id: str, form: Form, *, channel: Channel) -> Grant:
        """See `Grants.grant`."""
        now = self._now()
        with self._database.transaction() as db:
            asked = self._decide(db, ask_id, "granted", channel, now)
            if form not in choices(asked.forms, asked.counts):
                raise Unusable(
                    "This text may not be sent in that form.",
                    fix="Choose one of the forms that `homeward approve` offers.",
                )
            given = Grant(
                id=unused(db, self._new_id),
                ask_id=asked.id,
                destination=asked.destination,
                form=form,
                expires=now + GRANT_SECONDS * 1000,
            )
            db.execute(
                "insert into grants (id, ask_id, fingerprint, destination, form, channel, "
                "created, expires) values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    given.id,
                    given.ask_id,
                    asked.fingerprint,
                    given.destination,
                    given.form,
                    channel,
                    now,
                    given.expires,
                ),
            )
        return given

    def refuse(self, ask_id: str, *, channel: Channel) -> Ask:
        """See `Grants.refuse`."""
        with self._database.transaction() as db:
            return self._decide(db, ask_id, "refused", channel, self._now())

    def standing(self, fingerprint: str) -> tuple[Grant, ...]:
        """See `Grants.standing`."""
        rows = self._database.rows(
            _GRANT + " where fingerprint = ? and ended is null and expires > ? order by created",
            (fingerprint, self._now()),
        )
        return tuple(
            Grant(id=row[0], ask_id=row[1], destination=row[2], form=row[3], expires=row[4])
            for row in rows
        )

    def spend(self, grant_id: str) -> bool:
        """See `Grants.spend`."""
        now = self._now()
        with self._database.transaction() as db:
            return bool(
                db.execute(
                    "update grants set ended = ?1 "
                    "where id = ?2 and ended is null and expires > ?1 returning id",
                    (now, grant_id),
                ).fetchall()
            )

    def allow_host(self, host: str, *, channel: Channel, seconds: float = HOST_SECONDS) -> str:
        """See `Grants.allow_host`."""
        name = one_host(host, seconds)
        now = self._now()
        with self._database.transaction() as db:
            db.execute(
                "insert into allowed_hosts (host, channel, created, expires) values (?, ?, ?, ?) "
                "on conflict (host) do update set channel = excluded.channel, "
                "created = excluded.created, expires = max(expires, excluded.expires)",
                (name, channel, now, now + int(seconds * 1000)),
            )
        return name

    def hosts(self) -> tuple[str, ...]:
        """See `Grants.hosts`."""
        rows = self._database.rows(
            "select host from allowed_hosts where expires > ? order by host", (self._now(),)
        )
        return tuple(row[0] for row in rows)

    def withdraw(self) -> int:
        """See `Grants.withdraw`."""
        now = self._now()
        with self._database.transaction() as db:
            ended = [
                *db.execute(
                    "update asks set state = 'withdrawn', ended = ?1 "
                    "where state = 'pending' and expires > ?1 returning id",
                    (now,),
                ).fetchall(),
                *db.execute(
                    "update grants set ended = ?1 "
                    "where ended is null and expires > ?1 returning id",
                    (now,),
                ).fetchall(),
                *db.execute(
                    "delete from allowed_hosts where expires > ? returning host", (now,)
                ).fetchall(),
            ]
        return len(ended)

    def forget(self, before: datetime | None) -> None:
        """See `Grants.forget`."""
        limit = int(before.timestamp() * 1000) if before is not None else 1 << 62
        with self._database.transaction() as db:
            for table in ("asks", "grants", "allowed_hosts"):
                db.execute(f"delete from {table} where created < ?", (limit,))  # noqa: S608

    def _decide(self, db: Any, ask_id: str, state: str, channel: Channel, now: int) -> Ask:
        changed = db.execute(
            "update asks set state = ?, channel = ?, ended = ? "
            "where id = ? and state = 'pending' and expires > ? returning id",
            (state, channel, now, _typed(ask_id), now),
        ).fetchall()
        decided = self.get(ask_id) if changed else None
        if decided is None:
            raise Unusable(
                f"No question `{one_line(ask_id, limit=20)}` waits for a decision.",
                fix="Run `homeward approve` to see those that do.",
            )
        return decided

    def _tidy(self, db: Any, now: int) -> None:
        for table in ("asks", "grants"):
            db.execute(
                f"delete from {table} where coalesce(ended, expires) < ?",  # noqa: S608
                (now - KEPT_MS,),
            )
        db.execute("delete from allowed_hosts where expires < ?", (now - KEPT_MS,))

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _typed(ask_id: str) -> str:
    return ask_id.strip().lower()
