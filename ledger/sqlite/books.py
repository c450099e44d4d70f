"""The books in SQLite: every change of a line and of its day's totals is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from ledger.budgets import (
    NO_LIMITS,
    Budget,
    Left,
    Limit,
    Notice,
    Scope,
    left_of,
    notices,
    too_small,
)
from ledger.days import day_of, renewals
from ledger.entry import Entry, Outcome, Reservation
from ledger.errors import OverBudget
from ledger.money import dollars
from ledger.processes import is_gone, this_process
from ledger.reports import By, Period, Report, bounds, summed
from ledger.reports.sqlite import groups, milliseconds
from ledger.restraint import Pace
from ledger.sqlite.spend import book, pace, spent_and_committed
from ledger.sqlite.totals import retotalled
from storage import Database
from vocabulary import Money

HOLD_FOR = timedelta(hours=2)
"""Longer than any attempt may take; a hold older than this belongs to nobody."""

NOBODY = "nobody"
"""Holds what no process works on: the provider does, until a time that was agreed."""

_INSERT = """
    insert into attempts (
        id, request_id, number, at, day, caller, task, strategy, profile, provider, local,
        model_asked, tier, fallback_from, escalated, arm, held, owner, expires, outcome,
        model_served, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, price_source, cost, baseline, baseline_model, first_token_ms, total_ms,
        cached
    ) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
"""

_SETTLE = """
    update attempts set
        outcome = ?, model_served = ?,
        input_tokens = ?, output_tokens = ?, cached_tokens = ?, cache_write_tokens = ?,
        reasoning_tokens = ?,
        price_source = ?, cost = ?, baseline = ?, baseline_model = ?, first_token_ms = ?,
        total_ms = ?, cached = ?
    where id = ?
