"""Tools that ask by returning a question, as protocol 2026-07-28 does: tests only.

Names, texts and keys are the suite's; it compares them.
"""

from collections.abc import Mapping
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts import Prompt
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)

from mcp_server.service import Service

Ctx = Context[Service, Any]


def form(message: str, **fields: str) -> ElicitRequest:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in fields.items()},
        "required": list(fields),
    }
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(text: str) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=text))
    return CreateMessageRequest(
        params=CreateMessageRequestParams(messages=[message], max_tokens=100)
    )


NAME = {"user_name": form("What is your name?", name="string")}
CAPITAL = {"capital_question": sample("What is the capital of France?")}
ROOTS = {"client_roots": ListRootsRequest()}
CONFIRM = {"confirm": form("Please confirm", ok="boolean")}


def ask(requests: Mapping[str, InputRequest], state: str | None = None) -> InputRequiredResult:
    return InputRequiredResult(input_requests=dict(requests), request_state=state)


def answers(ctx: Ctx, *keys: str) -> dict[str, Any] | None:
    """What was answered to these questions; None unless all were, with accepted forms."""
    given = ctx.input_responses or {}
    found = {key: given.get(key) for key in keys}
    refused = [
        answer
        for answer in found.values()
        if answer is None or (isinstance(answer, ElicitResult) and not answer.content)
    ]
    return None if refused else found


async def test_input_required_result_elicitation(ctx: Ctx) -> str | InputRequiredResult:
    given = answers(ctx, "user_name")
    return ask(NAME) if given is None else f"Hello, {given['user_name'].content.get('name')}!"


async def test_input_required_result_sampling(ctx: Ctx) -> str | InputRequiredResult:
    given = answers(ctx, "capital_question")
    return ask(CAPITAL) if given is None else str(given["capital_question"].content.text)


async def test_input_required_result_list_roots(ctx: Ctx) -> str | InputRequiredResult:
    given = answers(ctx, "client_roots")
    if given is None:
        return ask(ROOTS)
    roots: ListRootsResult = given["client_roots"]
    return ", ".join(str(root.uri) for root in roots.roots)


async def test_input_required_result_request_state(ctx: Ctx) -> str | InputRequiredResult:
    if answers(ctx, "confirm") is None or ctx.request_state != "asked":
        return ask(CONFIRM, "asked")
    return "state-ok"


async def test_input_required_result_multiple_inputs(ctx: Ctx) -> str | InputRequiredResult:
    wanted = {**NAME, "greeting": sample("Generate a greeting"), **ROOTS}
    return ask(wanted, "asked") if answers(ctx, *wanted) is None else "all answered"


async def test_input_required_result_multi_round(ctx: Ctx) -> str | InputRequiredResult:
    if ctx.request_state == "two" and (given := answers(ctx, "step2")) is not None:
        return f"{given['step2'].content.get('color')}"
    if ctx.request_state == "one" and answers(ctx, "step1") is not None:
        return ask({"step2": form("Step 2: What is your favorite color?", color="string")}, "two")
    return ask({"step1": form("Step 1: What is your name?", name="string")}, "one")


async def test_input_required_result_tampered_state(ctx: Ctx) -> str | InputRequiredResult:
    return ask(CONFIRM, "asked") if answers(ctx, "confirm") is None else "state-ok"


async def test_input_required_result_capabilities(ctx: Ctx) -> str | InputRequiredResult:
    able = ctx.client_capabilities
    wanted: dict[str, InputRequest] = {}
    if able is not None and able.elicitation is not None:
        wanted |= NAME
    if able is not None and able.sampling is not None:
        wanted |= CAPITAL
    return ask(wanted) if wanted and not ctx.input_responses else "nothing to ask"


async def test_streaming_elicitation(ctx: Ctx) -> str | InputRequiredResult:
    await ctx.report_progress(0, 1)
    return ask(NAME) if answers(ctx, "user_name") is None else "answered"


async def test_logging_tool(ctx: Ctx) -> str:
    await ctx.info("a message that nobody asked for")
    return "said"


async def test_missing_capability(ctx: Ctx) -> str:
    able = ctx.client_capabilities
    if able is None or able.sampling is None:
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs sampling",
            {"requiredCapabilities": {"sampling": {}}},
        )
    return "able"


async def test_input_required_result_prompt(ctx: Ctx) -> str | InputRequiredResult:
    given = answers(ctx, "user_context")
    if given is None:
        return ask({"user_context": form("What context should the prompt use?", context="string")})
    return f"Context: {given['user_context'].content.get('context')}"


TOOLS = (
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_tampered_state,
    test_input_required_result_capabilities,
    test_streaming_elicitation,
    test_logging_tool,
    test_missing_capability,
)


def register(server: MCPServer[Service]) -> None:
    """Add them all to a server of ours."""
    for tool in TOOLS:
        server.add_tool(tool, description="For the suite", structured_output=False)
    prompt = Prompt.from_function(test_input_required_result_prompt, description="For the suite")
    server.add_prompt(prompt)
