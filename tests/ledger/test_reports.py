"""A report's figures are the sums of the lines, by whatever they are grouped."""

import random
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from ledger import Budget, By, Period, Report, SqliteLedger
from storage import Database
from tests.ledger.lines import NOON, entry, outcome
from vocabulary import Money, TaskKind

BUDGET = Budget(monthly=Money(1_000_000), daily=Money(50_000))


def write(
    ledger: SqliteLedger, request: str, *attempts: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    for number, (asked, came) in enumerate(attempts, start=1):
        ledger.note(entry(request_id=request, number=number, **asked), outcome(**came))


CLOUD: dict[str, Any] = {"provider": "anthropic", "model_asked": "opus"}
LOCAL: dict[str, Any] = {"provider": "ollama", "model_asked": "gemma", "local": True}


@pytest.fixture
def day(ledger: SqliteLedger) -> SqliteLedger:
    """Four requests of one day: cached, local, escalated from local to cloud, and failed."""
    write(
        ledger,
        "cached",
        (CLOUD, {"model_served": "opus", "cost": 0, "cached": "exact", "total_ms": 2}),
    )
    write(ledger, "local", (LOCAL, {"model_served": "gemma", "cost": 0, "total_ms": 700}))
    write(
        ledger,
        "escalated",
        (LOCAL, {"model_served": "gemma", "cost": 0, "total_ms": 500}),
        (CLOUD, {"model_served": "opus", "cost": 3000, "total_ms": 1500}),
    )
    write(
        ledger,
        "failed",
        (CLOUD, {"model_served": "", "result": "timeout", "cost": 100, "total_ms": 9000}),
        (LOCAL, {"model_served": "", "result": "error", "cost": 0, "total_ms": 5}),
    )
    return ledger


def test_a_fresh_home_reports_zeros(ledger: SqliteLedger) -> None:
    for period in get_args(Period):
        for by in get_args(By):
            report = ledger.report(period, by, Budget())
            figures = asdict(report)
            del figures["period"], figures["by"], figures["left"], figures["rows"]
            del figures["first"], figures["last"]
            assert set(figures.values()) == {0}
            assert report.rows == ()


def test_each_answered_requests_baseline_counts_once_and_every_cost_counts(
    day: SqliteLedger,
) -> None:
    report = day.report("today", "model", BUDGET)
    assert (report.requests, report.answered, report.attempts) == (4, 3, 6)
    assert (report.baseline, report.spent, report.saved) == (30_000, 3100, 26_900)
    assert (report.hit_rate, report.local_share) == (0.25, 0.25)
    assert (report.left.day, report.left.month) == (46_900, 996_900)


def test_an_answer_takes_as_long_as_all_its_attempts(day: SqliteLedger) -> None:
    report = day.report("today", "model", BUDGET)
    assert (report.ms_p50, report.ms_mean) == (701, 901)  # of 2, 700 and 500 + 1500


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        pytest.param(
            "model",
            [("anthropic/opus", 3, 2, 3100, 20_000), ("ollama/gemma", 3, 2, 0, 10_000)],
            id="model",
        ),
        pytest.param(
            "source",
            [("cloud", 2, 1, 3100, 10_000), ("local", 3, 2, 0, 10_000), ("cache", 1, 1, 0, 10_000)],
            id="source",
        ),
        pytest.param("day", [("2026-11-20", 6, 4, 3100, 30_000)], id="day"),
        pytest.param("task", [("translation", 6, 4, 3100, 30_000)], id="task"),
    ],
)
def test_groups_say_where_the_money_went(
    day: SqliteLedger, by: By, rows: list[tuple[str, int, int, int, int]]
) -> None:
    report = day.report("today", by, BUDGET)
    assert [
        (row.name, row.attempts, row.requests, row.spent, row.baseline) for row in report.rows
    ] == rows
    assert sum(row.saved for row in report.rows) == report.saved


