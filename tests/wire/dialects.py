"""How the three protocols spell an answer on the wire: what a faulty server needs to lie well."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`opening`, then `text(...)` as often as one likes, then `ending`; each is bytes to send."""

    content_type: str
    opening: bytes
    text: Callable[[str], bytes]
    ending: bytes
    failure: bytes
    nonsense: bytes


def dialect_of(path: str) -> Dialect:
    """The dialect of a request, by its path."""
    if path.endswith("/messages"):
        return ANTHROPIC
    return OLLAMA if "/api/" in path else OPENAI


def _sse(*events: object) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def _named(*events: dict[str, object]) -> bytes:
    return b"".join(f"event: {event['type']}\n".encode() + _sse(event) for event in events)


def _line(**fields: object) -> bytes:
    line = {"model": "tiny", "created_at": "2026-11-20T12:00:00Z", **fields}
    return json.dumps(line).encode() + b"\n"


def _openai(delta: dict[str, str], reason: str | None = None) -> bytes:
    return _sse(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "model": "tiny",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
    )


OPENAI = Dialect(
    content_type="text/event-stream",
    opening=_openai({"role": "assistant"}),
    text=lambda text: _openai({"content": text}),
    ending=_openai({}, "stop")
    + _sse(
        {
            "choices": [],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        }
    )
    + b"data: [DONE]\n\n",
    failure=_sse({"error": {"code": 500, "message": "upstream failed"}}),
    nonsense=b"data: {nonsense\n\n",
)

ANTHROPIC = Dialect(
    content_type="text/event-stream",
    opening=_named(
        {
            "type": "message_start",
            "message": {
                "id": "m1",
                "type": "message",
                "role": "assistant",
                "model": "tiny",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 7, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ),
    text=lambda text: _named(
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": text},
        }
    ),
    ending=_named(
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 3},
        },
        {"type": "message_stop"},
    ),
    failure=_named({"type": "error", "error": {"type": "api_error", "message": "inside"}}),
    nonsense=b"event: content_block_delta\ndata: {nonsense\n\n",
)

OLLAMA = Dialect(
    content_type="application/x-ndjson",
    opening=_line(message={"role": "assistant", "content": ""}, done=False),
    text=lambda text: _line(message={"role": "assistant", "content": text}, done=False),
    ending=_line(
        message={"role": "assistant", "content": ""},
        done=True,
        done_reason="stop",
        prompt_eval_count=7,
        eval_count=3,
    ),
    failure=json.dumps({"error": "the model runner has stopped"}).encode() + b"\n",
    nonsense=b"{nonsense\n",
)
