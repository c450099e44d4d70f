"""Speaks OpenAI's chat protocol, which most vendors and local servers share, over httpx2."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import httpx2

from routing.providers.addresses import is_local
from routing.providers.bounds import whole_body
from routing.providers.figures import context_of, parameters_of, usable
from routing.providers.openai_events import Reading
from routing.providers.protocol import Chunk, Offer
from routing.providers.statuses import Asked, from_status
from routing.providers.translate import Opened, httpx2_edge
from routing.providers.vendors import Vendor
from routing.running.limits import rate_limits
from vocabulary import Prompt

_ERROR_BYTES = 64 * 1024
_DRAIN = 0.25
_CONTEXT_FIELDS = ("context_length", "max_model_len", "context_window", "max_context_length")


class OpenAICompatible:
    """A model server that speaks OpenAI's `/chat/completions` and `/models`.

    `client` belongs to the caller, who closes it. `mine` says that the person declared the
    address theirs. `stop` are texts at which every answer ends; `connect` is how many seconds a
    connection may take.
    """

    def __init__(
        self,
        vendor: Vendor,
        address: str,
        key: str | None,
        client: httpx2.AsyncClient,
        *,
        mine: bool = False,
        stop: Sequence[str] = (),
        connect: float = 10.0,
    ) -> None:
        self._vendor = vendor
        self._address = address.rstrip("/")
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = client
        self._local = is_local(vendor, address, mine)
        self._logprobs = vendor.logprobs and self._local
        self._stop = tuple(stop)
        self._timeout = httpx2.Timeout(None, connect=connect, pool=connect)

    @property
    def name(self) -> str:
        return self._vendor.name

    async def aclose(self) -> None:
        """Nothing to close: the client is the caller's."""

    async def models(self) -> Sequence[Offer]:
        """What `/models` lists, embedding and speech models too where a vendor mixes them in."""
        asked = Asked(vendor=self._vendor, address=self._address)
        async with self._answer(asked, "GET", "/models") as response:
            body = json.loads(await whole_body(asked, response.aiter_bytes()))
            rows = body.get("data") if isinstance(body, dict) else body
            if not isinstance(rows, list):
                raise from_status(asked, 200, headers={})
            offers = [_offer(row, local=self._local) for row in rows]
            return tuple(offer for offer in offers if offer is not None)

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        asked = Asked(vendor=self._vendor, address=self._address, model=model)
        body = self._body(prompt, model)
        async with self._answer(asked, "POST", "/chat/completions", body) as response:
            reading = Reading(asked)
            events = aiter(httpx2.EventSource(response))
            async for event in events:
                if event.data == "[DONE]":
                    await _drain(events)
                    break
                yield reading.chunk(json.loads(event.data))
            yield replace(reading.last(), limits=rate_limits(response.headers))

    @asynccontextmanager
    async def _answer(
        self, asked: Asked, method: str, path: str, body: object = None
    ) -> AsyncIterator[httpx2.Response]:
        opened = Opened()
        with httpx2_edge(asked, opened):
            async with self._client.stream(
                method,
                self._address + path,
                json=body,
                headers=self._headers,
                timeout=self._timeout,
                follow_redirects=False,
                extensions={"trace": opened},
            ) as response:
                if response.status_code != 200:
                    said = await _beginning(response)
                    error = from_status(
                        asked, response.status_code, headers=response.headers, said=said
                    )
                    if self._logprobs and "logprobs" in said:
                        self._logprobs = False  # it does not know the question: again without it
                        error.safe_to_retry, error.retry_after = True, 0.0
                    raise error
                yield response

    def _body(self, prompt: Prompt, model: str) -> dict[str, object]:
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        turns = [{"role": turn.role, "content": turn.text} for turn in prompt.messages]
        body: dict[str, object] = {
            "model": model,
            "messages": system + turns,
            self._vendor.max_tokens_field: prompt.max_tokens,
            "stream": True,
            **self._vendor.extra,
        }
        if self._logprobs:
            body["logprobs"] = True
            body["top_logprobs"] = 1  # llama.cpp would list twenty others beside each
        if self._vendor.stream_options:
            body["stream_options"] = {"include_usage": True}
        if prompt.temperature is not None:
            body["temperature"] = prompt.temperature
        if self._stop:
            body["stop"] = list(self._stop)
        return body


async def _drain(events: AsyncIterator[object]) -> None:
    """Reads what little follows, for only a connection read to its end can be used again."""
    with anyio.move_on_after(_DRAIN):
        async for _ in events:
            pass


async def _beginning(response: httpx2.Response) -> str:
    """The start of an error's body, decoded as far as it goes."""
    read = b""
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) >= _ERROR_BYTES:
            break
    return read[:_ERROR_BYTES].decode("utf-8", "replace")


def _offer(row: object, *, local: bool) -> Offer | None:
    """One row of the list; None for one that names no model."""
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return None
    name = row["id"].removeprefix("models/")  # Gemini lists paths and takes names
    if not usable(name):
        return None
    meta = row.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    return Offer(
        name=name,
        local=local,
        context=context_of([*(row.get(field) for field in _CONTEXT_FIELDS), meta.get("n_ctx")]),
        parameters=parameters_of(meta.get("n_params")),
    )
