"""`Outcomes` on SQLite."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.learning.outcomes import (
    Choice,
    Experience,
    Learned,
    Outcome,
    Recent,
    UnknownRequest,
    unpacked,
)
from routing.learning.signals import SIGNALS, SignalName
from routing.learning.sqlite.rows import (
    EVERY,
    FEWER_OUTCOMES,
    INSERT,
    NEWEST,
    ONE,
    PRUNE,
    REWARD,
    TALLY,
    as_experience,
    as_experiences,
    as_learned,
    as_row,
    milliseconds,
)
from storage import Database

KEEP = 5000
"""The newest requests that are kept; as many again of which something came."""

KEEP_FOR = timedelta(days=365)
WAIT_FOR = timedelta(days=30)
"""How long something may still come of a request."""

_BATCH = 64
_MOST_OUTCOMES = 32
"""Of one request: the latest are kept; nobody changes their mind more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much is kept: requests, those explored, those something came of, and of which prior."""

    requests: int
    explored: int
    rewarded: int
    of_other_priors: int


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteOutcomes:
    """`Outcomes` on the home database, for several processes at once.

    Kept are the newest `keep` requests for 30 days, and the newest `keep` of which something came
    for a year; more is removed a few at a time whenever one is added.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = _utc_now, keep: int = KEEP
    ) -> None:
        self._database = database
        self._now = now
        self._keep = keep

    def note(self, choice: Choice) -> None:
        with self._database.transaction(durable=False) as db:
            db.execute(INSERT, as_row(choice))
            self._prune(db)

    def reward(
        self,
        request_id: str,
        signal: SignalName,
        *,
        model: str | None = None,
        reward: float | None = None,
    ) -> Outcome:
        kind = SIGNALS[signal]
        value = reward if kind.reward is None else kind.reward
        if value is None or not 0 <= value <= 1:
            raise ValueError(f"A reward in [0, 1] must come with {signal!r}.")
        with self._database.transaction(durable=False) as db:
            number, meant = self._meant(request_id, model)
            outcome = Outcome(
                model=meant, signal=signal, reward=value, weight=kind.weight, at=self._now()
            )
            _insert(db, number, outcome)
        return outcome

    def found(self, request_id: str) -> Experience:
        rows = self._database.rows(ONE, (request_id,))
        if not rows:
            raise _unknown()
        return as_experience(rows[0])

    def asked_before(self, question: str, since: datetime) -> str | None:
        rows = self._database.rows(
            "select request_id from choices where question = ? and at >= ? order by at desc"
            " limit 1",
            (question, milliseconds(since)),
        )
        return rows[0][0] if rows else None

    def recent(self, *, prior_version: str, limit: int = KEEP, model: str | None = None) -> Recent:
        with self._database.snapshot():
            rows = self._database.rows(NEWEST, (prior_version, model, limit))
            others = self.tally(prior_version).of_other_priors
        whole = [each for each in as_experiences(reversed(rows)) if _usable(each.choice)]
        return Recent(experiences=tuple(whole), skipped=others + len(rows) - len(whole))

    def tally(self, prior_version: str) -> Tally:
        """How much is kept, counted; `prior_version` is today's."""
        ((requests, explored, rewarded, others),) = self._database.rows(TALLY, (prior_version,))
        return Tally(
            requests=requests, explored=explored, rewarded=rewarded, of_other_priors=others
        )

    def every(self) -> Iterator[Experience]:
        """All that is kept and whole, in the order it came, a page at a time."""
        after = 0
        while rows := self._database.rows(EVERY, (after, 500)):
            after = rows[-1][0]
            yield from as_experiences(row[1:] for row in rows)

    def put(self, experience: Experience) -> bool:
        """Keep what was exported once; False if it is here already."""
        with self._database.transaction(durable=False) as db:
            db.execute(INSERT, as_row(experience.choice))
            if not db.changes():
                return False
            number = db.last_insert_rowid()
            for outcome in experience.outcomes:
                _insert(db, number, outcome)
            self._prune(db)
        return True

    def learned(self) -> Learned | None:
        rows = self._database.rows("select through, prior_version, at, outcomes, says from learned")
        return as_learned(rows[0]) if rows else None

    def learn(self, learned: Learned) -> None:
        with self._database.transaction() as db:
            db.execute(
                "insert or replace into learned values (1, ?, ?, ?, ?, ?)",
                (
                    *(learned.through, learned.prior_version, milliseconds(learned.at)),
                    *(learned.outcomes, learned.says),
                ),
            )

    def forget(self, chosen: Callable[[Choice], bool], *, dry_run: bool = False) -> int:
        ids = [each.choice.request_id for each in self.every() if chosen(each.choice)]
        if not dry_run:
            with self._database.transaction() as db:
                db.executemany(
                    "delete from choices where request_id = ?", [(each,) for each in ids]
                )
                # Who fitted something to them sees by this that it must be done again.
                db.execute("update learned set at = ?", (milliseconds(self._now()),))
        return len(ids)

    def reset(self) -> int:
        """Erase all requests and outcomes, also damaged ones, and all that was learned of them."""
        with self._database.transaction() as db:
            db.execute("delete from choices")
            gone = db.changes()
            db.execute("delete from learned")
        return gone

    def _meant(self, request_id: str, model: str | None) -> tuple[int, str]:
        rows = self._database.rows(
            "select number, answered, model, considered from choices where request_id = ?",
            (request_id,),
        )
        if not rows:
            raise _unknown()
        number, answered, first, _ = rows[0]
        if model is None or model in (answered, first):
            return number, model or answered
        if model in {each.model for each in self.found(request_id).choice.considered}:
            return number, model
        raise UnknownRequest(
            "That model was not among those considered for this request.",
            fix=f"`homeward router explain {request_id}` lists them.",
        )

    def _prune(self, db: Any) -> None:
        now = self._now()
        limits = {
            "waiting": milliseconds(now - WAIT_FOR),
            "rewarded": milliseconds(now - KEEP_FOR),
            "keep": self._keep,
            "batch": _BATCH,
        }
        for statement in PRUNE:
            db.execute(statement, limits)


def _insert(db: Any, number: int, outcome: Outcome) -> None:
    db.execute(
        REWARD,
        (
            *(number, outcome.model, outcome.signal, outcome.reward, outcome.weight),
            milliseconds(outcome.at),
        ),
    )
    db.execute(FEWER_OUTCOMES, (number, _MOST_OUTCOMES))


def _usable(choice: Choice) -> bool:
    try:
        unpacked(choice.features)
    except ValueError:
        return False
    return 0 < choice.propensity <= 1


def _unknown() -> UnknownRequest:
    return UnknownRequest(
        "Nothing is known of a request with that id.",
        fix="Ids look like 3f9a0c27b1d4 and stand below each answer. They are kept for 30 days, "
        f"of the newest {KEEP:,} requests, and not where personal data was found.",
    )
