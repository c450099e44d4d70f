"""The MCP server object: identity, instructions, tools, prompt. Importing it opens nothing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from anyio.abc import TaskGroup
from mcp.server import MCPServer
from mcp.server.context import CallNext, ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, InputRequiredResult, Tool
from pydantic import ValidationError

from mcp_server import __version__, prompts
from mcp_server.apps import cost_view
from mcp_server.incoming import Incoming
from mcp_server.places import Places, places
from mcp_server.resources import ResourceServer
from mcp_server.service import Service, serving
from mcp_server.tools import register

if TYPE_CHECKING:
    from mcp_server.desk import Desk
    from mcp_server.oauth import Guard

HOST_WAITS_S = 50.0
"""Hosts drop a tool call after about 60 s; we answer before that."""

INSTRUCTIONS = (
    "Homeward answers self-contained tasks from a cache, a local model, or the cheapest cloud "
    "model the person has allowed. Delegate with route_prompt. If a reply is 'working', call it "
    "again with the ticket. Only the person can approve whitelist entries."
)


class HomewardServer(ResourceServer):
    """Lists tools in as few bytes as say the same: every host pays for each of them. Tells which
    arguments were wrong without repeating them: they may hold a secret.
    """

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Service, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(in_words(error.__cause__)) from None
            raise

    async def run_stdio_async(self) -> None:
        server = self._lowlevel_server
        async with stdio_server() as (messages, answers):
            options = server.create_initialization_options()
            await server.run(Incoming(messages, answers), answers, options)

    async def list_tools(self) -> list[Tool]:
        return [
            tool.model_copy(
                update={
                    "description": cleandoc(tool.description or ""),
                    "input_schema": lean(fields_only(tool.input_schema)),
                    "output_schema": tool.output_schema and lean(fields_only(tool.output_schema)),
                }
            )
            for tool in await super().list_tools()
        ]


def in_words(invalid: ValidationError) -> str:
    """Which arguments are wrong and what they should be, without their values."""
    wrong = [
        f"{'.'.join(map(str, problem['loc'])) or 'arguments'}: {problem['msg']}."
        for problem in invalid.errors(include_url=False, include_input=False)
    ]
    return "These arguments cannot be used. " + " ".join(dict.fromkeys(wrong))


def fields_only(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose fields are described, and not our classes: those are our docstrings."""
    named = {n: fields_only(entry) for n, entry in schema.get("$defs", {}).items()}
    rest = {key: value for key, value in schema.items() if key not in ("description", "$defs")}
    return {"$defs": named, **rest} if named else rest


def lean(schema: Any) -> Any:
    """A JSON schema without what a model does not need: titles, and `null` for what may be absent.

    Optional values are left out of our results, never null, so the leaner schema holds for them.
    """
    if isinstance(schema, list):
        return [lean(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    choices = [entry for entry in schema.get("anyOf", ()) if entry != {"type": "null"}]
    if len(choices) == 1:
        schema = {**{k: v for k, v in schema.items() if k != "anyOf"}, **choices[0]}
    return {
        key: {name: lean(entry) for name, entry in value.items()}
        if key in ("properties", "$defs")
        else lean(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value in (None, "", [], False, 0))
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
    origin: str = "stdio",
    patience_s: float = HOST_WAITS_S,
    on_closing: Callable[[], None] = lambda: None,
    guard: "Guard | None" = None,
) -> MCPServer[Service]:
    """A server over the person's folders, or `where`. Nothing is opened before it is needed.

    `origin` says by which door its clients come, and what they must prove there. `guard` checks
    their tokens and tells whose they are, where an OAuth server gives them (`oauth`).
    """

    def make_desk(tasks: TaskGroup) -> "Desk":
        # Imported now, in a worker thread: the handshake must not wait for every room.
        from mcp_server.desk import Desk
        from mcp_server.wiring import build

        return Desk(build(where or places()), tasks, patience_s=patience_s)

    def lifespan(_: MCPServer[Service]) -> AbstractAsyncContextManager[Service]:
        return serving(make_desk, origin=door, on_closing=on_closing)

    def door() -> str:
        return origin if guard is None else f"{origin} {guard.principal()}"

    server = HomewardServer(
        "homeward",
        title="Homeward",
        version=__version__,
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        log_level="WARNING",
        middleware=[prepare_after_listing],
        extensions=[cost_view()],
        auth=None if guard is None else guard.settings,
        token_verifier=None if guard is None else guard.tokens,
    )
    register(server)
    prompts.register(server)
    return server


mcp = create()
"""What `mcp run` and `mcp dev` look for, through the shim `dev_server.py`."""
