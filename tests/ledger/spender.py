"""A process of its own that spends from shared books; run as `python -m tests.ledger.spender`."""

import random
import sys
import threading
from pathlib import Path

from ledger import Budget, OverBudget, SqliteLedger
from storage import Database
from storage.migrations import HOME
from tests.ledger.lines import entry, outcome
from vocabulary import Money


def spend_until_killed(path: Path, name: str) -> None:
    """Say each thing that is on the books, as soon as it is: `kept ID`, `paid ID COST`."""
    rng = random.Random(name)
    ledger = SqliteLedger(Database(path, HOME))
    ledger.recover()
    number = 0
    while True:
        number += 1
        line = entry(id=f"{name}-{number}", request_id=name, worst_case=Money(rng.randrange(1000)))
        reservation = ledger.reserve(line, Budget())
        print("kept", line.id, line.worst_case, flush=True)
        cost = Money(rng.randrange(2000))
        if rng.random() < 0.7:
            ledger.settle(reservation, outcome(cost=cost))
            print("paid", line.id, cost, flush=True)
        ledger.note(entry(id=f"{name}-{number}-free", request_id=name), outcome(cost=Money(0)))


def race(path: Path, name: str, attempts: int, limit: int) -> None:
    """Reserve from many threads at once when told to, and say how many got room."""
    ledger = SqliteLedger(Database(path, HOME))
    got = []

    def reserve(number: int) -> None:
        try:
            line = entry(id=f"{name}-{number}", worst_case=Money(100))
            got.append(ledger.reserve(line, Budget(daily=Money(limit))))
        except OverBudget:
            pass

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(attempts)]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(got), flush=True)


if __name__ == "__main__":
    job, path, name, *numbers = sys.argv[1:]
    if job == "race":
        race(Path(path), name, *map(int, numbers))
    else:
        spend_until_killed(Path(path), name)
