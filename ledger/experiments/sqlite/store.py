"""Experiments and what was seen in them, in the home database."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.experiments.errors import AlreadyRunning, NoExperiment
from ledger.experiments.sqlite.history import History, history
from ledger.experiments.values import Arm, Experiment, Letter, Limit, Observation
from storage import Database
from vocabulary import Money

HEAR_FOR = timedelta(minutes=15)
"""How long after an answer a word still counts. Later ones would change what was counted already,
and with it what looks at it have found."""

LOST_AFTER = timedelta(hours=1)
"""A request that is not done by then never will be: its process was ended."""

KEEP = timedelta(days=365)
"""How long observations are kept after their experiment."""

_COLUMNS = "id, name, began, ended, why, stopped_by, by, share, metric, detect, arms, limits, note"

# What is lost has cost what the books say; those of a process that was killed know it at last.
_OBSERVATIONS = """
    select
        arm, ended is not null or began < ?2,
        iif(ended is null, began < ?2, spoken or not answered or ended < ?3),
        coalesce(answered, 0), coalesce(good, 1),
        coalesce(cost, (select sum(cost) from attempts
                        where attempts.request_id = observations.request_id), 0),
        total_ms
    from observations where experiment = ?1 order by number
"""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteExperiments:
    """Every method may block on the disk.

    Raises:
        StorageError: from every method.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._now = now

    def start(self, experiment: Experiment) -> None:
        """Begin an experiment. What was seen in those that ended a year ago is let go.

        Raises:
            AlreadyRunning: one runs.
        """
        with self._database.transaction(durable=True) as db:
            for (name,) in db.execute("select name from experiments where ended is null"):
                raise AlreadyRunning(
                    f"The experiment {name!r} runs; two at once would blur each other.",
                    fix="`homeward experiment stop` ends it.",
                )
            db.execute(
                "delete from observations where experiment in"
                " (select id from experiments where ended < ?)",
                (_ms(self._now() - KEEP),),
            )
            db.execute(
                f"insert into experiments ({_COLUMNS}) values (?,?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
                _row(experiment),
            )

    def running(self) -> Experiment | None:
        """The one that runs; None: none does."""
        return self._one("where ended is null")

    def latest(self) -> Experiment | None:
        """The one that runs, or else the last that did."""
        return self._one("order by ended is not null, rowid desc limit 1")

    def found(self, wanted: str) -> Experiment:
        """The experiment of that id, or the latest of that name.

        Raises:
            NoExperiment: there is none.
        """
        found = self._one("where ?1 in (id, name) order by id <> ?1, rowid desc limit 1", wanted)
        if found is None:
            raise NoExperiment(
                f"There is no experiment {wanted[:80]!r}.", fix="Leave it out to see the latest."
            )
        return found

    def stop(self, experiment_id: str, why: str, *, by: str) -> bool:
        """End it; False where it has ended already."""
        with self._database.transaction(durable=True) as db:
            db.execute(
                "update experiments set ended = ?, why = ?, stopped_by = ?"
                " where id = ? and ended is null",
                (_ms(self._now()), why, by, experiment_id),
            )
            return bool(db.changes())

    def enter(self, experiment: Experiment, letter: Letter, unit: str, request_id: str) -> None:
        """A request begins. Only the first of its unit is written down, and none after the end."""
        with self._database.transaction(durable=False) as db:
            db.execute(
                "insert or ignore into observations (experiment, request_id, arm, unit, began)"
                " select id, ?, ?, ?, ? from experiments where id = ? and ended is null",
                (request_id, letter, unit, _ms(self._now()), experiment.id),
            )

    def finish(self, request_id: str, *, answered: bool, total_ms: int) -> bool:
        """A request ended; False where it is not one that is watched. What it cost is in the books,
        where it was settled before this.
        """
        if not self._knows(request_id):
            return False
        now = self._now()
        with self._database.transaction(durable=False) as db:
            db.execute(
                "update observations set ended = ?1, answered = ?2, total_ms = ?3, cost ="
                " (select coalesce(sum(cost), 0) from attempts where request_id = ?4)"
                " where request_id = ?4 and ended is null and began >= ?5",
                (_ms(now), int(answered), total_ms, request_id, _ms(now - LOST_AFTER)),
            )
            return bool(db.changes())

    def hear(self, request_id: str, *, good: bool, spoken: bool) -> bool:
        """Something is said of an answer; whether that counted. It must come within `HEAR_FOR`, and
        what a person says in so many words (`spoken`) is not changed by anything said after it.
        """
        if not self._knows(request_id):
            return False
        with self._database.transaction(durable=False) as db:
            db.execute(
                "update observations set good = ?, spoken = ?"
                " where request_id = ? and not spoken and (ended is null or ended >= ?)",
                (int(good), int(spoken), request_id, _ms(self._now() - HEAR_FOR)),
            )
            return bool(db.changes())

    def observations(self, experiment: Experiment) -> list[Observation]:
        """All that was seen, in the order in which the requests came."""
        now = self._now()
        lost_ms = round(experiment.limits["latency"].cap)
        rows = self._database.rows(
            _OBSERVATIONS, (experiment.id, _ms(now - LOST_AFTER), _ms(now - HEAR_FOR))
        )
        return [
            Observation(
                letter=letter,
                done=bool(done),
                settled=bool(settled),
                answered=bool(answered),
                good=bool(answered and good),
                cost=Money(cost),
                total_ms=lost_ms if total_ms is None else total_ms,
            )
            for letter, done, settled, answered, good, cost, total_ms in rows
        ]

    def history(self) -> History:
        """What the last 30 days in the books were like."""
        return history(self._database, self._now())

    def _knows(self, request_id: str) -> bool:
        """A look costs little, where a transaction would wait for other writers."""
        found = self._database.rows(
            "select 1 from observations where request_id = ? limit 1", (request_id,)
        )
        return bool(found)

    def _one(self, which: str, *values: str) -> Experiment | None:
        for row in self._database.rows(f"select {_COLUMNS} from experiments {which}", values):  # noqa: S608
            return _experiment(row)
        return None


def _row(experiment: Experiment) -> tuple[Any, ...]:
    ended = experiment.ended
    return (
        experiment.id,
        experiment.name,
        _ms(experiment.began),
        None if ended is None else _ms(ended),
        experiment.why,
        experiment.stopped_by,
        experiment.by,
        experiment.share,
        experiment.metric,
        experiment.detect,
        json.dumps([dict(experiment.a.changes), dict(experiment.b.changes)]),
        json.dumps({metric: asdict(limit) for metric, limit in experiment.limits.items()}),
        experiment.note,
    )


def _experiment(row: Sequence[Any]) -> Experiment:
    (id_, name, began, ended, why, stopped_by, by, share, metric, detect, arms, limits, note) = row
    a, b = json.loads(arms)
    return Experiment(
        id=id_,
        name=name,
        began=_at(began),
        ended=None if ended is None else _at(ended),
        why=why,
        stopped_by=stopped_by,
        by=by,
        share=share,
        metric=metric,
        detect=detect,
        a=Arm(**a),
        b=Arm(**b),
        limits={metric: Limit(**limit) for metric, limit in json.loads(limits).items()},
        note=note,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
