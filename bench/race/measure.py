"""What is timed: starts, and calls against the stand-in, of one contestant once."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.race.contestants.timing import cpu_s, mb, tree
from bench.race.environments import Environment
from bench.race.homes import home
from bench.start import BARE, INITIALIZE, OURS

SCRIPTS = Path(__file__).parent / "contestants"
ROOT = Path(__file__).parents[2]
PORT, KEY = 4917, "sk-race-only-0123456789"
CONFIG = """\
model_list:
  - model_name: luna
    litellm_params: {{model: openai/gpt-6-luna, api_base: "{address}/v1", api_key: a-key}}
general_settings: {{master_key: {key}}}
"""
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
# LiteLLM asks GitHub for prices when it is imported, and waits for it: its own way to say offline.
OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
Told = Mapping[str, Any]


@contextmanager
def stand_in() -> Iterator[str]:
    """The address of a running stand-in."""
    command = [sys.executable, "-m", "bench.race.standin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def answered(address: str) -> int:
    """How many prompts the stand-in has answered."""
    with urllib.request.urlopen(f"{address}/count", timeout=5) as response:  # noqa: S310  # loopback
        return int(response.read())


def llm_routing(folder: Path, address: str) -> dict[str, str]:
    """Its environment: a home of its own, for it writes hooks into `~/.claude`."""
    own = {"HOME": str(folder), "LLM_ROUTER_HOME": str(folder / "router"), "OLLAMA_BASE_URL": ""}
    model = {"OPENAI_COMPAT_MODELS": "stand-in", "OPENAI_COMPAT_API_KEY": "a-key"}
    where = {"OPENAI_COMPAT_BASE_URL": f"{address}/v1"}
    return {"PATH": os.environ["PATH"]} | own | model | where | OFFLINE


def mcp_start(command: Sequence[str], environ: Mapping[str, str]) -> Told:
    """Seconds and processor seconds to the answer of `initialize`, MB then, bytes of the tools."""
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
    ) as process:

        def say(message: Mapping[str, Any]) -> None:
            assert process.stdin is not None
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()

        def heard(number: int) -> dict[str, Any]:
            assert process.stdout is not None
            for line in process.stdout:
                message: dict[str, Any] = json.loads(line)
                if message.get("id") == number:
                    return message
            raise SystemExit(f"{command[0]} ended before it answered.")

        say(INITIALIZE)
        assert heard(1)["result"]["serverInfo"]["name"]
        took = time.perf_counter() - began
        who = tree(process.pid)
        used = {"cpu": cpu_s(who), "mb": mb(who)}
        say(INITIALIZED)
        say(LIST)
        tools = heard(2)["result"]["tools"]
        process.kill()
    size = len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False).encode())
    return {"s": took, "bytes": size, "tools": len(tools), **used}


@contextmanager
def proxy(environment: Environment, address: str, folder: Path) -> Iterator[tuple[int, Told]]:
    """LiteLLM's proxy without a database, one worker: its process, and how it started."""
    config = folder / "proxy.yaml"
    config.write_text(CONFIG.format(address=address, key=KEY), encoding="utf-8")
    command = [str(environment.bin / "litellm"), "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(PORT)]
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | OFFLINE | {"HOME": str(folder)},
    ) as process:
        try:
            _alive(process, f"http://127.0.0.1:{PORT}/health/liveliness")
            took = time.perf_counter() - began
            who = tree(process.pid)
            yield process.pid, {"s": took, "cpu": cpu_s(who), "mb": mb(who)}
        finally:
            process.kill()


def _alive(process: "subprocess.Popen[bytes]", address: str) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # loopback
                return
        except OSError:
            time.sleep(0.05)  # a look is cheap beside the seconds it takes
    raise SystemExit("LiteLLM's proxy ended before it answered.")


def contestant(python: str, script: str, *arguments: object, ours: bool = False) -> Told:
    """What a script of `contestants` prints, run by a Python."""
    environ = os.environ | OFFLINE | ({"PYTHONPATH": str(ROOT)} if ours else {})
    told: dict[str, Any] = _json(python, environ, script, *arguments)
    return told


