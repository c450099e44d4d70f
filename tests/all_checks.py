"""Every check, in two lanes side by side (a machine has two cores): what `make test` runs."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
COVERED = 90
"""Per cent of branches and lines; held high because each test proves a promise."""

Check = tuple[str, Sequence[str]]


def pytest(mark: str) -> Sequence[str]:
    return [sys.executable, "-m", "pytest", "-q", "-m", mark, "--cov", "--cov-report="]


QUICK: tuple[Check, ...] = (
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("imports", [str(BIN / "lint-imports")]),
    ("tests", pytest("not slow")),
    # In a process of its own, which coverage does not see; here, to keep the lanes equally long.
    ("egress", [sys.executable, "-m", "pytest", "-q", "-m", "egress"]),
)
SLOW: tuple[Check, ...] = (("slow tests", pytest("slow and not egress")),)


def lane(name: str, checks: Sequence[Check], scratch: Path) -> list[str]:
    """Run the checks in turn, print each when it is done, and name those that failed."""
    environment = {**os.environ, "COVERAGE_FILE": str(scratch / f".coverage.{name}")}
    failed = []
    for label, command in checks:
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        took = time.monotonic() - began
        verdict = "ok" if done.returncode == 0 else f"FAILED ({done.returncode})"
        text = done.stdout.decode("utf-8", "replace").rstrip()
        print(f"\n── {label}: {verdict} in {took:.0f} s\n{text}", flush=True)
        if done.returncode:
            failed.append(label)
    return failed


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        scratch = Path(folder)
        lanes = [
            pool.submit(lane, "quick", QUICK, scratch),
            pool.submit(lane, "slow", SLOW, scratch),
        ]
        failed = [name for each in lanes for name in each.result()]
        coverage = [sys.executable, "-m", "coverage"]
        environment = {**os.environ, "COVERAGE_FILE": str(scratch / ".coverage")}
        subprocess.run([*coverage, "combine", "-q", str(scratch)], cwd=ROOT, env=environment)
        report = [
            *coverage,
            "report",
            "--skip-covered",
            "--show-missing",
            f"--fail-under={COVERED}",
        ]
        if subprocess.run(report, cwd=ROOT, env=environment).returncode:
            failed.append("coverage")
    print(f"\n{'All checks passed.' if not failed else 'FAILED: ' + ', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
