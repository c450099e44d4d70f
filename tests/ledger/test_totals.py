"""Reports are read from sums that cannot drift from the lines."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import Budget, SqliteLedger
from ledger.totals import bucket_of, median_of, middle_of
from storage import Database
from storage.migrations import HOME
from tests.ledger.lines import NOON, adds_up, entry, outcome
from vocabulary import Money


@pytest.mark.parametrize("ms", [0, 1, 127, 128, 255, 256, 257, 1000, 65_535, 3_600_000, 10**9])
def test_the_middle_of_a_waits_bucket_is_right_to_a_256th(ms: int) -> None:
    middle = middle_of(bucket_of(ms))
    assert bucket_of(middle) == bucket_of(ms)
    assert abs(middle - ms) <= ms / 256


def test_buckets_follow_one_another_without_a_gap() -> None:
    found = [bucket_of(ms) for ms in range(5000)]
    assert sorted(set(found)) == list(range(found[-1] + 1))
    assert found == sorted(found)


def test_the_median_is_that_of_the_waits() -> None:
    assert median_of({}) == 0
    assert median_of({bucket_of(5): 2, bucket_of(90): 1}) == 5
    assert median_of({bucket_of(5): 1, bucket_of(90): 2}) == 90


def test_a_request_that_runs_past_midnight_counts_once(
    ledger: SqliteLedger, database: Database
) -> None:
    late = datetime(2026, 11, 19, 22, 59, 59, tzinfo=UTC)  # in Berlin a second before midnight
    ledger.note(entry(request_id="r", number=1, at=late), outcome(cost=Money(5), result="error"))
    ledger.note(
        entry(request_id="r", number=2, at=late + timedelta(seconds=2)), outcome(cost=Money(7))
    )
    report = ledger.report("all", "day", Budget())
    assert [(row.name, row.requests, row.attempts, row.spent) for row in report.rows] == [
        ("2026-11-19", 0, 1, 5),
        ("2026-11-20", 1, 1, 7),
    ]
    assert adds_up(database)


def test_the_answer_that_was_given_stands_for_its_request(
    ledger: SqliteLedger, database: Database
) -> None:
    first = entry(id="first", request_id="r", number=1, local=True, provider="ollama")
    ledger.note(first, outcome(model_served="gemma", baseline=Money(10)))
    ledger.note(entry(request_id="r", number=2), outcome(model_served="opus", baseline=Money(99)))
    assert ledger.report("today", "source", Budget()).baseline == 99
    ledger.stood("first")
    report = ledger.report("today", "model", Budget())
    assert {row.name: row.requests for row in report.rows} == {
        "ollama/gemma": 1,
        "anthropic/opus": 0,
    }
    assert report.baseline == 10
    ledger.stood("nobody's")
    assert adds_up(database)


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_events_the_sums_are_those_of_the_lines(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    ledger = SqliteLedger(database, now=lambda: NOON)
    held: list[tuple[str, Any]] = []
    for _ in range(150):
        request = f"r{chance.randrange(25)}"
        given: dict[str, Any] = {
            "request_id": request,
            "number": chance.randrange(4),
            "at": NOON + timedelta(minutes=chance.randrange(-3000, 3000)),
            "local": chance.random() < 0.4,
            "tier": chance.choice(["small", "large"]),
        }
        came = outcome(
            result=chance.choice(["ok", "ok", "error", "timeout", "cancelled"]),
            cost=Money(chance.randrange(3) * 100),
            total_ms=chance.choice([None, chance.randrange(5000)]),
            cached=chance.choice(["no", "no", "exact"]),
        )
        match chance.randrange(4):
            case 0:
                ledger.note(entry(**given), came)
            case 1:
                line = entry(**given)
                held.append((line.id, ledger.reserve(line, Budget())))
            case 2 if held:
                ledger.settle(held.pop(chance.randrange(len(held)))[1], came)
            case _ if held:
                ledger.stood(held[0][0])
    assert adds_up(database)


def test_books_of_before_there_were_totals_are_summed_when_they_are_opened(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home.db"
    old = Database(path, HOME[:3])
    columns = (
        "id, request_id, number, at, day, caller, task, strategy, profile, provider, local,"
        " model_asked, model_served, cost, baseline, held, total_ms, cached, outcome, owner"
    )
    lines = [
        ("a", "r1", 1, 0, "2026-11-19", 5, 0, "error", 100, "no"),
        ("b", "r1", 2, 1, "2026-11-20", 7, 90, "ok", 900, "no"),
        ("c", "r2", 1, 2, "2026-11-20", 0, 80, "ok", 3, "exact"),
        ("d", "r3", 1, 3, "2026-11-20", 0, 0, "open", None, "no"),
        ("e", "r4", 1, 4, "2026-11-20", 11, 0, "lost", None, "no"),
    ]
    with old.transaction() as db:
        for id_, request, number, at, day, cost, baseline, ended, ms, cached in lines:
            db.execute(
                f"insert into attempts ({columns}) values"  # noqa: S608
                " (?,?,?,?,?,'c','translation','s','p','anthropic',0,'opus','',?,?,?,?,?,?,'o')",
                (id_, request, number, at, day, cost, baseline, 6, ms, cached, ended),
            )
        db.execute("insert into spend values ('2026-11-19', 0, 5), ('2026-11-20', 6, 18)")
    old.close()
    database = Database(path, HOME)
    # Of lines from before, nobody knows the tier.
    with database.transaction() as db:
        db.execute(
            "insert into spend select day, 'tier', '', held, spent from spend where scope='all'"
        )
    assert adds_up(database)
    report = SqliteLedger(database, now=lambda: NOON).report("all", "source", Budget())
    assert (report.spent, report.requests, report.answered, report.baseline) == (23, 3, 2, 170)
    database.close()
