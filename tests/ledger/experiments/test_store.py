"""Experiments in the database: one at a time, each unit once, and words only while they count."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger import SqliteLedger
from ledger.experiments import AlreadyRunning, Arm, Limit, NoExperiment, SqliteExperiments
from ledger.experiments.limits import limits_of, to_detect
from ledger.experiments.sqlite import HEAR_FOR, KEEP, LOST_AFTER
from storage import Database
from storage.migrations import HOME
from tests.ledger.experiments.made import NOON, experiment
from tests.ledger.lines import entry, outcome
from vocabulary import Money


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(database: Database, clock: Clock) -> SqliteExperiments:
    return SqliteExperiments(database, now=clock)


@pytest.fixture
def other(tmp_path: Path, kept: SqliteExperiments, clock: Clock) -> Iterator[SqliteExperiments]:
    """The same as another process sees it."""
    database = Database(tmp_path / "home.db", HOME)
    yield SqliteExperiments(database, now=clock)
    database.close()


def answered(kept: SqliteExperiments, request_id: str, *, letter: str = "A") -> None:
    tried = experiment()
    kept.enter(tried, "B" if letter == "B" else "A", f"unit of {request_id}", request_id)
    kept.finish(request_id, answered=True, total_ms=900)


def test_an_experiment_is_found_again_as_it_was(
    kept: SqliteExperiments, other: SqliteExperiments
) -> None:
    tried = experiment(
        a=Arm(model="ollama/llama3.2:3b"),
        b=Arm(strategy="cascade", min_quality=0.8, min_confidence=0.4, system="Be [b]short[/b]."),
        limits={**experiment().limits, "cost": Limit(cap=100_000, tolerance=250.5)},
        note="why not",
    )
    kept.start(tried)
    assert other.running() == other.latest() == other.found("x1") == other.found("cheaper") == tried


def test_only_one_runs_at_a_time(kept: SqliteExperiments, other: SqliteExperiments) -> None:
    kept.start(experiment())
    with pytest.raises(AlreadyRunning, match="'cheaper' runs"):
        other.start(experiment(id="x2"))
    assert other.stop("x1", "enough", by="person")
    assert not kept.stop("x1", "again", by="guard")
    assert kept.running() is None
    ended = kept.latest()
    assert ended is not None
    assert (ended.why, ended.stopped_by, ended.ended) == ("enough", "person", NOON)
    other.start(experiment(id="x2"))
    assert kept.found("cheaper").id == "x2"


def test_an_unknown_one_is_an_error(kept: SqliteExperiments) -> None:
    assert kept.latest() is None
    with pytest.raises(NoExperiment, match="no experiment 'x9'"):
        kept.found("x9")


def test_a_unit_is_counted_once_with_its_first_request(kept: SqliteExperiments) -> None:
    tried = experiment()
    kept.start(tried)
    for request_id, ms in (("r1", 100), ("r2", 900)):
        kept.enter(tried, "B", "the same", request_id)
        kept.finish(request_id, answered=True, total_ms=ms)
    [seen] = kept.observations(tried)
    assert (seen.letter, seen.total_ms) == ("B", 100)


def test_nothing_is_written_down_after_the_end(kept: SqliteExperiments) -> None:
    tried = experiment()
    kept.start(tried)
    kept.stop("x1", "enough", by="person")
    kept.enter(tried, "A", "unit", "r1")
    assert kept.observations(tried) == []


def test_what_a_request_cost_is_read_from_the_books(
    kept: SqliteExperiments, ledger: SqliteLedger
) -> None:
    tried = experiment()
    kept.start(tried)
    kept.enter(tried, "A", "unit", "r1")
    for number in (1, 2):
        ledger.note(entry(request_id="r1", number=number), outcome(cost=Money(400)))
    kept.finish("r1", answered=True, total_ms=900)
    ledger.note(entry(request_id="r1", number=3), outcome(cost=Money(7)))
    assert [seen.cost for seen in kept.observations(tried)] == [800]


def test_a_request_that_nobody_finishes_is_lost(
    kept: SqliteExperiments, ledger: SqliteLedger, clock: Clock
) -> None:
    tried = experiment()
    kept.start(tried)
    kept.enter(tried, "B", "unit", "r1")
    ledger.note(entry(request_id="r1"), outcome(cost=Money(5)))
    [open_] = kept.observations(tried)
    assert (open_.done, open_.settled) == (False, False)
    clock.wait(LOST_AFTER + timedelta(seconds=1))
    [lost] = kept.observations(tried)
    assert (lost.done, lost.settled, lost.answered, lost.good) == (True, True, False, False)
    assert (lost.cost, lost.total_ms) == (5, tried.limits["latency"].cap)
    assert not kept.finish("r1", answered=True, total_ms=10)
    assert kept.observations(tried) == [lost]


def test_an_answer_is_good_unless_something_is_said_in_time(
    kept: SqliteExperiments, clock: Clock
) -> None:
    tried = experiment()
    kept.start(tried)
    answered(kept, "r1")
    [fresh] = kept.observations(tried)
    assert (fresh.done, fresh.settled, fresh.good) == (True, False, True)
    clock.wait(HEAR_FOR + timedelta(seconds=1))
    assert not kept.hear("r1", good=False, spoken=True)
    [late] = kept.observations(tried)
    assert (late.settled, late.good) == (True, True)


@pytest.mark.parametrize(
    ("words", "good", "settled"),
    [
        ([(False, False)], False, False),
        ([(False, False), (True, True)], True, True),
        ([(True, True), (False, False)], True, True),
        ([(False, True), (True, True)], False, True),
    ],
    ids=["a guess", "a guess, then a word", "a word, then a guess", "the first word stands"],
)
def test_what_is_said_in_so_many_words_settles_it(
    kept: SqliteExperiments, words: list[tuple[bool, bool]], good: bool, settled: bool
) -> None:
    tried = experiment()
    kept.start(tried)
    answered(kept, "r1")
    for said_good, spoken in words:
        kept.hear("r1", good=said_good, spoken=spoken)
    [seen] = kept.observations(tried)
    assert (seen.good, seen.settled) == (good, settled)


def test_a_word_during_the_answer_waits_for_its_end(kept: SqliteExperiments) -> None:
    tried = experiment()
    kept.start(tried)
    kept.enter(tried, "A", "unit", "r1")
    assert kept.hear("r1", good=True, spoken=True)
    assert not kept.observations(tried)[0].settled
    kept.finish("r1", answered=True, total_ms=10)
    assert kept.observations(tried)[0].settled


def test_no_answer_is_not_good_whatever_is_said(kept: SqliteExperiments) -> None:
    tried = experiment()
    kept.start(tried)
    kept.enter(tried, "A", "unit", "r1")
    kept.finish("r1", answered=False, total_ms=10)
    kept.hear("r1", good=True, spoken=True)
    [seen] = kept.observations(tried)
    assert (seen.answered, seen.good, seen.settled) == (False, False, True)


def test_of_other_requests_nothing_is_kept(kept: SqliteExperiments) -> None:
    assert not kept.hear("r9", good=False, spoken=True)
    assert not kept.finish("r9", answered=True, total_ms=1)


def test_old_observations_go_when_another_begins(kept: SqliteExperiments, clock: Clock) -> None:
    kept.start(experiment())
    answered(kept, "r1")
    kept.stop("x1", "enough", by="person")
    clock.wait(KEEP + timedelta(days=1))
    kept.start(experiment(id="x2"))
    assert kept.observations(experiment()) == []
    assert kept.found("x1").why == "enough"


def test_the_last_month_gives_the_measures(
    kept: SqliteExperiments, ledger: SqliteLedger, clock: Clock
) -> None:
    clock.wait(timedelta(days=10))
    for number in range(20):
        one = entry(request_id=f"r{number}", caller=f"caller {number % 4}")
        ledger.note(one, outcome(cost=Money(4_000), total_ms=1_000))
        again = entry(request_id=f"r{number}", caller="caller 0")
        ledger.note(again, outcome(cost=Money(4_000), total_ms=2_000))
    ledger.note(entry(caller="homeward judge"), outcome(cost=Money(9_000_000)))
    ledger.note(entry(request_id="none"), outcome(result="error", cost=Money(0), total_ms=None))
    history = kept.history()
    assert (history.requests, history.callers) == (21, 5)
    assert history.unanswered == pytest.approx(1 / 21)
    assert history.cost is not None
    assert history.latency is not None
    assert history.cost.most == 8_000
    assert (history.latency.mean, history.latency.deviation) == (3_000, 0)
    limits = limits_of(history, caps={}, tolerated={"latency": 7.0})
    assert limits["cost"] == Limit(cap=32_000, tolerance=history.cost.mean / 4)
    assert limits["latency"] == Limit(cap=12_000, tolerance=7.0)
    assert to_detect("cost", limits) == history.cost.mean / 4
    assert to_detect("refusals", limits) == 0.05


def test_without_a_history_the_measures_are_wide(kept: SqliteExperiments) -> None:
    limits = limits_of(kept.history(), caps={"latency": 30_000}, tolerated={})
    assert limits["cost"].cap == 500_000
    assert limits["latency"].cap == 30_000
