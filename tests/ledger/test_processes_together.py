"""Several threads and processes share one budget, and a killed one takes nothing with it."""

import contextlib
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ledger import Budget, OverBudget, SqliteLedger
from storage import Database
from storage.migrations import HOME
from tests.ledger.lines import NOON, adds_up, entry
from vocabulary import Money

ROOM_FOR_TEN = Budget(daily=Money(1000))


def spender(*arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.spender", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_of_a_hundred_racing_threads_exactly_ten_get_room_for_ten(
    ledger: SqliteLedger, database: Database
) -> None:
    def reserve(_: int) -> int:
        try:
            ledger.reserve(entry(worst_case=Money(100)), ROOM_FOR_TEN)
        except OverBudget:
            return 0
        return 1

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(reserve, range(100))) == 10
    assert ledger.left(ROOM_FOR_TEN).day == 0
    assert adds_up(database)


def test_of_a_hundred_reservations_from_three_racing_processes_exactly_ten_get_room(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home.db"
    shares = (33, 33, 34)
    with contextlib.ExitStack() as stack:
        racers = [
            stack.enter_context(spender("race", path, f"racer{n}", share, 1000))
            for n, share in enumerate(shares)
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert sum(int(racer.communicate()[0]) for racer in racers) == 10
    database = Database(path, HOME)
    assert database.rows("select count(*), sum(held) from attempts") == [(10, 1000)]
    assert adds_up(database)
    database.close()


@pytest.mark.slow
def test_after_fifty_kills_nothing_is_lost_and_nothing_counted_twice(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    rng = random.Random(2026)
    said: list[list[str]] = []
    for round_number in range(50):
        with spender("spend", path, f"round{round_number}") as child:
            assert child.stdout is not None
            said += [child.stdout.readline().split() for _ in range(rng.randrange(12))]
            child.kill()
            said += [line.split() for line in child.stdout if line.endswith("\n")]
        database = Database(path, HOME)
        assert adds_up(database)
        assert database.rows("pragma quick_check") == [("ok",)]
        database.close()
    database = Database(path, HOME)
    SqliteLedger(database, now=lambda: NOON).recover()
    assert adds_up(database)
    ((held, spent),) = database.rows("select sum(held), sum(spent) from spend where scope = 'all'")
    assert (held, database.rows("select id from attempts where outcome = 'open'")) == (0, [])
    assert spent == database.rows("select sum(cost) from attempts")[0][0]
    booked = {row[0]: row[1:] for row in database.rows("select id, outcome, cost from attempts")}
    paid = {name: int(cost) for what, name, cost in said if what == "paid"}
    kept = {name for what, name, _ in said if what == "kept"}
    assert {name: booked[name] for name in paid} == {
        name: ("ok", cost) for name, cost in paid.items()
    }
    assert kept <= booked.keys()
    assert sum(outcome == "lost" for outcome, _ in booked.values()) > 0
    database.close()