"""

_NOTHING_YET = ("open", "", 0, 0, 0, 0, 0, "", 0, 0, "", None, None, "no")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteLedger:
    """`Ledger` on the home database.

    `zone` is the person's time zone, None for the computer's own. `owner` names this process in
    the books, and `gone` tells of such a name whether its process is certainly dead.

    What is left of a budget is read from the sums by day in `spend`, and reports from `totals` and
    `waits`: neither grows with the number of lines. Both change in the transaction of the line.
    """

    def __init__(
        self,
        database: Database,
        *,
        zone: tzinfo | None = None,
        now: Callable[[], datetime] = _utc_now,
        owner: str | None = None,
        gone: Callable[[str], bool] = is_gone,
    ) -> None:
        self._database = database
        self._zone = zone
        self._now = now
        self._owner = this_process() if owner is None else owner
        self._gone = gone

    def reserve(
        self, entry: Entry, budget: Budget, *, until: datetime | None = None
    ) -> Reservation:
        day = day_of(entry.at, self._zone)
        owner, expires = (self._owner, entry.at + HOLD_FOR) if until is None else (NOBODY, until)
        with self._database.transaction(durable=True) as db:
            _refuse_what_does_not_fit(entry, self._left_on(day, budget))
            line = self._line(entry, day, owner=owner, expires=_ms(expires))
            db.execute(_INSERT, (*line, *_NOTHING_YET))
            book(db, day.isoformat(), entry.scopes, held=entry.worst_case, spent=0)
        return Reservation(entry_id=entry.id, day=day, held=entry.worst_case)

    def settle(
        self, reservation: Reservation, outcome: Outcome, budget: Budget = NO_LIMITS
    ) -> tuple[Notice, ...]:
        with self._database.transaction(durable=True) as db:
            found = db.execute(
                f"select request_id, day, iif(outcome = 'open', held, 0), cost, {_SCOPES}"  # noqa: S608
                " from attempts where id = ? and outcome in ('open', 'lost')",
                (reservation.entry_id,),
            ).fetchone()
            if found is None:
                return ()
            request_id, on, held, booked, *names = found
            with retotalled(db, request_id):
                db.execute(_SETTLE, (*_columns(outcome), reservation.entry_id))
            more, scopes = Money(outcome.cost - booked), _scopes(names)
            book(db, on, scopes, held=-held, spent=more)
            return self._passed(date.fromisoformat(on), budget, scopes, more)

    def note(
        self, entry: Entry, outcome: Outcome, budget: Budget = NO_LIMITS
    ) -> tuple[Notice, ...]:
        day = day_of(entry.at, self._zone)
        with self._database.transaction(durable=outcome.cost > 0) as db:
            with retotalled(db, entry.request_id):
                line = self._line(entry, day, owner=self._owner, expires=None)
                db.execute(_INSERT, (*line, *_columns(outcome)))
            book(db, day.isoformat(), entry.scopes, held=0, spent=outcome.cost)
            return self._passed(day, budget, entry.scopes, outcome.cost)

    def stood(self, entry_id: str) -> None:
        with self._database.transaction(durable=False) as db:
            for (request_id,) in db.execute(
                "select request_id from attempts where id = ?", (entry_id,)
            ).fetchall():
                with retotalled(db, str(request_id)):
                    db.execute("update attempts set stood = 1 where id = ?", (entry_id,))

    def recover(self) -> int:
        if not self._stale():
            return 0
        with self._database.transaction(durable=True) as db:
            stale = self._stale()
            for entry_id, request_id, day, held, *names in stale:
                with retotalled(db, request_id):
                    db.execute(
                        "update attempts set outcome = 'lost', cost = held,"
                        " price_source = 'worst case' where id = ?",
                        (entry_id,),
                    )
                book(db, day, _scopes(names), held=-held, spent=held)
        return len(stale)

    def left(self, budget: Budget) -> Left:
        return self._left_on(day_of(self._now(), self._zone), budget)

    def pace(self) -> Pace:
        return pace(self._database, day_of(self._now(), self._zone))

    def report(self, period: Period, by: By, budget: Budget) -> Report:
        days = bounds(period, day_of(self._now(), self._zone))
        return summed(
            period,
            by,
            days,
            groups(self._database, days, by),
            ms=milliseconds(self._database, days),
            left=self.left(budget),
        )

    def _line(self, entry: Entry, day: date, *, owner: str, expires: int | None) -> tuple[Any, ...]:
        return (
            entry.id,
            entry.request_id,
            entry.number,
            _ms(entry.at),
            day.isoformat(),
            entry.caller,
            entry.task,
            entry.strategy,
            entry.profile,
            entry.provider,
            int(entry.local),
            entry.model_asked,
            entry.tier,
            entry.fallback_from,
            int(entry.escalated),
            entry.arm,
            entry.worst_case,
            owner,
            expires,
        )

    def _left_on(self, day: date, budget: Budget) -> Left:
        spent, committed = spent_and_committed(self._database, day, budget)
        return left_of(budget, renewals(day, self._zone), spent=spent, committed=committed)

    def _passed(
        self, day: date, budget: Budget, scopes: Mapping[Scope, str], cost: Money
    ) -> tuple[Notice, ...]:
        """The marks that a cost has passed, inside the transaction that booked it: each is told by
        one call of one process.
        """
        if cost <= 0 or budget == NO_LIMITS:
            return ()
        spent, _ = spent_and_committed(self._database, day, budget)
        return notices(budget, spent, scopes, cost)

    def _stale(self) -> list[tuple[Any, ...]]:
        """Open lines whose process is gone, or that nobody can still be working on."""
        now = _ms(self._now())
        rows = self._database.rows(
            f"select owner, expires, id, request_id, day, held, {_SCOPES}"  # noqa: S608
            " from attempts where outcome = 'open'"
        )
        owners = {row[0] for row in rows} - {NOBODY}
        gone = {owner for owner in owners if self._gone(owner)}
        return [row[2:] for row in rows if row[0] in gone or row[1] < now]


_SCOPES = "provider, caller, task, tier"
"""The columns that limits can be for."""


def _scopes(names: Sequence[str]) -> Mapping[Scope, str]:
    provider, caller, task, tier = names
    return {"provider": provider, "caller": caller, "task": task, "tier": tier}


def _refuse_what_does_not_fit(entry: Entry, left: Left) -> None:
    broken = too_small(entry.worst_case, left, entry.scopes)
    if broken is None:
        return
    raise OverBudget(
        f"This call could cost {dollars(entry.worst_case)}, and {dollars(broken.left)} is left of "
        f"the budget for {_in_words(broken.limit)}"
        f"{'today' if broken.period == 'day' else 'this month'}.",
        fix=f"It renews on {broken.renews:%Y-%m-%d at %H:%M %Z}. Until then ask a local model, "
        "lower max_tokens, or raise the budget in homeward.toml.",
        worst_case=entry.worst_case,
        left=left,
    )


def _in_words(limit: Limit | None) -> str:
    return "" if limit is None else f"{limit.scope} {limit.name}, "


def _columns(outcome: Outcome) -> tuple[Any, ...]:
    used = outcome.usage
    return (
        outcome.result,
        outcome.model_served,
        used.input_tokens,
        used.output_tokens,
        used.cached_tokens,
        used.cache_write_tokens,
        used.reasoning_tokens,
        outcome.price_source,
        outcome.cost,
        outcome.baseline,
        outcome.baseline_model,
        outcome.first_token_ms,
        outcome.total_ms,
        outcome.cached,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
