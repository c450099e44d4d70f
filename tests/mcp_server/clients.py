"""A client of mcp's own, connected to a server over one home."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp.types import CallToolResult, Implementation, TextContent

from mcp_server.server import create
from tests.homes import Home

Mode = Literal["auto", "legacy"]
ERAS: list[Mode] = ["auto", "legacy"]


@asynccontextmanager
async def connected(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    era: Mode = "auto",
    patience_s: float = 30,
    answering: ElicitationFnT | None = None,
    info: Implementation | None = None,
) -> AsyncIterator[Client]:
    """`answering` is the host's way of asking its person; without it, it cannot ask."""
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    server = create(home.places, patience_s=patience_s)
    async with Client(server, mode=era, elicitation_callback=answering, client_info=info) as client:
        yield client


def text(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def facts(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text(result)
    structured: dict[str, Any] = result.structured_content or {}
    return structured
