"""The four tools, as an assistant's model reads them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, ParamSpec

from mcp.server import MCPServer
from mcp.server.apps import client_supports_apps
from mcp.server.mcpserver import ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from mcp_server.apps import COSTS_META, COSTS_URI
from mcp_server.consent import (
    Choice,
    Ctx,
    HostChoice,
    ask_about_host,
    ask_about_text,
    asked,
    caller,
    chosen,
)
from mcp_server.results import Allowed, Costs, Period, Proposed, Routed
from mcp_server.service import Service
from vocabulary import HomewardError, TaskKind

P = ParamSpec("P")
ResourceType = Literal["cloud_api", "domain", "mcp_server", "task"]


def _told(tool: Callable[P, Awaitable[CallToolResult]]) -> Callable[P, Awaitable[CallToolResult]]:
    """Every error of ours reaches the model as a sentence that says what to do."""
    from functools import wraps

    @wraps(tool)
    async def inner(*args: P.args, **kwargs: P.kwargs) -> CallToolResult:
        try:
            return await tool(*args, **kwargs)
        except HomewardError as error:
            raise ToolError(str(error)) from error

    return inner


@_told
async def route_prompt(
    ctx: Ctx,
    prompt: Annotated[str, Field(description="The task, complete in itself")] = "",
    context: Annotated[str, Field(description="Text it is about")] = "",
    system: Annotated[str, Field(description="Role, format and tone")] = "",
    task: Annotated[
        TaskKind | None, Field(description="Kind of task; detected if left out")
    ] = None,
    prefer: Annotated[
        Literal["auto", "local", "cloud"],
        Field(description="local: stay on this machine. cloud: only what the person allowed"),
    ] = "auto",
    model: Annotated[str | None, Field(description="provider/name, to insist on one")] = None,
    min_quality: Annotated[float | None, Field(description="0 to 1", ge=0, le=1)] = None,
    max_cost_usd: Annotated[float | None, Field(description="Limit for this call", ge=0)] = None,
    max_tokens: Annotated[int | None, Field(description="Limit of the answer", ge=1)] = None,
    fresh: Annotated[bool, Field(description="Skip the cache")] = False,
    improve: Annotated[
        str | None, Field(description="request_id of an answer to better; no prompt")
    ] = None,
    files: Annotated[
        list[str],
        Field(description="Paths of documents; do not read them yourself"),
    ] = [],  # noqa: B006  (the default is what the schema shows; nobody changes it)
    deliver: Annotated[
        Literal["reply", "file"], Field(description="file: write beside the document")
    ] = "reply",
    dry_run: Annotated[bool, Field(description="Only say what it would do")] = False,
    ticket: Annotated[
        str | None, Field(description="From a 'working' reply: fetch the rest; no prompt")
    ] = None,
    *,
    request: Annotated[Any, Resolve(asked)],
    outcome: Annotated[ElicitationResult[Choice], Resolve(ask_about_text)],
) -> Annotated[CallToolResult, Routed]:
    """Delegate a self-contained task to a cheaper or more private model.

    For summaries, translations, extraction, drafts, simple code and questions. Homeward answers
    from its cache, a local model, or the cheapest allowed cloud model that is good enough, and
    says why and at what cost. It never sends text to a further cloud against the person's rules.
    Name private documents in `files`: they are read and worked on locally, never shown to a cloud.
    """
    desk = await ctx.request_context.lifespan_context.ready()
    if ticket is not None:
        return _both(await desk.redeem(ticket, report=ctx.report_progress))
    if dry_run:
        return _both(await desk.plan(request, files=files))
    await desk.decide(request, chosen(outcome))
    return _both(
        await desk.route(request, files=files, deliver=deliver, report=ctx.report_progress)
    )


@_told
async def check_allowed(
    ctx: Ctx,
    resource_type: ResourceType,
    resource_name: Annotated[str, Field(description="Host, provider, domain, server or task kind")],
) -> Annotated[CallToolResult, Allowed]:
    """Does the person's whitelist allow this resource?"""
    desk = await ctx.request_context.lifespan_context.ready()
    return _both(await desk.check(resource_type, resource_name))


@_told
async def add_to_whitelist(
    ctx: Ctx,
    resource_type: ResourceType,
    resource_name: Annotated[str, Field(description="Exact host or provider, server or task kind")],
    reason: Annotated[str, Field(description="Why, in a sentence the person will read")],
    *,
    outcome: Annotated[ElicitationResult[HostChoice], Resolve(ask_about_host)],
) -> Annotated[CallToolResult, Proposed]:
    """Propose a whitelist entry. Nothing changes until the person approves it."""
    desk = await ctx.request_context.lifespan_context.ready()
    choice = chosen(outcome)
    return _both(
        await desk.propose(resource_type, resource_name, reason, caller(ctx), choice=choice)
    )


@_told
async def cost_report(
    ctx: Ctx,
    period: Period = "month",
    by: Annotated[
        Literal["model", "day", "task", "source"],
        Field(description="source: cache, local or cloud"),
    ] = "model",
) -> Annotated[CallToolResult, Costs]:
    """Spend, savings against the baseline model, cache and local share, and budget left."""
    desk = await ctx.request_context.lifespan_context.ready()
    result = _both(await desk.costs(period, by))
    if client_supports_apps(ctx):
        result.meta = {COSTS_META: await desk.whole_costs(period)}
    return result


def register(server: MCPServer[Service]) -> None:
    """Add the four tools, with annotations that are true."""
    server.add_tool(
        route_prompt,
        annotations=ToolAnnotations(
            title="Route a prompt",
            read_only_hint=False,
            destructive_hint=False,
            idempotent_hint=False,
            open_world_hint=True,
        ),
    )
    server.add_tool(
        check_allowed,
        annotations=ToolAnnotations(
            title="Check the whitelist", read_only_hint=True, open_world_hint=False
        ),
    )
    server.add_tool(
        add_to_whitelist,
        annotations=ToolAnnotations(
            title="Propose a whitelist entry",
            read_only_hint=False,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
    server.add_tool(
        cost_report,
        annotations=ToolAnnotations(
            title="Costs and savings", read_only_hint=True, open_world_hint=False
        ),
        meta={"ui": {"resourceUri": COSTS_URI}},
    )


def _both(result: Routed | Allowed | Proposed | Costs) -> CallToolResult:
    """The structured result, and the same in text."""
    return CallToolResult(
        content=[TextContent(type="text", text=result.text())],
        structured_content=result.model_dump(mode="json", exclude_none=True),
    )
