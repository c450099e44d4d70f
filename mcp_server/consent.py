"""Asking the person through their host, where it can: only for what is narrow.

A host may answer by itself, and the assistant may sit between it and the person. So nothing here
can do more than send one text that the assistant already knows, redacted and without tier A, to a
host that is on the whitelist; or allow one exact host of a provider that is set up, for an hour.
Everything else waits for `homeward approve`.
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import (
    AcceptedElicitation,
    Context,
    DeclinedElicitation,
    Elicit,
    Resolve,
)
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from mcp_server.service import Service
from vocabulary import HomewardError

if TYPE_CHECKING:
    from mcp_server.desk import Desk

Ctx = Context[Service, Any]
F = TypeVar("F", bound=BaseModel)

_NO_NAME = re.compile(r"\S*@\S*|\S*\d[\d -]{4,}\S*")
"""What is in no host's name, and could be a message in its place: it is kept in books and logs."""


class Choice(BaseModel):
    """What happens to a text with personal data."""

    choice: Annotated[
        Literal["keep_local", "send_redacted"],
        Field(description="send_redacted: once, with tags in place of the data"),
    ] = "keep_local"


class HostChoice(BaseModel):
    """Whether a host may be asked."""

    choice: Literal["no", "allow_for_one_hour"] = "no"


def asked(
    ctx: Ctx,
    prompt: str,
    context: str,
    system: str,
    task: Any,
    prefer: Any,
    model: str | None,
    min_quality: float | None,
    max_cost_usd: float | None,
    max_tokens: int | None,
    fresh: bool,
    improve: str | None,
) -> Any:
    """The `Request` that a call's arguments make."""
    from mcp_server.replies import limit  # now: a host that only lists tools pays for no room
    from switchboard.request import Request

    try:
        cost = None if max_cost_usd is None else limit(max_cost_usd)
    except HomewardError as error:
        raise ToolError(str(error)) from error
    return Request(
        prompt=prompt,
        context=context,
        system=system,
        task=task,
        prefer=prefer,
        model=model,
        min_quality=min_quality,
        max_cost=cost,
        max_tokens=max_tokens,
        fresh=fresh,
        improve=improve,
        caller=caller(ctx),
        origin=ctx.request_context.lifespan_context.origin,
    )


async def ask_about_text(
    ctx: Ctx,
    request: Annotated[Any, Resolve(asked)],
    files: list[str],
    ticket: str | None,
    dry_run: bool,
) -> Elicit[Choice] | None:
    """The question that a call would end in, asked before it; no question where there is none."""
    if ticket is not None or dry_run or files:
        return None

    async def question(desk: "Desk") -> str | None:
        return await desk.question(request)

    return await _asked(ctx, Choice, question)


async def ask_about_host(
    ctx: Ctx, resource_type: str, resource_name: str, reason: str
) -> Elicit[HostChoice] | None:
    """Whether the exact host of a provider that is set up may be asked for an hour."""

    async def question(desk: "Desk") -> str | None:
        return await desk.question_about_host(resource_type, resource_name, reason, caller(ctx))

    return await _asked(ctx, HostChoice, question)


async def _asked(
    ctx: Ctx, form: type[F], question: Callable[["Desk"], Awaitable[str | None]]
) -> Elicit[F] | None:
    """The form with its question. What cannot be asked is not; the tool itself says why not."""
    if not can_ask(ctx):
        return None
    with suppress(HomewardError):
        desk = await ctx.request_context.lifespan_context.ready()
        if told := await question(desk):
            return Elicit(told, form)
    return None


def can_ask(ctx: Ctx) -> bool:
    """Whether the host shows forms to its person (a bare `elicitation: {}` means that it does)."""
    declared = ctx.client_capabilities
    elicitation = declared.elicitation if declared is not None else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def caller(ctx: Ctx) -> str:
    """The host's own name for itself: untrusted, used for scoping and reports only.

    Marked as a host's, so that none can take the name of another face and read its answers.
    """
    params = ctx.session.client_params
    if params is None:
        return "mcp"
    name = _NO_NAME.sub("…", params.client_info.name[:80])
    return f"mcp:{name}"


def chosen(outcome: Any) -> str:
    """What the person chose; `decline` counts as no. Empty where nothing was asked or answered."""
    if isinstance(outcome, AcceptedElicitation):
        return "" if outcome.data is None else str(outcome.data.choice)
    return "declined" if isinstance(outcome, DeclinedElicitation) else ""
