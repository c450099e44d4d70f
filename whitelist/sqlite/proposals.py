"""Proposals in the database that every process of this user shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage import Database
from whitelist.errors import Unusable
from whitelist.plain import one_line
from whitelist.policy import Whitelist, check
from whitelist.proposals import LIFETIME_SECONDS, Proposal, new_id, within_rate
from whitelist.resources import canonical_name, resource_type
from whitelist.sqlite.rows import HOUR_MS, KEPT_MS, unused

_READ = (
    "select id, resource_type, resource_name, reason, caller, created, expires, state "
    "from proposals"
)


class SqliteProposals:
    """`Proposals` in the table that storage's migrations made.

    `clock` gives Unix seconds, `new_id` an id that nobody can guess, `whitelist` what is allowed
    now, `aliases` the host that a provider's name stands for.
    """

    def __init__(
        self,
        database: Database,
        *,
        whitelist: Callable[[], Whitelist],
        clock: Callable[[], float],
        new_id: Callable[[], str] = new_id,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._database = database
        self._whitelist = whitelist
        self._clock = clock
        self._new_id = new_id
        self._aliases = aliases

    def propose(self, resource_type: str, resource_name: str, reason: str, caller: str) -> Proposal:
        """See `Proposals.propose`."""
        asked = self._asked(resource_type, resource_name, reason, caller)
        if check(asked.resource_type, asked.resource_name, self._whitelist()).allowed:
            return replace(asked, state="allowed")
        entry = (asked.resource_type, asked.resource_name)
        with self._database.transaction() as db:
            db.execute("delete from proposals where expires < ?", (asked.created - KEPT_MS,))
            for other in self.pending():
                if (other.resource_type, other.resource_name) == entry:
                    return other
            recent = db.execute(
                "select caller from proposals where created > ?", (asked.created - HOUR_MS,)
            ).fetchall()
            within_rate(sum(row[0] == asked.caller for row in recent), len(recent), of="proposals")
            return self._insert(db, asked)

    def pending(self) -> list[Proposal]:
        """See `Proposals.pending`."""
        now = self._now()
        rows = self._database.rows(
            _READ + " where state = 'pending' and expires > ? order by created, id", (now,)
        )
        return [_proposal(row, now) for row in rows]

    def get(self, proposal_id: str) -> Proposal | None:
        """See `Proposals.get`."""
        rows = self._database.rows(_READ + " where id = ?", (_typed(proposal_id),))
        return _proposal(rows[0], self._now()) if rows else None

    def decide(self, proposal_id: str, *, approved: bool) -> Proposal:
        """See `Proposals.decide`."""
        state = "approved" if approved else "rejected"
        with self._database.transaction() as db:
            changed = db.execute(
                "update proposals set state = ? "
                "where id = ? and state = 'pending' and expires > ? returning id",
                (state, _typed(proposal_id), self._now()),
            ).fetchall()
            decided = self.get(proposal_id) if changed else None
        if decided is None:
            raise Unusable(
                f"No proposal `{one_line(proposal_id, limit=20)}` waits for a decision.",
                fix="Run `homeward approve` to see those that do.",
            )
        return decided

    def _asked(self, type_word: str, name: str, reason: str, caller: str) -> Proposal:
        kind = resource_type(type_word)
        now = self._now()
        return Proposal(
            id="",
            resource_type=kind,
            resource_name=canonical_name(kind, name, self._aliases),
            reason=one_line(reason, limit=300),
            caller=one_line(caller, limit=80),
            created=now,
            expires=now + LIFETIME_SECONDS * 1000,
            state="pending",
        )

    def _insert(self, db: Any, asked: Proposal) -> Proposal:
        given = replace(asked, id=unused(db, self._new_id))
        db.execute(
            "insert into proposals (id, resource_type, resource_name, reason, caller, "
            "created, expires, state) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                given.id,
                given.resource_type,
                given.resource_name,
                given.reason,
                given.caller,
                given.created,
                given.expires,
                given.state,
            ),
        )
        return given

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _typed(proposal_id: str) -> str:
    return proposal_id.strip().lower()


def _proposal(row: Sequence[Any], now: int) -> Proposal:
    kind, name, reason, caller, created, expires, state = row[1:]
    return Proposal(
        id=row[0],
        resource_type=kind,
        resource_name=name,
        reason=reason,
        caller=caller,
        created=created,
        expires=expires,
        state="expired" if state == "pending" and expires <= now else state,
    )
