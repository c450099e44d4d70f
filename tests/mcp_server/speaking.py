"""MCP over HTTP by hand, to see statuses and headers."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2

MODERN, LEGACY = "2026-07-28", "2025-11-25"
ACCEPT = {"accept": "application/json, text/event-stream"}
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "by hand", "version": "0"},
}


def modern(method: str, **params: Any) -> dict[str, Any]:
    """What to hand to `post`: one request that says for itself which protocol it speaks."""
    named = {"mcp-name": str(params["name"])} if "name" in params else {}
    headers = {**ACCEPT, "mcp-protocol-version": MODERN, "mcp-method": method, **named}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}
    return {"headers": headers, "json": body}


def initialize() -> dict[str, Any]:
    """What to hand to `post`: the beginning of a session of an older protocol."""
    params = {
        "protocolVersion": LEGACY,
        "capabilities": {},
        "clientInfo": {"name": "by hand", "version": "0"},
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    return {"headers": dict(ACCEPT), "json": body}


def message(answer: httpx2.Response) -> Any:
    """The JSON-RPC message of an answer, be it JSON or a stream of events."""
    if answer.headers["content-type"].startswith("application/json"):
        return answer.json()
    *_, last = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    return json.loads(last.removeprefix("data: "))


def bearing(request: Mapping[str, Any], token: str) -> dict[str, Any]:
    """The same request with a bearer token."""
    return {**request, "headers": {**request["headers"], "authorization": f"Bearer {token}"}}
