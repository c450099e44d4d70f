"""The ledger against the meter of the clouds that were asked, call by call.

Run: python -m bench.metering [CALLS] [PROCESSES]. The clouds are the tests'
(tests/wire/metering.py): they count every token that they read and wrote, and bill it. Of the calls
in the second table nobody on this side of the wire can know what they cost; the ledger marks them
as estimates.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.calls import home_in
from tests.metered_calls import BEYOND, KINDS, Kind
from tests.metering import Account, metered


def run(calls: int, processes: int, kinds: Sequence[Kind]) -> Account:
    """Make the calls in a new home, and print what they came to."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        account = metered(home_in(Path(folder)), calls, processes=processes, kinds=kinds)
        took = time.perf_counter() - began
    print(f"{calls} calls from {processes} processes, {took:.0f} s; ended {dict(account.ended)}")
    names = ("calls", "served", "billed", "booked", "differ", "off", "est.")
    print(f"  {'ending':40}" + "".join(f"{name:>9}" for name in names))
    for line in account.lines:
        print(
            f"  {line.kind.name:40}{line.calls:9}{line.requests:9}{line.billed:9}{line.booked:9}"
            f"{line.difference:9}{line.off:9}{line.estimated:9}"
        )
    return account


def main(calls: int = 2000, processes: int = 3) -> None:
    account = run(calls, processes, KINDS)
    print(
        f"ledger less meter: {account.difference} micro-dollars of {account.spent} (bar 0); calls "
        f"that differ: {sum(line.off for line in account.lines)}; rows left open "
        f"{account.still_open}, money left held {account.held}; rounding up each invoice came to "
        f"{float(account.rounded):.1f}"
    )
    run(max(calls // 20, len(BEYOND)), processes, BEYOND)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
