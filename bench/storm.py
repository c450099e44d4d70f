"""A storm of faults through the whole path, and what the path adds where all is well.

Run: python -m bench.storm [REQUESTS] [CALLS]. The servers are the tests' own (tests/storm.py): in
the storm each answers three chats in ten with a fault drawn at random, one cloud is never there,
and one has a key but is not on the whitelist. In calm the same servers answer at once, so that
what is left after subtracting the bare provider's call is ours.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any, NamedTuple

import anyio

from bench.calls import home_in
from mcp_server.wiring import App
from switchboard import Request
from tests.homes import HARD
from tests.storm import AT_ONCE, FAULT_SHARE, Seen, Weather
from vocabulary import Message, Prompt

WARM = 20
PATHS = (("ollama", "tiny"), ("llamacpp", "tiny"), ("openai", "gpt-6-luna"))


class Took(NamedTuple):
    """Milliseconds of one call, by the clock and of the processor (the servers' threads too)."""

    wall: float
    cpu: float


async def storm(weather: Weather, app: App, requests: int) -> None:
    """Print what came of the storm."""
    began = time.perf_counter()
    seen = await weather.storm(app, requests)
    took = time.perf_counter() - began
    [(still_open,)] = app.database.rows("select count(*) from attempts where outcome = 'open'")
    [(held,)] = app.database.rows("select coalesce(sum(held), 0) from spend")
    await app.aclose()
    closed = all(server.all_hung_up() for server in weather.servers)
    print(f"storm: {requests} requests, {AT_ONCE} at once, {FAULT_SHARE:.0%} faults, {took:.0f} s")
    print(f"  ended in an answer {seen.answers}, in one error {_told(seen)}, late {seen.late}")
    print(f"  fallback share: {seen.fallbacks / max(seen.answers, 1):.1%} of the answers")
    print(f"  breakers opened {seen.opened.total()} times, closed {seen.closed.total()} times")
    print(f"  requests at the forbidden cloud: {len(weather.forbidden.requests)}")
    print(f"  rows left open: {still_open}, money left held: {held}")
    print(f"  tasks left: {seen.tasks_left}, connections left: {'none' if closed else 'some'}")


def _told(seen: Seen) -> str:
    return ", ".join(f"{count} {name}" for name, count in seen.errors.items()) or "0"


async def calm(weather: Weather, app: App, calls: int) -> None:
    """Print for each way to speak what the path adds to the bare provider's call, in turn."""
    weather.fails(0.0)
    await app.fleet.models()
    for provider, model in PATHS:
        ours, bare, disk = list[Took](), list[Took](), list[float]()
        for number in range(WARM + calls):
            prompt = f"{HARD} Case {number} of {provider}."
            ours.append(await _timed(_routed(app, prompt, f"{provider}/{model}")))
            bare.append(await _timed(_bare(app, prompt, provider, model)))
            disk.append(_durable(app.places.data / "durable"))
        _tell(provider, ours[WARM:], bare[WARM:], statistics.median(disk))
    await app.aclose()


def _tell(provider: str, ours: list[Took], bare: list[Took], disk: float) -> None:
    mine, floor = (statistics.median(took.wall for took in each) for each in (ours, bare))
    p95 = _p95(ours) - _p95(bare)
    cpu = statistics.median(took.cpu for took in ours) - statistics.median(
        took.cpu for took in bare
    )
    print(
        f"calm, {provider}: {mine:.2f} ms, the bare provider {floor:.2f} ms; added p50 "
        f"{mine - floor:.2f} ms (bar 5; {cpu:.2f} ms of processor), p95 {p95:.2f} ms, ratio "
        f"{mine / floor:.1f}; a durable write on this disk {disk:.2f} ms"
    )


def _p95(times: list[Took]) -> float:
    return sorted(took.wall for took in times)[int(len(times) * 0.95)]


async def _timed(work: Coroutine[Any, Any, None]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    return Took((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


async def _routed(app: App, prompt: str, model: str) -> None:
    await app.switchboard.answer(Request(prompt=prompt, model=model, max_tokens=20))


async def _bare(app: App, prompt: str, provider: str, model: str) -> None:
    asked = Prompt(messages=(Message(role="user", text=prompt),), max_tokens=20)
    async with aclosing(app.fleet.provider(provider).stream(asked, model=model)) as pieces:
        async for _ in pieces:
            pass


def _durable(path: Path) -> float:
    """What one write that must survive takes; a call of a cloud makes three, one of ours none."""
    began = time.perf_counter()
    with path.open("ab") as file:
        file.write(b"0" * 200)
        file.flush()
        os.fsync(file.fileno())
    return (time.perf_counter() - began) * 1000


def main(requests: int = 2000, calls: int = 200) -> None:
    for run, size in ((storm, requests), (calm, calls)):
        with tempfile.TemporaryDirectory() as folder:
            weather = Weather(home_in(Path(folder)))
            with weather.blowing() as app:
                anyio.run(run, weather, app, size)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
