"""How a serving process starts light, keeps standard output clean, and ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import EASY, HARD, Home
from tests.mcp_server.processes import Raw, until
from tests.wire.faulty import Faulty

pytestmark = pytest.mark.slow
HEAVY = ("torch", "onnxruntime", "anthropic", "ollama", "openai", "genai_prices", "numpy")


def test_before_initialize_nothing_heavy_is_imported() -> None:
    code = f"import mcp_server.stdio, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "[]"


def test_nothing_but_protocol_reaches_standard_output(local_home: Home) -> None:
    with Raw(local_home) as server:
        server.send("tools/list", 2)
        server.read()
        server.call(3, "route_prompt", prompt=EASY, max_tokens=20)
        while server.read().get("id") != 3:
            pass
        assert server.process.stdin is not None
        server.process.stdin.close()
        server.process.wait(10)
        assert server.process.stdout is not None
        rest = server.process.stdout.read()
    for line in [*server.lines, *rest.splitlines()]:
        assert json.loads(line)["jsonrpc"] == "2.0"


@contextmanager
def as_a_shell_starts_what_is_in_the_background() -> Iterator[None]:
    """Who is started meanwhile ignores interrupts, unless it says otherwise."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("how", ["end-of-input", "sigterm", "sigterm in the background"])
def test_in_the_middle_of_a_call_it_ends_and_the_call_is_settled(
    home: Home, faulty: Faulty, how: str
) -> None:
    address = faulty.at("stalls")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    background = how.endswith("background")
    with as_a_shell_starts_what_is_in_the_background() if background else nullcontext():
        started = Raw(home)
    with started as server:
        server.call(2, "route_prompt", prompt=HARD, model="openai/gpt-6-luna")
        until(lambda: faulty.count["stalls"] > 0)
        assert server.process.stdin is not None
        if how.startswith("sigterm"):
            server.process.send_signal(signal.SIGTERM)
        else:
            server.process.stdin.close()
        assert server.process.wait(10) == 0
    books = Database(home.places.home_database, HOME)
    assert books.rows("select outcome from attempts") == [("cancelled",)]
    [(held, spent)] = books.rows("select held, spent from spend where scope = 'all'")
    assert held == 0
    assert spent > 0
    books.close()
