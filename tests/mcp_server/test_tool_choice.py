"""What a model reads of the tools is changed on purpose only, and leads to calls that work."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client

from mcp_server.server import create
from tests.mcp_server.clients import ERAS, Mode

PINNED = "87f907a604dc08a41aea92e652e0b9f99d3c3b69f866d4a351d27e923a41dec1"
"""SHA-256 of what `tools/list` gives, keys in order."""

CHOICES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("tool_choices.toml").read_text(encoding="utf-8")
)["task"]


async def listed(era: Mode = "auto") -> list[dict[str, Any]]:
    async with Client(create(), mode=era) as client:
        tools = (await client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_what_a_model_reads_is_what_was_last_agreed_on(era: Mode) -> None:
    text = json.dumps(await listed(era), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    found = hashlib.sha256(text.encode()).hexdigest()
    assert found == PINNED, (
        "What models read of the tools has changed. If that was meant: read it as a model would "
        f"(tool_choices.toml), then put {found} into PINNED in {Path(__file__).name}."
    )


@pytest.mark.anyio
@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice["words"][:40])
async def test_the_call_that_a_task_should_lead_to_is_one_that_the_schemas_take(
    choice: dict[str, Any],
) -> None:
    [schema] = [tool["inputSchema"] for tool in await listed() if tool["name"] == choice["tool"]]
    strict = {**schema, "additionalProperties": False}
    wrong = Draft202012Validator(strict).iter_errors(choice["arguments"])
    assert [error.message for error in wrong] == []


@pytest.mark.anyio
async def test_every_tool_and_argument_is_wanted_by_some_task() -> None:
    wanted = {(each["tool"], name) for each in CHOICES for name in each["arguments"]}
    there = {
        (tool["name"], name)
        for tool in await listed()
        for name in tool["inputSchema"]["properties"]
    }
    assert there - wanted == {("route_prompt", "min_quality")}  # the person's settings say it
    assert {each["tool"] for each in CHOICES} == {tool for tool, _ in there}