def test_the_model_that_served_is_the_one_reported(ledger: SqliteLedger) -> None:
    write(ledger, "r", ({"model_asked": "latest"}, {"model_served": "opus-20261001"}))
    assert [row.name for row in ledger.report("today", "model", BUDGET).rows] == [
        "anthropic/opus-20261001"
    ]


def test_calls_under_way_are_not_reported_but_are_taken_off_what_is_left(
    ledger: SqliteLedger,
) -> None:
    ledger.reserve(entry(worst_case=Money(1000)), BUDGET)
    report = ledger.report("today", "model", BUDGET)
    assert (report.requests, report.spent, report.left.day) == (0, 0, 49_000)


def test_a_worst_case_that_nobody_confirmed_is_shown_as_such(database: Database) -> None:
    ledger = SqliteLedger(database, now=lambda: NOON, gone=lambda _: True)
    ledger.reserve(entry(worst_case=Money(1000)), BUDGET)
    ledger.recover()
    report = ledger.report("today", "model", BUDGET)
    assert (report.spent, report.unconfirmed, report.answered) == (1000, 1000, 0)


@pytest.mark.parametrize(
    ("period", "first", "last", "days"),
    [
        ("today", date(2026, 12, 2), date(2026, 12, 2), ["2026-12-02"]),
        ("7d", date(2026, 11, 26), date(2026, 12, 2), ["2026-11-26", "2026-12-01", "2026-12-02"]),
        ("month", date(2026, 12, 1), date(2026, 12, 31), ["2026-12-01", "2026-12-02"]),
        (
            "all",
            None,
            None,
            ["2026-11-01", "2026-11-25", "2026-11-26", "2026-12-01", "2026-12-02"],
        ),
    ],
)
def test_a_period_is_made_of_the_persons_days(
    database: Database, period: Period, first: date | None, last: date | None, days: list[str]
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 12, 2, 0, 30, tzinfo=berlin)
    ledger = SqliteLedger(database, zone=berlin, now=lambda: now)
    for back in (0, 1, 6, 7, 31):
        at = now - timedelta(days=back)
        ledger.note(entry(at=at), outcome())
    report = ledger.report(period, "day", BUDGET)
    assert (report.first, report.last) == (first, last)
    assert [row.name for row in report.rows] == days


def test_with_an_even_number_of_answers_the_lower_middle_one_is_the_median(
    ledger: SqliteLedger,
) -> None:
    for ms in (40, 10, 30, 20):
        ledger.note(entry(), outcome(total_ms=ms))
    ledger.note(entry(), outcome(total_ms=None))
    report = ledger.report("today", "task", BUDGET)
    assert (report.ms_p50, report.ms_mean) == (20, 25)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_the_groups_add_up_to_the_lines(
    ledger: SqliteLedger, database: Database, seed: int
) -> None:
    rng = random.Random(seed)
    for number in range(60):
        attempts = [
            (
                {
                    "local": rng.random() < 0.5,
                    "provider": rng.choice(("a", "b")),
                    "task": rng.choice(list(TaskKind)),
                    "at": NOON - timedelta(days=rng.randrange(3)),
                },
                {
                    "result": rng.choice(("ok", "error", "cancelled")),
                    "cost": rng.randrange(5000),
                    "baseline": rng.randrange(9000),
                    "cached": rng.choice(("no", "no", "semantic")),
                },
            )
            for _ in range(rng.randrange(1, 4))
        ]
        write(ledger, f"request-{seed}-{number}", *attempts)
    reports = [ledger.report("7d", by, BUDGET) for by in get_args(By)]
    same = {replace(report, by="model", rows=()) for report in reports}
    assert len(same) == 1
    report: Report = reports[0]
    ((requests, spent),) = database.rows(
        "select count(distinct request_id), sum(cost) from attempts"
    )
    assert (report.requests, report.spent) == (requests, spent)
    answers = database.rows(
        "select request_id, baseline from attempts where outcome = 'ok' order by number"
    )
    last_answers: dict[str, int] = dict(answers)
    assert report.baseline == sum(last_answers.values())
    assert report.answered == len(last_answers)
