"""The names under which telemetry is known, to OpenTelemetry and to us.

Source: the GenAI semantic conventions (github.com/open-telemetry/semantic-conventions-genai, and
opentelemetry-semantic-conventions 0.66b2). All of `gen_ai.*` is in development there and may be
renamed; `error.*` and `server.*` are stable. What begins with `homeward.` is ours.
"""

from collections.abc import Mapping
from typing import Final

OPERATION: Final = "gen_ai.operation.name"
WORKFLOW: Final = "gen_ai.workflow.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS: Final = "gen_ai.usage.cache_creation.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105  # no secret
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
SYSTEM: Final = "gen_ai.system_instructions"
TOOL: Final = "gen_ai.tool.name"
ERROR: Final = "error.type"
ADDRESS: Final = "server.address"
PORT: Final = "server.port"

REQUEST_ID: Final = "homeward.request_id"
SOURCE: Final = "homeward.source"
TASK: Final = "homeward.task"
STRATEGY: Final = "homeward.strategy"
NUMBER: Final = "homeward.attempt"
COUNTED: Final = "homeward.tokens_counted"
RETRIES: Final = "homeward.retries"
MODEL: Final = "homeward.model"
SIGNAL: Final = "homeward.signal"
RESULT: Final = "homeward.result"

CHAT: Final = "chat"
INVOKE: Final = "invoke_workflow"
ROUTE: Final = "route_prompt"

TOKEN_USAGE: Final = "gen_ai.client.token.usage"  # noqa: S105  # no secret
DURATION: Final = "gen_ai.client.operation.duration"
COST: Final = "homeward.cost"
ANSWERS: Final = "homeward.answers"
CONFIDENCE: Final = "homeward.confidence"
FEEDBACK: Final = "homeward.feedback"

TOKEN_BUCKETS: Final = tuple(4.0**power for power in range(14))
SECOND_BUCKETS: Final = tuple(0.01 * 2**power for power in range(14))
"""Both as the conventions ask: 1 to 67,108,864 tokens, 0.01 to 81.92 seconds."""

SHARE_BUCKETS: Final = tuple(tenth / 10 for tenth in range(11))

CONTENT: Final = frozenset({INPUT_MESSAGES, OUTPUT_MESSAGES, SYSTEM})
"""Attributes that hold what was asked and answered."""

FIGURES: Final = frozenset(
    {
        *(OPERATION, WORKFLOW, PROVIDER, REQUEST_MODEL, REQUEST_STREAM, RESPONSE_MODEL),
        *(FINISH_REASONS, FIRST_CHUNK, INPUT_TOKENS, OUTPUT_TOKENS, CACHE_READ_TOKENS),
        *(CACHE_WRITE_TOKENS, REASONING_TOKENS, TOOL, ERROR, ADDRESS, PORT),
        *(REQUEST_ID, SOURCE, TASK, STRATEGY, NUMBER, COUNTED, RETRIES, MODEL, COST, CONFIDENCE),
        *("mcp.method.name", "mcp.protocol.version", "rpc.response.status_code"),
    }
)
"""The attributes that may leave besides; the last three are those of the MCP library's spans."""

_PROVIDERS: Mapping[str, str] = {"google": "gcp.gemini", "mistral": "mistral_ai"}


def provider_name(provider: str) -> str:
    """The conventions' name for a provider, ours where they have none."""
    return _PROVIDERS.get(provider, provider)
