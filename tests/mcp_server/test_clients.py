"""Other people's clients use everything there is: TypeScript's official ones, and fastmcp's."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from tests.conformance.run import node
from tests.homes import EASY, Home
from tests.mcp_server.processes import HOMEWARD, over_http

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[1] / "conformance" / "client.mjs"
TOKEN = "wjq7-Zk2m-9fTx-bR4d-6hNc-Y3vs-P8wl"
CALLS: dict[str, dict[str, Any]] = {
    "route_prompt": {"prompt": EASY, "max_tokens": 20},
    "check_allowed": {"resource_type": "domain", "resource_name": "example.org"},
    "add_to_whitelist": {"resource_type": "mcp_server", "resource_name": "git", "reason": "diffs"},
    "cost_report": {"period": "all", "by": "task"},
}
RESOURCES = {
    "ui://homeward/costs",
    "homeward://whitelist",
    "homeward://audit/recent",
    "homeward://costs/month",
}
PERIODS = "homeward://costs/{period}"


@pytest.fixture(params=["stdio", "streamable-http"])
def target(request: pytest.FixtureRequest, local_home: Home) -> Iterator[dict[str, Any]]:
    """How to reach a server: the command that starts it, or its address and token."""
    if request.param == "stdio":
        yield {"command": [HOMEWARD, "mcp"], "env": local_home.for_process()}
    else:
        with over_http(local_home, "streamable-http", HOMEWARD_TOKEN=TOKEN) as port:
            yield {"url": f"http://127.0.0.1:{port}/mcp", "token": TOKEN}


@pytest.mark.parametrize(
    ("sdk", "era", "protocol"),
    [
        ("v1", "legacy", "2025-11-25"),
        ("v2", "legacy", "2025-11-25"),
        ("v2", "modern", "2026-07-28"),
    ],
    ids=["1.x", "2.x-legacy", "2.x-modern"],
)
def test_typescripts_clients_use_every_tool_resource_and_prompt(
    target: dict[str, Any], sdk: str, era: str, protocol: str
) -> None:
    asked = json.dumps({"sdk": sdk, "era": era, "calls": CALLS, **target})
    done = subprocess.run([node(), str(SCRIPT), asked], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    assert sdk == "v1" or said["negotiated"] == protocol
    assert said["tools"] == list(said["results"]) == list(CALLS)
    for result in said["results"].values():
        assert not result.get("isError"), result
        assert result["structuredContent"]
        assert result["content"][0]["text"]
    assert set(said["read"]) == RESOURCES
    assert said["read"]["ui://homeward/costs"] > 1000
    assert said["templates"] == [PERIODS]
    assert "cost_report" in said["got"]["savings"][0]["content"]["text"]
    assert said["completed"] == ["today"]


@pytest.mark.anyio
async def test_fastmcps_client_uses_every_tool_resource_and_prompt(
    target: dict[str, Any],
) -> None:
    if "url" in target:
        client = Client(target["url"], auth=target["token"])
    else:
        command, *arguments = target["command"]
        client = Client(StdioTransport(command, arguments, env=target["env"], keep_alive=False))
    async with client:
        assert [tool.name for tool in await client.list_tools()] == list(CALLS)
        for name, arguments in CALLS.items():
            result = await client.call_tool(name, arguments)
            assert result.structured_content
            assert result.content[0].text
        assert {str(each.uri) for each in await client.list_resources()} == RESOURCES
        for uri in (*RESOURCES, "homeward://costs/7d"):
            assert (await client.read_resource(uri))[0].text
        [template] = await client.list_resource_templates()
        assert template.uri_template == PERIODS
        [prompt] = await client.list_prompts()
        got = await client.get_prompt(prompt.name, {"period": "today"})
        assert "cost_report" in got.messages[0].content.text
