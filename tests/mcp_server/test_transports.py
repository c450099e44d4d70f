"""A real client against real processes: stdio, SSE and streamable HTTP, both protocol eras."""

import subprocess
from typing import Literal

import httpx2
import pytest
from mcp import Client

from tests.homes import EASY, Home
from tests.mcp_server.commands import WIDE
from tests.mcp_server.processes import HOMEWARD, free_port, over_http, stdio, wait_for

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
Mode = Literal["auto", "legacy"]
TOKEN = "wjq7-Zk2m-9fTx-bR4d-6hNc-Y3vs-P8wl"


async def use(client: Client) -> str:
    """Call every tool; gives the protocol version that was agreed on."""
    assert len((await client.list_tools()).tools) == 4
    for tool, arguments in (
        ("route_prompt", {"prompt": EASY, "max_tokens": 20}),
        ("check_allowed", {"resource_type": "domain", "resource_name": "example.org"}),
        (
            "add_to_whitelist",
            {"resource_type": "mcp_server", "resource_name": "git", "reason": "to see changes"},
        ),
        ("cost_report", {"period": "all", "by": "task"}),
    ):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        assert result.structured_content
    return str(client.protocol_version)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_over_stdio_every_tool_answers(local_home: Home, mode: Mode) -> None:
    async with Client(stdio(local_home), mode=mode) as client:
        assert await use(client) == ("2026-07-28" if mode == "auto" else "2025-11-25")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_over_streamable_http_every_tool_answers(local_home: Home, mode: Mode) -> None:
    with over_http(local_home, "streamable-http") as port:
        async with Client(f"http://127.0.0.1:{port}/mcp", mode=mode) as client:
            assert await use(client) == ("2026-07-28" if mode == "auto" else "2025-11-25")


async def test_over_sse_every_tool_answers(local_home: Home) -> None:
    from mcp.client.sse import sse_client

    with over_http(local_home, "sse") as port:
        async with Client(sse_client(f"http://127.0.0.1:{port}/sse"), mode="legacy") as client:
            await use(client)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("host", "evil.example", 421), ("origin", "https://evil.example", 403)],
)
async def test_a_foreign_host_or_origin_is_turned_away(
    home: Home, http: httpx2.AsyncClient, header: str, value: str, status: int
) -> None:
    with over_http(home, "streamable-http") as port:
        answer = await http.post(
            f"http://127.0.0.1:{port}/mcp",
            headers={header: value, "accept": "application/json, text/event-stream"},
            json={"jsonrpc": "2.0", "id": 1, "method": "ping"},
        )
        assert answer.status_code == status


async def test_with_a_token_set_nobody_is_served_without_it(
    home: Home, http: httpx2.AsyncClient
) -> None:
    with over_http(home, "streamable-http", HOMEWARD_TOKEN=TOKEN) as port:
        address = f"http://127.0.0.1:{port}/mcp"
        refused = await http.post(address, json={})
        wrong = await http.post(address, json={}, headers={"authorization": "Bearer sk-1234"})
        right = await http.post(address, json={}, headers={"authorization": f"Bearer {TOKEN}"})
    assert [refused.status_code, wrong.status_code] == [401, 401]
    assert right.status_code not in (401, 421, 403)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("host", "evil.example", 421), ("origin", "https://evil.example", 403)],
)
def test_who_is_turned_away_from_sse_makes_one_line_in_the_log(
    home: Home, header: str, value: str, status: int
) -> None:
    port = free_port()
    command = [HOMEWARD, "mcp", "--transport", "sse", "--port", str(port)]
    environ = home.for_process() | WIDE
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, process)
        address = f"http://127.0.0.1:{port}/sse"
        answer = httpx2.get(address, headers={header: value}, trust_env=False)
    finally:
        process.terminate()
        _, said = process.communicate(timeout=10)
    assert answer.status_code == status
    started, *more = said.splitlines()
    assert started == f"Homeward serves sse at {address}"
    assert len(more) == 1
    assert value in more[0]
