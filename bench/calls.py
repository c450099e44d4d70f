"""Our own share of a call: routed, cached, and how fast a process ends in the middle of one.

Run: python -m bench.calls [CALLS]. The model is the tests' tiny deterministic one on a real
llama.cpp server, so that what is left after subtracting its time is ours.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters

from bench.start import BARE, OURS
from cache import prepare
from mcp_server.places import Places, places
from mcp_server.wiring import build
from routing.errors import ProviderUnavailable
from switchboard import Request
from tests.homes import HARD, Home
from tests.mcp_server.processes import Raw, until
from tests.wire import tiny
from tests.wire.faulty import Faulty
from tests.wire.servers import Served, serving
from vocabulary import Message, Prompt

WARM = 20


def home_in(folder: Path) -> Home:
    models = places().models
    prepare(models)
    where = {name: folder / name for name in ("config", "data", "cache")}
    for each in where.values():
        each.mkdir(mode=0o700)
    return Home(places=Places(**where, models=models), environ={"OLLAMA_HOST": "127.0.0.1:9"})


async def timed(work: Callable[[int], Awaitable[object]], calls: int) -> list[float]:
    """Milliseconds of each of `calls` calls, after some that warm up."""
    took = []
    for number in range(WARM + calls):
        began = time.perf_counter()
        await work(number)
        took.append((time.perf_counter() - began) * 1000)
    return took[WARM:]


async def routed(home: Home, server: Served, calls: int) -> None:
    """A whole call to a cloud beside the same call made by the bare provider, in turn."""
    home.openai(server.address, server.key)
    host = server.root.removeprefix("http://")
    home.allow(host, tasks="reasoning_tasks = true")
    home.settings("[cache]\nenabled = false\n[budget]\nmonthly_usd = 100000\n")
    app = build(home.places, environ=home.environ)
    try:
        model = "openai/gpt-6-luna"
        provider = app.fleet.provider("openai")

        async def ours(number: int) -> None:
            prompt = f"{HARD} Case {number}."
            await app.switchboard.answer(Request(prompt=prompt, model=model, max_tokens=8))

        async def floor(number: int) -> None:
            message = Message(role="user", text=f"{HARD} Case {number}.")
            prompt = Prompt(messages=(message,), max_tokens=8)
            with suppress(ProviderUnavailable):  # llama.cpp hangs up after a hundred requests
                async for _ in provider.stream(prompt, model="gpt-6-luna"):
                    pass

        mine, bare = [], []
        for _ in range(3):  # in turn, so that a busy moment hits both
            mine += await timed(ours, calls // 3)
            bare += await timed(floor, calls // 3)
        own = statistics.median(mine) - statistics.median(bare)
        print(
            f"routed to a cloud: {statistics.median(mine):.2f} ms, the bare provider call "
            f"{statistics.median(bare):.2f} ms; ours p50 {own:.2f} ms (bar 5)"
        )
    finally:
        await app.aclose()


async def cached_over_stdio(home: Home, server: Served, calls: int) -> None:
    """An exact hit over stdio beside a tool that gives its argument back."""
    home.settings(f'[providers.llamacpp]\naddress = "{server.address}"\n')
    home.environ["LLAMA_API_KEY"] = server.key
    ours = StdioServerParameters(command=OURS[0], args=OURS[1:], env=home.for_process())
    bare = StdioServerParameters(command=BARE[0], args=BARE[1:], env=dict(os.environ))
    async with Client(ours) as client, Client(bare) as echo:

        async def hit(_: int) -> None:
            result = await client.call_tool("route_prompt", {"prompt": "What is the capital?"})
            assert not result.is_error

        async def floor(_: int) -> None:
            await echo.call_tool("echo", {"text": "What is the capital?"})

        mine, other = await timed(hit, calls), await timed(floor, calls)
    p50, base = statistics.median(mine), statistics.median(other)
    print(
        f"exact hit over stdio: p50 {p50:.2f} ms, a bare echo {base:.2f} ms, "
        f"ratio {p50 / base:.1f} (bar 3 ms)"
    )


def ending(home: Home, rounds: int) -> None:
    """Seconds from the end of input, or SIGTERM, in the middle of a call to the process's end."""
    with Faulty() as cloud:
        home.openai(cloud.at("stalls"))
        home.allow(cloud.address.removeprefix("http://"))
        home.settings("")
        took = {"end of input": [], "SIGTERM": []}  # type: dict[str, list[float]]
        for number in range(rounds):
            for how, times in took.items():
                before = cloud.count["stalls"]
                with Raw(home) as server:
                    prompt = f"{HARD} Round {number} by {how}."
                    server.call(2, "route_prompt", prompt=prompt, model="openai/gpt-6-luna")
                    until(lambda before=before: cloud.count["stalls"] > before)
                    began = time.perf_counter()
                    stop(server.process, how)
                    server.process.wait(10)
                    times.append(time.perf_counter() - began)
    for how, times in took.items():
        print(f"{how} in the middle of a call: ended within {max(times):.2f} s (bar 1 s)")


def stop(process: "subprocess.Popen[bytes]", how: str) -> None:
    if how == "SIGTERM":
        process.terminate()
    elif process.stdin is not None:
        process.stdin.close()


def main(calls: int = 150) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = tiny.write(folder / "tiny.gguf")
        homes = []
        for each in ("routed", "cached", "ending"):
            (folder / each).mkdir()
            homes.append(home_in(folder / each))
        with serving(model) as server:
            anyio.run(routed, homes[0], server, calls)
            anyio.run(cached_over_stdio, homes[1], server, calls)
        ending(homes[2], rounds=5)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
