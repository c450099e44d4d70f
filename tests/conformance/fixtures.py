"""Tools, resources and prompts that the official suite asks every server for: tests only.

Names, texts and values are the suite's; it compares them.
"""

import base64
import json
from typing import Annotated, Any

import anyio
from mcp.server import MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.types import (
    AudioContent,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    SamplingMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from pydantic import BaseModel, Field

from mcp_server.service import Service

Ctx = Context[Service, Any]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4z8AAAAMBAQAY3Y2wAAAAAElFTkSuQmCC"
)
"""One red pixel."""

WAV = (
    b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
    b"data\x02\0\0\0\0\0"
)
"""One sample of silence."""

SCHEMA_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
"""What our own trimming of schemas (`mcp_server.server.lean`) must leave as it is."""


# --- tools that answer ----------------------------------------------------------------------


def image() -> ImageContent:
    return ImageContent(type="image", data=base64.b64encode(PNG).decode(), mime_type="image/png")


def resource(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    contents = TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return EmbeddedResource(type="resource", resource=contents)


def test_simple_text() -> str:
    return "This is a simple text response for testing."


def test_image_content() -> list[ImageContent]:
    return [image()]


def test_audio_content() -> list[AudioContent]:
    data = base64.b64encode(WAV).decode()
    return [AudioContent(type="audio", data=data, mime_type="audio/wav")]


def test_embedded_resource() -> list[EmbeddedResource]:
    return [resource("test://embedded-resource", "This is an embedded resource content.")]


def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    text = json.dumps({"test": "data", "value": 123}, separators=(",", ":"))
    return [
        TextContent(type="text", text="Multiple content types test:"),
        image(),
        resource("test://mixed-content-resource", text, "application/json"),
    ]


def test_error_handling() -> str:
    raise ToolError("This tool intentionally returns an error for testing")


def json_schema_2020_12_tool(name: str = "") -> str:
    return name


def test_x_mcp_header(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})],
) -> str:
    return region


# --- tools that speak while they work -------------------------------------------------------


async def test_tool_with_logging(ctx: Ctx) -> str:
    for said in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(said)
        await anyio.sleep(0.05)  # the suite asks for it, to see them one by one
    return "said"


async def test_tool_with_progress(ctx: Ctx) -> str:
    for done in (0, 50, 100):
        await ctx.report_progress(done, 100)
        await anyio.sleep(0.05)
    return "done"


async def test_reconnection(ctx: Ctx) -> str:
    await ctx.close_sse_stream()
    await anyio.sleep(0.2)
    return "Reconnection test completed"


async def test_trigger_tool_change(ctx: Ctx) -> str:
    await ctx.notify_tools_changed()
    return "told"


async def test_trigger_prompt_change(ctx: Ctx) -> str:
    await ctx.notify_prompts_changed()
    return "told"


# --- tools that ask within a call, as protocols up to 2025-11-25 do ----------------------------


class Person(BaseModel):
    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: str = Field("active", json_schema_extra={"enum": ["active", "inactive", "pending"]})
    verified: bool = True


def titled(*names: str) -> list[dict[str, str]]:
    return [{"const": name, "title": name.title()} for name in names]


OPTIONS = ["option1", "option2", "option3"]
VALUES = titled("value1", "value2", "value3")
LEGACY: dict[str, Any] = {"enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]}


class Enums(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": list(OPTIONS)})
    titledSingle: str = Field(json_schema_extra={"oneOf": list(VALUES)})
    legacyEnum: str = Field(json_schema_extra=LEGACY)
    untitledMulti: list[str] = Field(
        json_schema_extra={"items": {"type": "string", "enum": list(OPTIONS)}}
    )
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": list(VALUES)}})


async def test_sampling(prompt: str, ctx: Ctx) -> str:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    result = await ctx.session.create_message(  # on this call's own stream, which is surely open
        messages=[message], max_tokens=100, related_request_id=ctx.request_id
    )
    return f"LLM response: {getattr(result.content, 'text', '')}"


async def asked(ctx: Ctx, message: str, schema: type[BaseModel]) -> str:
    result = await ctx.elicit(message, schema)
    content = result.data.model_dump_json() if result.action == "accept" else "{}"
    return f"User response: action={result.action}, content={content}"


async def test_elicitation(message: str, ctx: Ctx) -> str:
    return await asked(ctx, message, Person)


async def test_elicitation_sep1034_defaults(ctx: Ctx) -> str:
    return await asked(ctx, "Who are you?", Defaults)


async def test_elicitation_sep1330_enums(ctx: Ctx) -> str:
    return await asked(ctx, "Which ones?", Enums)


# --- prompts --------------------------------------------------------------------------------


def test_simple_prompt() -> str:
    return "This is a simple prompt for testing."


def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:
    return [
        UserMessage(content=resource(resourceUri, "Embedded resource content for testing.")),
        UserMessage(content="Please process the embedded resource above."),
    ]


def test_prompt_with_image() -> list[UserMessage]:
    return [UserMessage(content=image()), UserMessage(content="Please analyze the image above.")]


TOOLS = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_error_handling,
    test_x_mcp_header,
    test_tool_with_logging,
    test_tool_with_progress,
    test_reconnection,
    test_trigger_tool_change,
    test_trigger_prompt_change,
    test_sampling,
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
)
PROMPTS = (
    test_simple_prompt,
    test_prompt_with_arguments,
    test_prompt_with_embedded_resource,
    test_prompt_with_image,
)


def register(server: MCPServer[Service]) -> None:
    """Add them all to a server of ours."""
    for tool in (*TOOLS, json_schema_2020_12_tool):
        server.add_tool(tool, description="For the suite", structured_output=False)
    server._tool_manager.get_tool("json_schema_2020_12_tool").parameters = SCHEMA_2020_12  # type: ignore[union-attr]
    for prompt in PROMPTS:
        server.add_prompt(Prompt.from_function(prompt, description="For the suite"))
    _resources(server)
    _older_methods(server)


def _resources(server: MCPServer[Service]) -> None:
    say = {"description": "For the suite"}

    @server.resource("test://static-text", mime_type="text/plain", **say)
    def static_text() -> str:
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png", **say)
    def static_binary() -> bytes:
        return PNG

    @server.resource("test://watched-resource", mime_type="text/plain", **say)
    def watched() -> str:
        return "Watched resource content"

    @server.resource("test://template/{id}/data", mime_type="application/json", **say)
    def template(id: str) -> str:
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


def _older_methods(server: MCPServer[Service]) -> None:
    """What we leave out, for nothing of ours would use it: levels of logging, subscriptions."""

    async def accept(_: ServerRequestContext[Any, Any], __: Any) -> EmptyResult:
        return EmptyResult()

    add = server._lowlevel_server.add_request_handler
    add("logging/setLevel", SetLevelRequestParams, accept)
    add("resources/subscribe", SubscribeRequestParams, accept)
    add("resources/unsubscribe", UnsubscribeRequestParams, accept)
