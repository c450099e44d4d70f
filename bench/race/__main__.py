"""Homeward beside its peers: the same work on the same machine, in turn.

    python -m bench.race [--only NAME ...] [--rounds N] [--calls N] [--keep DIR] [--data DIR]

Each peer of peers.toml is installed by pip into an environment of its own under DIR
(~/.cache/homeward-race), which is kept; `--only` races just those named. `--data` is a folder with
the development data for detectors, which is no part of the project: without it that row is left
out. Writes bench/RESULTS.md and docs/assets/race.svg; `--again` writes them from what DIR kept.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.race.environments import FOLDER, Environment, environment, peers
from bench.race.measure import answered, calls, once, stand_in, starts
from bench.race.picture import draw
from bench.race.table import write

LOOKUPS = 10_000


def timed(there: Mapping[str, Environment], rounds: int, count: int) -> dict[str, Any]:
    """Every round starts everybody once and then lets everybody call, in turn."""
    found: dict[str, Any] = {"starts": {}, "calls": {}}
    with stand_in() as address:
        for number in range(rounds):
            for name, begin in starts(there).items():
                told = once(begin)
                print(f"round {number + 1}, start of {name}: {told['s']:.2f} s", flush=True)
                found["starts"].setdefault(name, []).append(told)
            for name, work in calls(there, address, count).items():
                before = answered(address)
                told = once(work)
                asked = (answered(address) - before) / (told["made"] - told["failed"])
                best = min(told["ms"])
                print(f"round {number + 1}, calls of {name}: {best:.2f} ms at best", flush=True)
                found["calls"].setdefault(name, []).append({**told, "asked": asked})
    return found


def counted(there: Mapping[str, Environment], data: Path | None) -> dict[str, Any]:
    """Look-ups, answers served wrongly, personal data found."""
    from bench import lookup
    from bench.lookup_vectors import embedded
    from bench.race.quality import detectors, hits, pairs

    found: dict[str, Any] = {"pairs": {name: len(rows) for name, rows in pairs().items()}}
    with tempfile.TemporaryDirectory() as name:
        found["hits"] = hits(there, Path(name))
        print(found["hits"], flush=True)
        if data is not None:
            found["detectors"] = detectors(there, data / "privacy", Path(name))
            print(found["detectors"], flush=True)
    if peer := there.get("gptcache"):
        each = lookup.race(embedded(), LOOKUPS, peer.python)
        lookup.tell(LOOKUPS, each)
        found["lookup"] = {
            name: {"p50": one.at(50), "p95": one.at(95), "recall": one.recall, **one.more}
            for name, one in each.items()
        }
    return found


def circumstances(asked: argparse.Namespace) -> dict[str, Any]:
    """Where and how it was raced, without the names of anybody's folders."""
    command = f"python -m bench.race --rounds {asked.rounds} --calls {asked.calls}"
    if asked.only != sorted(peers()):
        command += f" --only {' '.join(asked.only)}"
    cpus = {
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if line.startswith("model name")
    }
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "command": command + " --data DIR" * (asked.data is not None),
        "machine": f"{os.cpu_count()} × {', '.join(sorted(cpus))}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "homeward": f"Homeward {version('homeward')} on mcp {version('mcp')}",
    }


def main(given: Sequence[str] | None = None) -> None:
    """Race, and write what came of it."""
    given = sys.argv[1:] if given is None else given
    parser = argparse.ArgumentParser(
        prog="python -m bench.race",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="*", choices=sorted(peers()), default=sorted(peers()))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=FOLDER)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--again", action="store_true", help="write the results that were kept")
    asked = parser.parse_args(given)
    kept = asked.keep / "results.json"
    if not asked.again:
        asked.keep.mkdir(parents=True, exist_ok=True)
        made = {name: environment(name, asked.keep) for name in asked.only}
        there = {name: each for name, each in made.items() if not each.missing}
        results: dict[str, Any] = circumstances(asked)
        results["missing"] = {name: each.missing for name, each in made.items() if each.missing}
        results |= timed(there, asked.rounds, asked.calls)
        kept.write_text(json.dumps(results), encoding="utf-8")  # what took longest is safe
        results |= counted(there, asked.data)
        kept.write_text(json.dumps(results), encoding="utf-8")
    results = json.loads(kept.read_text("utf-8"))
    write(results)
    draw(results)


if __name__ == "__main__":
    main()
