"""What a person may pick from their host's menu, and what a host may offer while they type."""

from typing import Annotated, Any

from mcp import MCPError
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.prompts.base import Message
from mcp.types import (
    INVALID_PARAMS,
    Completion,
    CompletionArgument,
    CompletionContext,
    InputRequiredResult,
    PromptReference,
    ResourceTemplateReference,
)
from pydantic import Field

from mcp_server.results import PERIODS, Period
from mcp_server.service import Service


def savings(
    period: Annotated[Period, Field(description="today, 7d, month (default) or all")] = "month",
) -> str:
    """What Homeward spent and saved, in plain words"""
    return (
        f'Call the tool cost_report of Homeward with {{"period": "{period}", "by": "source"}}, and '
        f'again with {{"period": "{period}", "by": "model"}}. Then tell me in a few plain '
        "sentences: what was spent; what was saved, and against which model that is counted (your "
        "own tokens for handing work over are not); how "
        "much the cache and the local models answered; which model cost most; and what is left "
        "of the budget. Keep to the figures of the report. If savings are below zero, say that "
        "trying cheaply first cost more. If an amount is unconfirmed, say so. If nothing was "
        "asked, say only that."
    )


class _Savings(Prompt):
    """Says which arguments it takes where it was given others, as the tools do."""

    async def render(
        self, arguments: dict[str, Any] | None, context: Context[Any, Any]
    ) -> list[Message] | InputRequiredResult:
        try:
            return await super().render(arguments, context)
        except ValueError:  # of pydantic, which has looked at the arguments
            said = f"These arguments cannot be used. period: one of {', '.join(PERIODS)}."
            raise MCPError(INVALID_PARAMS, said) from None


async def complete(
    ref: PromptReference | ResourceTemplateReference,
    argument: CompletionArgument,
    context: CompletionContext | None,
) -> Completion | None:
    """The periods that begin as typed; nothing else of ours has a list."""
    if argument.name != "period":
        return None
    found: list[str] = [period for period in PERIODS if period.startswith(argument.value)]
    return Completion(values=found, total=len(found), has_more=False)


def register(server: MCPServer[Service]) -> None:
    """Add the prompt, and the completion of its argument and of `homeward://costs/{period}`."""
    server.add_prompt(_Savings.from_function(savings, title="Savings"))
    server.completion()(complete)  # type: ignore[no-untyped-call]  # the SDK does not say its type
