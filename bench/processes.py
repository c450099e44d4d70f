"""The cache's process tests at full length: several processes on one file, and fifty kills.

Run: python -m bench.processes [TURNS] [KILLS]. They are about right and wrong, not about time, and
fail as the tests do (tests/cache/test_processes.py, test_kills.py), which run them shorter.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.cache.test_kills import killed
from tests.cache.test_processes import mixed, removed


def main(turns: int = 20_000, kills: int = 50) -> None:
    """Print what was done, each with its seconds."""
    runs: dict[str, Callable[[Path], object]] = {
        f"2 processes, {turns} mixed reads and writes": lambda path: mixed(path, 2, turns),
        f"3 processes, {turns} mixed reads and writes": lambda path: mixed(path, 3, turns),
        f"1 removes {turns // 10} times, 2 look": lambda path: removed(path, 2, turns // 10),
        f"killed {kills} times in inserts and evictions": lambda path: killed(path, kills, seed=1),
    }
    for what, run in runs.items():
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            run(Path(folder) / "cache.db")
            print(f"{what}: all agrees, {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
