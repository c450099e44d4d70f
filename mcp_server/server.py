"""The MCP server object: identity, instructions, the four tools. Importing it opens nothing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from anyio.abc import TaskGroup
from mcp.server import MCPServer
from mcp.server.context import CallNext, ServerRequestContext
from mcp.types import Tool

from mcp_server import __version__
from mcp_server.delegation import HOST_WAITS_S
from mcp_server.places import Places, places
from mcp_server.service import Service, serving
from mcp_server.tools import register
from mcp_server.wiring import App, build

INSTRUCTIONS = (
    "Homeward answers self-contained tasks from a cache, a local model, or the cheapest cloud "
    "model the person has allowed. Delegate with route_prompt. If a reply is 'working', call it "
    "again with the ticket. Only the person can approve whitelist entries."
)


class HomewardServer(MCPServer[Service]):
    """Lists tools without the titles that pydantic adds to every field: hosts pay for each byte."""

    async def list_tools(self) -> list[Tool]:
        return [
            tool.model_copy(
                update={
                    "input_schema": without_titles(tool.input_schema),
                    "output_schema": tool.output_schema and without_titles(tool.output_schema),
                }
            )
            for tool in await super().list_tools()
        ]


def without_titles(schema: Any) -> Any:
    """The same JSON schema without `title` annotations (a property named title stays)."""
    if isinstance(schema, list):
        return [without_titles(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: (
            {name: without_titles(entry) for name, entry in value.items()}
            if key in ("properties", "$defs")
            else without_titles(value)
        )
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


async def prepare_after_listing(
    ctx: ServerRequestContext[Service, Any], call_next: CallNext
) -> Any:
    """A host that lists the tools will soon call one: get ready, once the handshake is over."""
    result = await call_next(ctx)
    if ctx.method == "tools/list":
        ctx.lifespan_context.prepare()
    return result


def create(
    where: Places | None = None,
    *,
    patience_s: float = HOST_WAITS_S,
    on_closing: Callable[[], None] = lambda: None,
) -> MCPServer[Service]:
    """A server over the person's folders, or `where`. Nothing is opened before it is needed."""

    def build_app(tasks: TaskGroup) -> App:
        return build(where or places(), tasks, patience_s=patience_s)

    def lifespan(_: MCPServer[Service]) -> AbstractAsyncContextManager[Service]:
        return serving(build_app, on_closing=on_closing)

    server = HomewardServer(
        "homeward",
        title="Homeward",
        version=__version__,
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        log_level="WARNING",
        middleware=[prepare_after_listing],
    )
    register(server)
    return server


mcp = create()
"""What `mcp run` and `mcp dev` look for, through the shim `dev_server.py`."""
