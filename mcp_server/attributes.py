"""What is told of requests and calls, as attributes: figures and names; words are kept apart."""

import json
import re
from collections.abc import Mapping

from mcp_server import semconv
from switchboard.request import Answer, Request
from switchboard.telemetry import Attempt

Attributes = dict[str, str | int | float | bool | list[str]]

_NAME = re.compile(r"[\w.:/@+-]{1,120}")
"""What a model is called; a server that says more than a name is not passed on."""


def by_whom(answer: Answer) -> str:
    """The model by the name we ask for it by where that is known, `provider/name`.

    What a server calls itself may change with every call, and would be a new line each time.
    """
    named = [each.model for each in answer.decision.tried if each.outcome in ("ok", "doubtful")]
    if named:
        return named[-1]
    return f"{answer.provider}/{answer.model}" if _NAME.fullmatch(answer.model) else answer.provider


def who_of(attempt: Attempt) -> Attributes:
    """What tells one kind of call from another: few values, for each makes a line of its own."""
    entry = attempt.entry
    address, _, port = attempt.host.rpartition(":")
    if not port.isdecimal():
        address, port = attempt.host, ""
    who: Attributes = {
        semconv.OPERATION: semconv.CHAT,
        semconv.PROVIDER: semconv.provider_name(entry.provider),
        semconv.REQUEST_MODEL: entry.model_asked,
    }
    if address:
        who[semconv.ADDRESS] = address
        who[semconv.PORT] = int(port or 443)
    if attempt.error is not None:
        who[semconv.ERROR] = (
            "timeout" if attempt.outcome.result == "timeout" else kind_of(attempt.error)
        )
    return who


def figures_of(attempt: Attempt) -> Attributes:
    """What one call used and gave, in figures."""
    entry, outcome, used = attempt.entry, attempt.outcome, attempt.used
    told: Attributes = {
        semconv.REQUEST_STREAM: True,
        semconv.REQUEST_ID: entry.request_id,
        semconv.NUMBER: entry.number,
        semconv.TASK: entry.task.value,
        semconv.STRATEGY: entry.strategy,
        semconv.COST: outcome.cost / 1_000_000,
    }
    if used is None:
        return told
    usage = outcome.usage
    told |= {
        semconv.INPUT_TOKENS: usage.input_tokens,
        semconv.OUTPUT_TOKENS: usage.output_tokens,
        semconv.CACHE_READ_TOKENS: usage.cached_tokens,
        semconv.CACHE_WRITE_TOKENS: usage.cache_write_tokens,
        semconv.REASONING_TOKENS: usage.reasoning_tokens,
        semconv.COUNTED: used.counted,
        semconv.RETRIES: used.retries,
    }
    if _NAME.fullmatch(used.model):
        told[semconv.RESPONSE_MODEL] = used.model
    if used.finish is not None:
        told[semconv.FINISH_REASONS] = [used.finish]
    if used.first_token_ms is not None:
        told[semconv.FIRST_CHUNK] = used.first_token_ms / 1000
    return told


def content_of(request: Request, answer: Answer) -> Mapping[str, str]:
    """What was asked and answered, in the conventions' JSON."""
    asked = "\n\n".join(filter(None, (request.context, request.prompt)))
    turns = [(turn.role, turn.text) for turn in request.turns]
    said = [_message(role, text) for role, text in (*turns, ("user", asked))]
    answered = _message("assistant", answer.text) | {"finish_reason": answer.finish or "stop"}
    told = {
        semconv.INPUT_MESSAGES: json.dumps(said, ensure_ascii=False),
        semconv.OUTPUT_MESSAGES: json.dumps([answered], ensure_ascii=False),
    }
    if request.system:
        told[semconv.SYSTEM] = json.dumps([_part(request.system)], ensure_ascii=False)
    return told


def _message(role: str, text: str) -> dict[str, object]:
    return {"role": role, "parts": [_part(text)]}


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}


def kind_of(error: BaseException) -> str:
    """The class of an error; whatever ends a call from outside is a cancellation."""
    return type(error).__name__ if isinstance(error, Exception) else "cancelled"
