"""Every check, side by side (a machine has two cores): what `make test` runs."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]

Check = tuple[str, Sequence[str]]

TESTS: tuple[Check, ...] = (
    # Two workers; a file's tests stay together, for they share servers and pages.
    ("tests", [*PYTEST, "-m", "not egress", "-n", "2", "--dist", "loadfile", "--durations=20"]),
)
BESIDE: tuple[Check, ...] = (
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("imports", [str(BIN / "lint-imports")]),
    # In a process of its own, for what it watches cannot be unwatched.
    ("egress", [*PYTEST, "-m", "egress"]),
)


def in_turn(checks: Sequence[Check]) -> list[str]:
    """Run the checks, print each when it is done, and name those that failed."""
    failed = []
    for label, command in checks:
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        took = time.monotonic() - began
        verdict = "ok" if done.returncode == 0 else f"FAILED ({done.returncode})"
        text = done.stdout.decode("utf-8", "replace").rstrip()
        print(f"\n── {label}: {verdict} in {took:.0f} s\n{text}", flush=True)
        if done.returncode:
            failed.append(label)
    return failed


def main() -> int:
    with ThreadPoolExecutor(2) as pool:
        failed = [name for names in pool.map(in_turn, (TESTS, BESIDE)) for name in names]
    print(f"\n{'All checks passed.' if not failed else 'FAILED: ' + ', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
