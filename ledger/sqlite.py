"""The books in SQLite: every change of a line and of its day's totals is one transaction."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from ledger.budgets import Budget, Committed, Left, left_of, too_small
from ledger.days import day_of, month_of, renewals
from ledger.entry import Entry, Outcome, Reservation
from ledger.errors import OverBudget
from ledger.money import dollars
from ledger.processes import is_gone, this_process
from ledger.reports import By, Period, Report, bounds, summed
from ledger.reports.sqlite import groups, milliseconds
from storage import Database
from vocabulary import Money

HOLD_FOR = timedelta(hours=2)
"""Longer than any attempt may take; a hold older than this belongs to nobody."""

_COMMITTED = """
    select coalesce(sum(held + spent) filter (where day = ?1), 0), coalesce(sum(held + spent), 0)
    from spend where day between ?2 and ?3
"""

_INSERT = """
    insert into attempts (
        id, request_id, number, at, day, caller, task, strategy, profile, provider, local,
        model_asked, fallback_from, held, owner, expires, outcome, model_served,
        input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,
        price_source, cost, baseline, first_token_ms, total_ms, cached
    ) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
"""

_SETTLE = """
    update attempts set
        outcome = ?, model_served = ?,
        input_tokens = ?, output_tokens = ?, cached_tokens = ?, cache_write_tokens = ?,
        reasoning_tokens = ?,
        price_source = ?, cost = ?, baseline = ?, first_token_ms = ?, total_ms = ?, cached = ?
    where id = ?
"""

_BOOK = """
    insert into spend (day, held, spent) values (?1, ?2, ?3)
    on conflict (day) do update set held = held + ?2, spent = spent + ?3
"""

_NOTHING_YET = ("open", "", 0, 0, 0, 0, 0, "", 0, 0, None, None, "no")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteLedger:
    """`Ledger` on the home database.

    `zone` is the person's time zone, None for the computer's own. `owner` names this process in
    the books, and `gone` tells of such a name whether its process is certainly dead.

    `spend` holds one row a day, the sums of that day's lines: what is left of a budget is read
    from at most 31 rows, however many lines there are.
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

    def reserve(self, entry: Entry, budget: Budget) -> Reservation:
        day = day_of(entry.at, self._zone)
        with self._database.transaction(durable=True) as db:
            _refuse_what_does_not_fit(entry.worst_case, self._left_on(day, budget))
            line = self._line(entry, day, expires=_ms(entry.at + HOLD_FOR))
            db.execute(_INSERT, (*line, *_NOTHING_YET))
            db.execute(_BOOK, (day.isoformat(), entry.worst_case, 0))
        return Reservation(entry_id=entry.id, day=day, held=entry.worst_case)

    def settle(self, reservation: Reservation, outcome: Outcome) -> None:
        with self._database.transaction(durable=True) as db:
            found = db.execute(
                "select day, iif(outcome = 'open', held, 0), cost from attempts"
                " where id = ? and outcome in ('open', 'lost')",
                (reservation.entry_id,),
            ).fetchone()
            if found is None:
                return
            day, held, booked = found
            db.execute(_SETTLE, (*_columns(outcome), reservation.entry_id))
            db.execute(_BOOK, (day, -held, outcome.cost - booked))

    def note(self, entry: Entry, outcome: Outcome) -> None:
        day = day_of(entry.at, self._zone)
        with self._database.transaction(durable=outcome.cost > 0) as db:
            db.execute(_INSERT, (*self._line(entry, day, expires=None), *_columns(outcome)))
            if outcome.cost:
                db.execute(_BOOK, (day.isoformat(), 0, outcome.cost))

    def recover(self) -> int:
        if not self._stale():
            return 0
        with self._database.transaction(durable=True) as db:
            stale = self._stale()
            for entry_id, day, held in stale:
                db.execute(
                    "update attempts set outcome = 'lost', cost = held,"
                    " price_source = 'worst case' where id = ?",
                    (entry_id,),
                )
                db.execute(_BOOK, (day, -held, held))
        return len(stale)

    def left(self, budget: Budget) -> Left:
        return self._left_on(day_of(self._now(), self._zone), budget)

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

    def _line(self, entry: Entry, day: date, *, expires: int | None) -> tuple[Any, ...]:
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
            entry.fallback_from,
            entry.worst_case,
            self._owner,
            expires,
        )

    def _left_on(self, day: date, budget: Budget) -> Left:
        first, last = month_of(day)
        ((on_day, in_month),) = self._database.rows(
            _COMMITTED, (day.isoformat(), first.isoformat(), last.isoformat())
        )
        committed = Committed(day=on_day, month=in_month)
        return left_of(budget, committed, renewals(day, self._zone))

    def _stale(self) -> list[tuple[str, str, Money]]:
        """Open lines whose process is gone, or that nobody can still be working on."""
        now = _ms(self._now())
        rows = self._database.rows(
            "select id, day, held, owner, expires from attempts where outcome = 'open'"
        )
        gone = {owner for owner in {row[3] for row in rows} if self._gone(owner)}
        return [row[:3] for row in rows if row[3] in gone or row[4] < now]


def _refuse_what_does_not_fit(worst_case: Money, left: Left) -> None:
    period = too_small(worst_case, left)
    if period is None:
        return
    rest, renews = (
        (left.day, left.day_renews) if period == "day" else (left.month, left.month_renews)
    )
    raise OverBudget(
        f"This call could cost {dollars(worst_case)}, and {dollars(rest or Money(0))} is left of "
        f"the budget for {'today' if period == 'day' else 'this month'}.",
        fix=f"It renews on {renews:%Y-%m-%d at %H:%M %Z}. Until then ask a local model, lower "
        "max_tokens, or raise the budget in homeward.toml.",
        worst_case=worst_case,
        left=left,
    )


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
        outcome.first_token_ms,
        outcome.total_ms,
        outcome.cached,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
