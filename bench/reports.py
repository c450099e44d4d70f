"""Reports over a million lines: how long they take, beside adding the lines up; and the upkeep.

    python -m bench.reports [LINES]

The lines are written as an older Homeward did, and summed by the migration that made the totals;
the last thousand go through the books. Every report is held to the sum of the lines.
"""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import get_args

from ledger import Budget, By, Entry, Outcome, Period, Report, SqliteLedger
from storage import Database
from storage.migrations import HOME
from vocabulary import Money, TaskKind, Usage

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = 730
MODELS = [
    ("ollama", "llama3.2:3b", 1, 0),
    ("ollama", "qwen3:8b", 1, 0),
    ("anthropic", "claude-haiku-5-5", 0, 300),
    ("anthropic", "claude-sonnet-5-5", 0, 6_000),
    ("anthropic", "claude-opus-5-5", 0, 12_000),
    ("openai", "gpt-6-luna", 0, 300),
    ("openai", "gpt-6.1-sol", 0, 6_000),
    ("openrouter", "glm-5.3-flash", 0, 200),
]
TASKS = [str(task) for task in TaskKind]

_OLD = """
    insert into attempts (
        id, request_id, number, at, day, caller, task, strategy, profile, provider, local,
        model_asked, model_served, input_tokens, output_tokens, price_source, cost, baseline,
        total_ms, cached, outcome, owner
    ) values (?,?,?,?,?,'claude',?,'hybrid','balanced',?,?,?,?,?,?,'x',?,?,?,?,?,'-')
"""

# What a report is: the lines added up, as it was done before there were totals.
_BY_LINES = """
    with ended as (
        select *, outcome = 'ok' as ok, row_number() over (
            partition by request_id order by outcome = 'ok' desc, stood desc, number desc, id desc
        ) = 1 as stands
        from attempts where outcome <> 'open'
    )
    select count(*), sum(stands), sum(stands and ok), sum(cost),
        sum(iif(stands and ok, baseline, 0)), sum(input_tokens), sum(output_tokens)
    from ended where day between ? and ?
"""


def lines(number: int) -> Iterator[tuple[object, ...]]:
    """Requests of one to three attempts, spread over two years of days."""
    chance = random.Random(6)
    written = request = 0
    while written < number:
        request += 1
        at = NOW - timedelta(seconds=chance.randrange(DAYS * 86_400))
        for attempt in range(1, chance.choice((1, 1, 1, 2, 3)) + 1):
            provider, model, local, cost = chance.choice(MODELS)
            cached = "exact" if chance.random() < 0.3 else "no"
            ok = "ok" if chance.random() < 0.9 else "error"
            paid = 0 if cached != "no" else cost * chance.randrange(50, 150) // 100
            yield (
                f"{written:08x}",
                f"r{request:08x}",
                attempt,
                int(at.timestamp() * 1000),
                at.date().isoformat(),
                chance.choice(TASKS),
                provider,
                local,
                model,
                model,
                chance.randrange(2000),
                chance.randrange(500),
                paid,
                9_000,
                chance.randrange(20_000),
                cached,
                ok,
            )
            written += 1


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return found


def check(report: Report, database: Database) -> None:
    """A report is the sum of its lines."""
    first, last = report.first or "0000", report.last or "9999"
    (sums,) = database.rows(_BY_LINES, (str(first), str(last)))
    told = (
        report.attempts,
        report.requests,
        report.answered,
        report.spent,
        report.baseline,
        report.tokens_in,
        report.tokens_out,
    )
    assert told == tuple(each or 0 for each in sums), (report.period, report.by, told, sums)


def a_call(ledger: SqliteLedger, number: int) -> None:
    entry = Entry(
        id=f"new-{number}",
        request_id=f"new-{number}",
        number=1,
        at=NOW,
        caller="claude",
        task=TaskKind.DEBUGGING,
        strategy="hybrid",
        profile="balanced",
        provider="anthropic",
        local=False,
        model_asked="claude-haiku-5-5",
        worst_case=Money(900),
    )
    kept = ledger.reserve(entry, Budget(daily=Money(10**9)))
    ledger.settle(
        kept,
        Outcome(
            result="ok",
            model_served="claude-haiku-5-5",
            usage=Usage(input_tokens=10, output_tokens=5),
            cost=Money(300),
            baseline=Money(900),
            total_ms=800,
        ),
    )


def main(arguments: list[str] | None = None) -> None:
    number = int(((sys.argv[1:] if arguments is None else arguments) or ["1000000"])[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home.db"
        old = Database(path, HOME[:3])
        with old.transaction() as db:
            db.executemany(_OLD, lines(number))
        old.close()
        began = time.perf_counter()
        database = Database(path, HOME)
        took = time.perf_counter() - began
        print(f"{number:,} lines; summing them when first opened: {took:.1f} s")
        ledger = SqliteLedger(database, zone=UTC, now=lambda: NOW)
        report_on(ledger, database)
        database.close()


def report_on(ledger: SqliteLedger, database: Database) -> None:
    numbers = itertools.count()
    upkeep = milliseconds(lambda: a_call(ledger, next(numbers)), 1000)
    print(f"reserve and settle: p50 {median(upkeep):.2f} ms (both on disk)")
    for period, by in itertools.product(get_args(Period), get_args(By)):
        took = milliseconds(lambda p=period, b=by: ledger.report(p, b, Budget()), 15)
        print(f"report {period:>5} by {by:<6} p50 {median(took):6.2f} ms, worst {max(took):6.2f}")
        check(ledger.report(period, by, Budget()), database)
    (floor,) = milliseconds(lambda: database.rows(_BY_LINES, ("0000", "9999")), 1)
    whole = median(milliseconds(lambda: ledger.report("all", "model", Budget()), 5))
    print(f"adding the lines up instead: {floor:,.0f} ms, {floor / whole:.0f} times as long")


if __name__ == "__main__":
    main()
