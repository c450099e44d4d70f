"""What an assistant may look at, over stdio as a host does: rules and numbers, never a text."""

import json
import secrets
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import TextResourceContents

from switchboard.request import Request
from tests.homes import HARD, Home
from tests.mcp_server.asking import question
from tests.mcp_server.processes import stdio

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def read(home: Home, uri: str) -> Any:
    """The one JSON document at `uri`."""
    async with Client(stdio(home)) as client:
        [content] = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    assert content.text == json.dumps(
        json.loads(content.text), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return json.loads(content.text)


async def test_all_are_listed_in_few_words(home: Home) -> None:
    async with Client(stdio(home)) as client:
        page, *listed = (await client.list_resources()).resources
        [template] = (await client.list_resource_templates()).resource_templates
    assert page.uri == "ui://homeward/costs"
    assert [entry.uri for entry in listed] == [
        "homeward://whitelist",
        "homeward://audit/recent",
        "homeward://costs/month",
    ]
    assert template.uri_template == "homeward://costs/{period}"
    assert all(entry.mime_type == "application/json" for entry in (*listed, template))
    everything = [entry.model_dump(exclude_none=True) for entry in (page, *listed, template)]
    assert len(json.dumps(everything)) < 1300


@pytest.mark.parametrize("period", ["today", "month", "all"])
async def test_costs_are_read_also_where_nothing_was_asked(home: Home, period: str) -> None:
    found = await read(home, f"homeward://costs/{period}")
    assert (found["period"], found["requests"], found["spent_usd"]) == (period, 0, 0)
    assert found["by"] == {"model": [], "day": [], "task": [], "source": []}
    [month] = found["budget"]  # there is no daily limit
    assert (month["period"], month["left_usd"]) == ("month", month["limit_usd"])


async def test_the_whitelist_is_read_with_its_rules_and_what_waits(home: Home) -> None:
    home.allow("api.openai.com", tasks='code_review = false\n[sensitive]\nb = "redact"')
    sample = f"j•••@{secrets.token_hex(4)}"
    question(home, samples=[sample])
    found = await read(home, "homeward://whitelist")
    assert found == {
        "cloud_apis": ["api.openai.com"],
        "domains": [],
        "mcp_servers": [],
        "allowed_for_cloud": ["architecture_design", "reasoning_tasks"],
        "folders": 0,
        "for_a_while": [],
        "sensitive": {"A": "ask", "B": "redact", "C": "send"},
        "pending": {"proposals": 0, "questions": 1},
    }


async def test_the_last_fifty_lines_of_the_record_are_read(full_home: Home) -> None:
    word = f"xyzzy{secrets.token_hex(4)}"
    async with full_home.app() as app:
        await app.switchboard.answer(Request(prompt=f"{HARD} {word}", max_tokens=9))
    found = await read(full_home, "homeward://audit/recent")
    assert [(line["seq"], line["decision"], line["counts"]) for line in found] == [(1, "sent", {})]
    assert word not in json.dumps(found)


async def test_a_damaged_whitelist_is_told_in_a_sentence(home: Home) -> None:
    home.allow()
    home.places.whitelist.write_text("cloud_apis = 1\n", encoding="utf-8")
    async with Client(stdio(home)) as client:
        with pytest.raises(MCPError, match="cloud_apis is not a list of texts"):
            await client.read_resource("homeward://whitelist")


@pytest.mark.parametrize(
    "uri",
    [
        "homeward://nothing",
        "homeward://whitelist/",
        "homeward://costs/year",
        "homeward://costs/",
        "ui://homeward/other",
        "file:///etc/hosts",
    ],
)
async def test_nothing_else_can_be_read(home: Home, uri: str) -> None:
    async with Client(stdio(home)) as client:
        with pytest.raises(MCPError, match="Unknown resource"):
            await client.read_resource(uri)
