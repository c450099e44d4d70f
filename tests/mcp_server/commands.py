"""Homeward's commands as a person runs them: in this process, in their own, at a terminal."""

import os
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest.mock import patch

from typer.testing import CliRunner

from mcp_server.cli.commands import app
from tests.homes import Home
from tests.mcp_server.processes import HOMEWARD

WIDE = {"COLUMNS": "250"}

# The new process takes the terminal as its own, so that /dev/tty is not the developer's.
AT_THE_TERMINAL = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and what it wrote where."""

    status: int
    out: str
    err: str

    @property
    def everything(self) -> str:
        return self.out + self.err


def homeward(home: Home, *arguments: str, stdin: bytes = b"", **environ: str) -> Said:
    """Run a command in this process: quick, and nothing of the developer's environment is seen."""
    variables = home.for_process() | WIDE | environ
    with patch.dict(os.environ, variables, clear=True):
        result = CliRunner().invoke(app, arguments, input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(status=result.exit_code, out=result.stdout, err=result.stderr)


def process(home: Home, *arguments: str, stdin: bytes = b"", **environ: str) -> Said:
    """Run a command in a process of its own, through pipes."""
    done = subprocess.run(
        [HOMEWARD, *arguments],
        env=home.for_process() | WIDE | environ,
        input=stdin,
        capture_output=True,
        timeout=60,
    )
    return Said(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


class Terminal:
    """A command at a pseudo-terminal of its own, watched and typed at as by a person.

    `out` sends its standard output to a file instead, as `homeward … > file` would.
    """

    def __init__(
        self, home: Home, *arguments: str, out: Path | None = None, **environ: str
    ) -> None:
        self._ours, theirs = os.openpty()
        launch = [sys.executable, "-c", AT_THE_TERMINAL, HOMEWARD, *arguments]
        if out is not None:
            command = 'exec "$0" "$@" > "$OUT"'
            launch[3:] = ["/bin/sh", "-c", command, HOMEWARD, *arguments]
            environ["OUT"] = str(out)
        self._process = subprocess.Popen(
            launch,
            env=home.for_process() | WIDE | environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def until(self, words: str) -> None:
        """Read until `words` appear."""
        while words not in self.seen:
            assert self._read(), f"{words!r} never appeared in {self.seen!r}"

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self) -> int:
        """Read all that is still to come; the exit status."""
        while self._read():
            pass
        return self._process.wait(30)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 30)
        assert ready, f"nothing more came after {self.seen!r}"
        piece = b""
        with suppress(OSError):  # Linux says EIO once nobody has the other end open
            piece = os.read(self._ours, 4096)
        self.seen += piece.decode(errors="replace")
        return bool(piece)
