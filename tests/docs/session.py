"""Runs the commands of one page, one after another, as the page's reader would."""

import os
import re
import secrets
import select
import shlex
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.docs.blocks import Command
from tests.homes import Home
from tests.mcp_server.commands import AT_THE_TERMINAL
from tests.mcp_server.processes import HOMEWARD, free_port, wait_for

SHELL = {"cat", "cd", "cp", "echo", "ls", "mkdir", "printf", "scp", "tar"}
"""What pages may use besides homeward. `cat FILE` with lines below it makes that file first."""

ID = re.compile(r"\b[0-9a-f]{12}\b")
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r")
PROMPT = re.compile(
    r"(?:\[y/N\]|\[Y/n\]|\(Enter for none\)|Type [^:\n]* again[^:\n]*|Your choice[^:\n]*): ?"
)
"""How Homeward's questions to a person end."""


@dataclass
class Session:
    """A page's home, its folder, and names that stand for others (`names`) in what it shows.

    Ids of twelve hexadecimal digits need no name: one that a page's command shows stands for the
    one that is seen, and before that for `request_id`.
    """

    home: Home
    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    request_id: str = ""
    ending: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.names["/home/you"] = str(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        self.ending.close()

    def write(self, name: str, text: str) -> None:
        """Put a page's file into the home."""
        if name == "homeward.toml":
            self.home.settings(text)
        else:
            self.home.places.whitelist.write_text(text, encoding="utf-8")

    def run(self, command: Command) -> tuple[int, str]:
        """Exit status, and all that was to be seen."""
        for shown in ID.findall(command.words):
            self.names.setdefault(shown, self.request_id)
        words = self._real(command.words)
        words = re.sub(r"\s+#.*$", "", words)
        words = words.removeprefix("uvx ")  # what uvx fetches is here already
        program = next(word for word in shlex.split(words) if "=" not in word)
        if program == "cat" and command.shown:
            written = self.folder / shlex.split(words)[1]
            written.write_text("".join(f"{line}\n" for line in command.shown), encoding="utf-8")
        elif program.endswith("homeward"):
            words = words.replace(program, HOMEWARD, 1)
            if f"{HOMEWARD} mcp" in words:
                return self._served(words)
        else:
            assert program in SHELL, f"{words!r}: say <!-- not run: … --> where nobody can run it"
        status, seen = self._typed(words, [line for line in command.shown if PROMPT.search(line)])
        found = iter(dict.fromkeys(ID.findall(seen)))
        for shown in dict.fromkeys(ID.findall("\n".join(command.shown))):
            if shown not in self.names and (real := next(found, None)):
                self.names[shown] = real
        return status, seen

    def _served(self, words: str) -> tuple[int, str]:
        """A server is started; over HTTP, until somebody could connect (on a free port)."""
        http = "--transport" in words
        words = words.replace("YOUR-TOKEN", secrets.token_hex(24))  # as the page says, a drawn one
        port = free_port()
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec env {words} {f'--port {port}' if http else ''}"],
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            if http:
                wait_for(port, process)
                return 0, ""
            return process.wait(30), ""
        finally:
            process.kill()
            process.wait()

    def _typed(self, words: str, answered: list[str]) -> tuple[int, str]:
        """At a terminal of its own; what the page shows after a question is typed."""
        answers = [line[PROMPT.search(line).end() :].strip() for line in answered]
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", AT_THE_TERMINAL, "/bin/sh", "-c", words],
            env=self._environ(),
            cwd=self.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        seen, done = "", 0
        try:
            while piece := _read(ours, seen):
                seen += COLOURS.sub("", piece)
                line = seen[done:].rpartition("\n")[2]
                if (asked := PROMPT.search(line)) and asked.end() == len(line):
                    done = len(seen)
                    answer = answers.pop(0) if answers else _usual(seen)
                    os.write(ours, f"{self._real(answer)}\n".encode())
            return process.wait(30), seen
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    def _environ(self) -> dict[str, str]:
        shown = {"HOME": str(self.folder), "COLUMNS": "250", "TERM": "xterm"}
        return self.home.for_process() | shown | self.environ

    def _real(self, shown: str) -> str:
        for name, real in self.names.items():
            shown = shown.replace(name, real)
        return shown


def _usual(seen: str) -> str:
    """What is typed where the page shows nothing: yes; what was just named, again; else Enter."""
    asked = seen.rpartition("\n")[2]
    if not asked.startswith("Type"):
        return "y" if "[y/N]" in asked else ""
    return re.findall(r"lets Homeward use the (?:documents in the )?\w+ (.+)\n", seen)[-1].strip()


def _read(ours: int, seen: str) -> str:
    ready, _, _ = select.select([ours], [], [], 60)
    assert ready, f"it neither ended nor asked anything that is known: {seen[-400:]!r}"
    with suppress(OSError):  # Linux says EIO once nobody has the other end open
        return os.read(ours, 65536).decode(errors="replace")
    return ""


def unlike(shown: tuple[str, ...], seen: str, alike: float = 0.6) -> list[str]:
    """Lines of a page that nothing on the screen is like: other figures and names do no harm."""
    screen = [_words(line) for line in seen.splitlines()]
    everything = set().union(*screen) if screen else set()
    missing = []
    for line in shown:
        words = _words(line)
        if words and len(words & everything) < alike * len(words):
            missing.append(line)
    return missing


def _words(line: str) -> set[str]:
    """Words of letters; no figures, ids, addresses or names of models."""
    plain = re.sub(r"\S*[\d/@.]\S*\w|\S*\d\S*", " ", line)
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", plain)}
