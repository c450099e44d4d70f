"""Ollama's `/api` as a thin translation in front of a real llama.cpp server.

What it takes and gives is held to `openapi.SHAPES`: a request that departs from them is refused,
an answer that does makes the server fail.
"""

import json
from typing import Any

import httpx2

from tests.wire.listening import Listening, Reply, Request
from tests.wire.openapi import faults_of
from tests.wire.servers import Served

LOCAL = "tiny:latest"
EMBEDDING = "tiny-embed:latest"
CLOUD = "big:120b-cloud"
_DIGEST = "0" * 64
_THEN = "2026-11-20T12:00:00Z"


class Ollama(Listening):
    """The server: one model that writes, one that only embeds, one that it would pass on.

    `chats` holds the body of every chat request; `digest` is that of the model's weights. `loaded`
    is what it has in memory; a model that is asked for is from then on.
    """

    def __init__(self, behind: Served) -> None:
        super().__init__(self._route)
        self._behind = behind
        self.chats: list[dict[str, Any]] = []
        self.digest = _DIGEST
        self.loaded: set[str] = set()

    async def _route(self, request: Request, reply: Reply) -> None:
        asked: dict[str, Any] = json.loads(request.body or b"{}")
        match request.method, request.path:
            case "GET", "/api/version":
                await _give(reply, {"version": "0.13.0"}, "VersionResponse")
            case "GET", "/api/tags":
                await _give(reply, {"models": _models(self.digest)}, "ListResponse")
            case "GET", "/api/ps":
                await _give(reply, {"models": _running(self.loaded)}, "PsResponse")
            case "POST", "/api/show":
                await self._show(asked, reply)
            case "POST", "/api/generate":
                await self._generate(asked, reply)
            case "POST", "/api/chat":
                self.chats.append(asked)
                await self._chat(asked, reply)
            case _:
                await _give(reply, {"error": "not found"}, "ErrorResponse", status=404)

    async def _show(self, asked: dict[str, Any], reply: Reply) -> None:
        if await _refused(asked, "ShowRequest", reply):
            return
        writes = asked["model"] == LOCAL
        shown = {
            "modified_at": _THEN,
            "details": _DETAILS,
            "capabilities": ["completion"] if writes else ["embedding"],
            "model_info": {"general.architecture": "llama", "llama.context_length": 4096},
        }
        await _give(reply, shown, "ShowResponse")

    async def _generate(self, asked: dict[str, Any], reply: Reply) -> None:
        """Without a prompt, all it does is load the model."""
        if await _refused(asked, "GenerateRequest", reply):
            return
        self.loaded.add(asked["model"])
        loaded = {
            "model": asked["model"],
            "created_at": _THEN,
            "response": "",
            "done": True,
            "done_reason": "load",
        }
        await _give(reply, loaded, "GenerateResponse")

    async def _chat(self, asked: dict[str, Any], reply: Reply) -> None:
        if await _refused(asked, "ChatRequest", reply):
            return
        if asked["model"] not in (LOCAL, LOCAL.removesuffix(":latest")):
            error = {"error": f"model '{asked['model']}' not found"}
            await _give(reply, error, "ErrorResponse", status=404)
            return
        self.loaded.add(LOCAL)
        options = asked.get("options", {})
        body = {
            "model": self._behind.model,
            "messages": asked["messages"],
            "max_tokens": options.get("num_predict", -1),
            "temperature": options.get("temperature", 0.8),
            "stream": True,
            "stream_options": {"include_usage": True},
            "logprobs": asked.get("logprobs", False),
        }
        headers = {"authorization": f"Bearer {self._behind.key}"}
        url = f"{self._behind.address}/chat/completions"
        async with (
            httpx2.AsyncClient(timeout=None, trust_env=False, verify=False) as client,
            client.stream("POST", url, json=body, headers=headers) as answer,
        ):
            await reply.begin(200, content_type="application/x-ndjson")
            await _translate(answer, asked["model"], reply)
            await reply.end()


async def _translate(answer: httpx2.Response, model: str, reply: Reply) -> None:
    reason, usage = "stop", {"prompt_tokens": 0, "completion_tokens": 0}
    async for event in httpx2.EventSource(answer):
        if event.data == "[DONE]":
            break
        part = json.loads(event.data)
        usage = part.get("usage") or usage
        for choice in part["choices"]:
            reason = choice["finish_reason"] or reason
            if text := choice["delta"].get("content"):
                told = choice.get("logprobs") or {}
                await reply.piece(_event(model, text, **_logprobs(told)))
    counts = {
        "done_reason": reason,
        "total_duration": 1,
        "load_duration": 1,
        "prompt_eval_count": usage["prompt_tokens"],
        "prompt_eval_duration": 1,
        "eval_count": usage["completion_tokens"],
        "eval_duration": 1,
    }
    await reply.piece(_event(model, "", done=True, **counts))


def _logprobs(told: dict[str, Any]) -> dict[str, object]:
    """The tokens' probabilities, one level higher than in OpenAI's events."""
    fields = ("token", "logprob", "bytes")
    entries = [{name: entry[name] for name in fields} for entry in told.get("content") or ()]
    return {"logprobs": entries} if entries else {}


def _event(model: str, text: str, *, done: bool = False, **counts: object) -> bytes:
    message = {"role": "assistant", "content": text}
    event = {"model": model, "created_at": _THEN, "message": message, "done": done, **counts}
    return _checked(event, "ChatStreamEvent") + b"\n"


async def _refused(asked: object, shape: str, reply: Reply) -> bool:
    faults = faults_of(asked, shape)
    if faults:
        await _give(reply, {"error": "; ".join(faults)}, "ErrorResponse", status=400)
    return bool(faults)


async def _give(reply: Reply, value: object, shape: str, *, status: int = 200) -> None:
    await reply.whole(status, _checked(value, shape), content_type="application/json")


def _checked(value: object, shape: str) -> bytes:
    if faults := faults_of(value, shape):
        raise AssertionError(faults)
    return json.dumps(value).encode()


_DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "llama",
    "families": ["llama"],
    "parameter_size": "1.2M",
    "quantization_level": "F16",
}


def _summary(name: str, size: int, digest: str = _DIGEST, **remote: str) -> dict[str, Any]:
    return {
        "name": name,
        "model": name,
        "modified_at": _THEN,
        "size": size,
        "digest": digest,
        "details": _DETAILS,
        **remote,
    }


def _models(digest: str) -> list[dict[str, Any]]:
    remote = {"remote_host": "https://ollama.com:443", "remote_model": "big:120b"}
    return [
        _summary(LOCAL, 5_000_000, digest),
        _summary(EMBEDDING, 5_000_000),
        _summary(CLOUD, 384, **remote),
    ]


def _running(loaded: set[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "model": name,
            "size": 5_000_000,
            "digest": _DIGEST,
            "details": _DETAILS,
            "expires_at": _THEN,
            "size_vram": 0,
            "context_length": 4096,
        }
        for name in sorted(loaded)
    ]
