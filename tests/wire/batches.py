"""Anthropic's Message Batches API for tests, held to the official types in all that it says."""

import asyncio
import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import BatchCreateParams
from pydantic import TypeAdapter

from tests.wire.listening import Listening, Reply, Request

_TAKES: TypeAdapter[Any] = TypeAdapter(BatchCreateParams)
_PATH = re.compile(r"/v1/messages/batches(?:/(msgbatch_\w+)(/results|/cancel)?)?")


@dataclass
class Held:
    """One batch: its requests by id, and what becomes of each (`succeeded` where nobody says)."""

    requests: dict[str, Any]
    status: str = "in_progress"
    endings: dict[str, str] = field(default_factory=dict)


class BatchServer:
    """A context manager. `batches` holds what was sent; `finish` ends the newest one.

    `usage` is what each answer has used. `refuses` is a status to answer a new batch with, `drops`
    breaks the connection once a batch is taken, `silent` never answers. `stray` are ids that stand
    among the results besides, `omits` how many results are missing.
    """

    def __init__(self) -> None:
        self.batches: dict[str, Held] = {}
        self.usage: dict[str, Any] = {"input_tokens": 100, "output_tokens": 10}
        self.refuses = 0
        self.drops = False
        self.silent = False
        self.stray: list[str] = []
        self.omits = 0
        self.break_results_after: int | None = None
        self._lock = threading.Lock()
        self.listening = Listening(self._answer)

    def __enter__(self) -> "BatchServer":
        self.listening.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self.listening.__exit__(*told)

    @property
    def address(self) -> str:
        return self.listening.address

    @property
    def newest(self) -> Held:
        return list(self.batches.values())[-1]

    def finish(self, *endings: str) -> None:
        """End the newest batch; the endings of its requests in order."""
        held = self.newest
        held.endings = dict(zip(held.requests, endings, strict=False))
        held.status = "ended"

    async def _answer(self, request: Request, reply: Reply) -> None:
        match = _PATH.fullmatch(request.path.partition("?")[0])
        if match is None:
            await reply.whole(404, b"{}")
            return
        batch_id, action = match.groups()
        if batch_id is None:
            await self._take(request, reply)
        elif batch_id not in self.batches:
            await reply.whole(404, b'{"type": "error", "error": {"type": "not_found_error"}}')
        elif action == "/results":
            await self._results(self.batches[batch_id], reply)
        else:
            if action == "/cancel":
                self.batches[batch_id].status = "canceling"
            await self._say(batch_id, reply)

    async def _take(self, request: Request, reply: Reply) -> None:
        if self.refuses:
            await reply.whole(self.refuses, b"{}")
            return
        sent = json.loads(request.body)
        _TAKES.validate_python(sent)
        by_id = {each["custom_id"]: each["params"] for each in sent["requests"]}
        assert len(by_id) == len(sent["requests"])
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in by_id)
        with self._lock:
            batch_id = f"msgbatch_{len(self.batches) + 1:04}"
            self.batches[batch_id] = Held(requests=by_id)
        if self.silent:
            await asyncio.Event().wait()
        if self.drops:
            reply.slam()
            return
        await self._say(batch_id, reply)

    async def _say(self, batch_id: str, reply: Reply) -> None:
        held = self.batches[batch_id]
        ended = held.status == "ended"
        endings = [held.endings.get(each, "succeeded") for each in held.requests] if ended else []
        said = {
            "id": batch_id,
            "type": "message_batch",
            "processing_status": held.status,
            "created_at": "2026-11-21T12:00:00Z",
            "expires_at": "2026-11-22T12:00:00Z",
            "ended_at": "2026-11-21T13:00:00Z" if ended else None,
            "results_url": "https://elsewhere.example/results" if ended else None,
            "request_counts": {
                "processing": 0 if ended else len(held.requests),
                **{
                    kind: endings.count(kind)
                    for kind in ("succeeded", "errored", "canceled", "expired")
                },
            },
        }
        MessageBatch.model_validate(said)
        await reply.whole(200, json.dumps(said).encode(), content_type="application/json")

    async def _results(self, held: Held, reply: Reply) -> None:
        await reply.begin(200, content_type="application/x-jsonl")
        there = list(reversed(held.requests))[self.omits :]
        for stray in self.stray:
            line = {"custom_id": stray or there[0], "result": {"type": "expired"}}
            await reply.piece(json.dumps(line).encode() + b"\n")
        for number, custom_id in enumerate(there):
            if number == self.break_results_after:
                await reply.piece(b'{"custom_id": "')
                break
            line = self._result(custom_id, held)
            MessageBatchIndividualResponse.model_validate(line)
            await reply.piece(json.dumps(line).encode() + b"\n")
        await reply.end()

    def _result(self, custom_id: str, held: Held) -> dict[str, Any]:
        ending = held.endings.get(custom_id, "succeeded")
        result: dict[str, Any] = {"type": ending}
        if ending == "errored":
            error = {"type": "invalid_request_error", "message": "-"}
            result["error"] = {"type": "error", "error": error, "request_id": None}
        if ending == "succeeded":
            asked = held.requests[custom_id]
            result["message"] = {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": asked["model"],
                "content": [{"type": "text", "text": f"to: {asked['messages'][-1]['content']}"}],
                "stop_reason": "end_turn",
                "stop_sequence": None,
                "usage": self.usage,
            }
        return {"custom_id": custom_id, "result": result}
