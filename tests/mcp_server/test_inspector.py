"""The official MCP Inspector and the SDK's own runner, as developers use them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.homes import EASY, Home
from tests.mcp_server.processes import HOMEWARD, over_http

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
INSPECTOR = ROOT / "node_modules" / ".bin" / "mcp-inspector"
ERAS = {"legacy": "2025-11-25", "modern": "2026-07-28"}

CALLS: dict[str, dict[str, Any]] = {
    "route_prompt": {"prompt": EASY, "max_tokens": 20},
    "check_allowed": {"resource_type": "domain", "resource_name": "example.org"},
    "add_to_whitelist": {"resource_type": "mcp_server", "resource_name": "git", "reason": "diffs"},
    "cost_report": {"period": "all", "by": "task"},
}


class Inspector:
    """Its command line, pointed at one server in one protocol era.

    Each command is a process, and over stdio so is its server: `test_clients` calls and reads
    everything over stdio.
    """

    def __init__(
        self,
        era: str,
        options: list[str],
        target: list[str],
        *,
        calls: Sequence[str] = tuple(CALLS),
    ) -> None:
        self.calls = calls
        self._options = ["--cli", "--protocol-era", era, "--format", "json", *options]
        self._target = target

    def run(self, method: str, *more: str) -> dict[str, Any]:
        """The result of one method. It exits with 0 only if all went well."""
        assert INSPECTOR.exists(), "run `make test`, which installs the Inspector, or `npm ci`"
        done = subprocess.run(
            [str(INSPECTOR), *self._options, "--method", method, *more, *self._target],
            capture_output=True,
            timeout=60,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
        assert done.returncode == 0, done.stderr.decode()
        result: dict[str, Any] = json.loads(done.stdout)["result"]
        return result


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(params=["stdio", "sse", "streamable-http"])
def inspector(request: pytest.FixtureRequest, local_home: Home, era: str) -> Iterator[Inspector]:
    if request.param == "stdio":
        # It hands a server nothing of its own environment but what is named.
        pairs = [f"{name}={value}" for name, value in local_home.for_process().items()]
        named = [word for pair in pairs for word in ("-e", pair)]
        yield Inspector(era, named, ["--", HOMEWARD, "mcp"], calls=["route_prompt"])
    else:
        with over_http(local_home, request.param) as port:
            kind, path = ("sse", "sse") if request.param == "sse" else ("http", "mcp")
            target = ["--transport", kind, "--server-url", f"http://127.0.0.1:{port}/{path}"]
            yield Inspector(era, target, [])


def test_it_lists_every_tool_and_calls_them(inspector: Inspector, era: str) -> None:
    assert inspector.run("initialize")["protocolVersion"] == ERAS[era]
    [prompt] = inspector.run("prompts/list")["prompts"]
    assert prompt["name"] == "savings"
    # --strict fails for a schema that some client or model would not take.
    listed = inspector.run("tools/list", "--strict")["tools"]
    assert [tool["name"] for tool in listed] == list(CALLS)
    for tool in inspector.calls:
        given = json.dumps(CALLS[tool])
        result = inspector.run("tools/call", "--tool-name", tool, "--tool-args-json", given)
        assert not result.get("isError"), result
        assert result["structuredContent"]


def test_it_reads_resources_and_gets_the_prompt(inspector: Inspector) -> None:
    listed = [each["uri"] for each in inspector.run("resources/list")["resources"]]
    assert len(listed) == 4
    [content] = inspector.run("resources/read", "--uri", "homeward://costs/7d")["contents"]
    assert content["text"]
    arguments = ["--prompt-name", "savings", "--prompt-args", "period=7d"]
    [told] = inspector.run("prompts/get", *arguments)["messages"]
    assert '"period": "7d"' in told["content"]["text"]


@pytest.mark.anyio
async def test_the_sdks_runner_serves_the_shim(local_home: Home) -> None:
    runner = StdioServerParameters(
        command=str(Path(sys.executable).with_name("mcp")),
        args=["run", str(ROOT / "dev_server.py")],
        env=local_home.for_process(),
    )
    async with Client(runner) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == list(CALLS)
        answer = await client.call_tool("route_prompt", CALLS["route_prompt"])
        assert not answer.is_error
