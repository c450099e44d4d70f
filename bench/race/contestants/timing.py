"""What every contestant does with its call, in any Python: nothing but the standard library.

A contestant is a script that is run inside its own environment with the address of the stand-in,
makes itself ready, and gives `race` a call to make. What it prints last is one line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

WARM, AT_ONCE = 10, 16
PROMPT = (
    "Prove step by step that there are infinitely many primes, compare three proofs in depth, "
    "evaluate their assumptions, and analyse how each generalises to arithmetic progressions. "
    "Case {}."
)


def prompt(number):
    """A question nobody asked before: no cache can help."""
    return PROMPT.format(f"{os.getpid()}-{number}")


async def race(call, calls, servers=()):
    """Print the first call's ms, each of `calls` alone, and calls a second 16 at once.

    Processor time and memory are those of `servers` and all their children; of this process where
    none is named.
    """
    ready = time.time() - float(os.environ["RACE_BEGAN"])
    who = [pid for server in servers for pid in tree(server)] or [os.getpid()]
    first = await timed(call, -1)
    for number in range(WARM):
        await call(number)
    used = cpu_s(who)
    alone = [await timed(call, WARM + number) for number in range(calls)]
    used = (cpu_s(who) - used) / calls * 1000
    numbers = iter(range(WARM + calls, WARM + 3 * calls))

    failed = []

    done, failed = [], []

    async def worker():
        for number in numbers:
            try:
                done.append(await timed(call, number))
            except Exception as error:  # a failure is a result; after it, the others end too
                failed.append(f"{type(error).__name__}: {error}"[:200])
            if failed:
                return

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    rate = len(done) / (time.perf_counter() - began)
    told = {"ready": ready, "first": first, "ms": alone, "cpu": used, "rate": rate}
    told |= {"failed": len(failed), "failures": sorted(set(failed))[:3]}
    told["made"] = 1 + WARM + calls + len(done) + len(failed)
    print(json.dumps(told | {"mb": mb(who)}), flush=True)


async def timed(call, number):
    began = time.perf_counter()
    await call(number)
    return (time.perf_counter() - began) * 1000


def tree(pid):
    """A process and all its children, theirs too (Linux)."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for path in threads for child in path.read_text("ascii").split()]
    return [pid, *(each for child in children for each in tree(child))]


def mb(pids):
    """Resident megabytes of processes together; memory that they share counts for each."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_s(pids):
    """Processor seconds that processes have used, with those of children that ended."""
    stats = [Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2] for pid in pids]
    ticks = sum(int(tick) for stat in stats for tick in stat.split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def main(contestant):
    """Run `contestant(address, *more)`, which calls `race`, with what the command line gives."""
    asyncio.run(contestant(*sys.argv[1:]))