def said(peer: Environment, script: str, *arguments: object) -> Any:
    """What a script that counts prints, in a peer's environment and a home of no one."""
    with tempfile.TemporaryDirectory() as name:
        return _json(peer.python, os.environ | OFFLINE | {"HOME": name}, script, *arguments)


def _json(python: str, environ: Mapping[str, str], script: str, *arguments: object) -> Any:
    done = subprocess.run(
        [python, str(SCRIPTS / script), *map(str, arguments)],
        env={**environ, "RACE_BEGAN": str(time.time())},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{script} {arguments}\n{done.stderr}"[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def starts(there: Mapping[str, Environment]) -> Mapping[str, Callable[[Path], Told]]:
    """Who is started, and how, in a folder that is empty."""
    nobody = "http://127.0.0.1:9"

    def ours(folder: Path) -> Told:
        own = home(folder, nobody, cached=True)
        return mcp_start(OURS, os.environ | own.environ)

    found: dict[str, Callable[[Path], Told]] = {
        "floor": lambda _: mcp_start(BARE, os.environ),
        "homeward": ours,
    }
    if peer := there.get("llm-routing"):
        router = [str(peer.bin / "llm-router")]
        found["llm-routing"] = lambda folder: mcp_start(router, llm_routing(folder, nobody))
    return found


def calls(
    there: Mapping[str, Environment], address: str, count: int
) -> Mapping[str, Callable[[Path], Told]]:
    """Who makes calls, and how, in a folder that is empty. Slow ones make fewer."""
    me, few = sys.executable, max(10, count // 5)

    def tool(folder: Path, *, cached: bool) -> Told:
        own = home(folder, address, cached=cached)
        asked = {"prompt": "{prompt}", "model": "openai/gpt-6-luna", "max_tokens": 400}
        return over_stdio(OURS, os.environ | own.environ, "route_prompt", asked, count)

    def over_stdio(
        command: Sequence[str], environ: Mapping[str, str], name: str, asked: Any, times: int
    ) -> Told:
        server = {"command": command, "env": dict(environ), "tool": name, "arguments": asked}
        server["expect"] = "" if command == BARE else "Euclid"
        return contestant(me, "mcp_tool.py", address, times, json.dumps(server))

    ours = "homeward_switchboard.py"
    found: dict[str, Callable[[Path], Told]] = {
        "httpx2": lambda _: contestant(me, "floor.py", address, count),
        "echo": lambda _: over_stdio(BARE, os.environ, "echo", {"text": "{prompt}"}, count),
        "homeward": lambda _: contestant(me, ours, address, count, ours=True),
        "homeward cached": lambda _: contestant(me, ours, address, count, "cached", ours=True),
        "homeward tool": lambda folder: tool(folder, cached=False),
        "homeward tool cached": lambda folder: tool(folder, cached=True),
    }
    if peer := there.get("litellm"):
        library = "litellm_library.py"
        for way in ("acompletion", "router"):
            found[f"litellm {way}"] = lambda _, way=way: contestant(  # type: ignore[misc]
                peer.python, library, address, count, way
            )

        def proxied(folder: Path) -> Told:
            with proxy(peer, address, folder) as (process, start):
                at = f"http://127.0.0.1:{PORT}"
                told = contestant(me, "floor.py", at, few, "luna", KEY, process)
            return {**told, "start": start}

        found["litellm proxy"] = proxied
    if router := there.get("llm-routing"):
        command = [str(router.bin / "llm-router")]
        found["llm-routing tool"] = lambda folder: over_stdio(
            command, llm_routing(folder, address), "llm", {"prompt": "{prompt}"}, few
        )
    return found


def once(work: Callable[[Path], Told]) -> Told:
    """Measured in a folder of its own, with the load there was before."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="homeward-race-") as name:
        return {**work(Path(name)), "load": load}
