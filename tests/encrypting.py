"""Programs that run with apsw-sqlite3mc in the place of apsw, and what lies on the disk after."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SQLITE3MC = Path(sys.prefix) / "sqlite3mc"
"""Where `make` puts it, apart: both distributions are the module `apsw`."""

PATHS = os.pathsep.join((str(SQLITE3MC), str(ROOT)))


@contextmanager
def started(program: str, *arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A program in a process of its own, which is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": PATHS, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(program: str, *arguments: str, **environ: str) -> str:
    """What a program prints; it ends well."""
    with started(program, *arguments, **environ) as process:
        out = process.communicate(timeout=60)[0]
    assert process.returncode == 0, out
    return out


def until(process: subprocess.Popen[str], line: str) -> None:
    """Wait for a line of its output."""
    assert process.stdout is not None
    assert any(told == f"{line}\n" for told in iter(process.stdout.readline, ""))


def on_disk(folder: Path) -> bytes:
    """Every byte of every file in a folder and those in it."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
