"""Speaks Anthropic's Messages protocol through the official client."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import httpx2

from routing.providers.bounds import in_lines, no_longer
from routing.providers.figures import context_of, served_by, usable, usage_of, whole
from routing.providers.protocol import Chunk, Offer
from routing.providers.statuses import Asked, from_status
from routing.providers.translate import Opened, anthropic_edge, httpx2_edge
from routing.providers.vendors import Vendor
from routing.running.limits import rate_limits
from vocabulary import Finish, Prompt, Usage

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_FINISHES: Mapping[str, Finish] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}

_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that no longer hold once a body has been decoded."""


class AnthropicMessages:
    """Anthropic, or a server that speaks its `/v1/messages`.

    `client` belongs to the caller, who closes it. `connect` is how many seconds a connection may
    take. The library is imported in a worker thread at the first call: it costs about a second.
    """

    def __init__(
        self,
        vendor: Vendor,
        address: str,
        key: str,
        client: httpx2.AsyncClient,
        *,
        connect: float = 10.0,
    ) -> None:
        if not key:
            raise ValueError("without a key the library would look for one by itself")
        self._vendor = vendor
        self._address = address
        asked = Asked(vendor=vendor, address=address)
        self._make = partial(_client, address, key, _Relay(asked, client), connect)
        self._made: AsyncAnthropic | None = None

    @property
    def name(self) -> str:
        return self._vendor.name

    async def aclose(self) -> None:
        """Nothing to close: the client is the caller's."""

    async def models(self) -> Sequence[Offer]:
        """What `/v1/models` lists. None of it is local: a loopback address would be a relay."""
        library = await self._library()
        with anthropic_edge(Asked(vendor=self._vendor, address=self._address)):
            return [
                Offer(name=model.id, local=False, context=context_of([model.max_input_tokens]))
                async for model in library.models.list(limit=1000)
                if usable(model.id)
            ]

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        library = await self._library()
        asked = Asked(vendor=self._vendor, address=self._address, model=model)
        with anthropic_edge(asked):
            answer = await library.messages.create(**_request(prompt, model), stream=True)
            async with answer:
                reading = _Reading(asked)
                async for event in answer:
                    yield reading.chunk(event)
                reading.check()
                yield Chunk(limits=rate_limits(answer.response.headers))

    async def _library(self) -> "AsyncAnthropic":
        if self._made is None:
            self._made = await anyio.to_thread.run_sync(self._make, abandon_on_cancel=True)
        return self._made


class _Relay(httpx2.AsyncBaseTransport):
    """Sends what the library says through the caller's client: no redirects, our own errors for
    what goes wrong before an answer begins, and no more of an answer than can be held."""

    def __init__(self, asked: Asked, client: httpx2.AsyncClient) -> None:
        self._asked = asked
        self._client = client

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        opened = Opened()
        request.extensions = {**request.extensions, "trace": opened}
        with httpx2_edge(self._asked, opened):
            response = await self._client.send(request, stream=True, follow_redirects=False)
        lines = response.headers.get("content-type", "").startswith("text/event-stream")
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name.lower() not in _OF_THE_WIRE
        ]
        held = _Held(self._asked, response, lines=lines)
        return httpx2.Response(response.status_code, headers=headers, stream=held)


class _Held(httpx2.AsyncByteStream):
    """A decoded body that ends with an error where it, or one of its lines, grows too long."""

    def __init__(self, asked: Asked, response: httpx2.Response, *, lines: bool) -> None:
        self._response = response
        self._pieces = (in_lines if lines else no_longer)(asked, response.aiter_bytes())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


def _client(address: str, key: str, relay: _Relay, connect: float) -> "AsyncAnthropic":
    import anthropic

    return anthropic.AsyncAnthropic(
        api_key=key,  # given, so that neither the environment nor a profile on disk is consulted
        base_url=address,
        http_client=httpx2.AsyncClient(transport=relay, trust_env=False),
        max_retries=0,  # attempt() knows what is safe to repeat
        timeout=httpx2.Timeout(None, connect=connect, pool=connect),
        open_telemetry=False,
    )


def _request(prompt: Prompt, model: str) -> dict[str, Any]:
    """The Messages API has no temperature any more, so a prompt's is left out."""
    request: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "messages": [{"role": turn.role, "content": turn.text} for turn in prompt.messages],
    }
    if prompt.system:
        request["system"] = prompt.system
    return request


class _Reading:
    """Reads the events of one answer.

    https://platform.claude.com/docs/en/build-with-claude/streaming: `message_start` counts what
    was read, `message_delta` carries running totals, `message_stop` is the end.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._counts: dict[str, int] = {}
        self._believed = True
        self._ended = False

    def chunk(self, event: Any) -> Chunk:
        """One event; an empty chunk (thinking, a block's bounds) tells that the server is alive.

        Raises:
            ProviderUnavailable: it holds something else than it should.
        """
        try:
            return self._chunk(event)
        except TypeError:
            raise from_status(self._asked, 200, headers={}) from None

    def _chunk(self, event: Any) -> Chunk:
        match event.type:
            case "message_start":
                usage, model = self._usage(event.message.usage), served_by(event.message.model)
                return Chunk(model=model, usage=usage, believed=self._believed)
            case "content_block_delta" if event.delta.type == "text_delta":
                return Chunk(text="" + event.delta.text)
            case "message_delta":
                reason = event.delta.stop_reason
                finish = _FINISHES.get(reason, "stop") if reason else None
                usage = self._usage(event.usage)
                return Chunk(finish=finish, usage=usage, believed=self._believed)
            case "message_stop":
                self._ended = True
        return Chunk()

    def check(self) -> None:
        """
        Raises:
            ProviderUnavailable: the answer did not end, it broke off.
        """
        if not self._ended:
            raise self._asked.unavailable(
                f"{self._asked.where} broke off in the middle of its answer.",
                fix="Try again, or use another model.",
            )

    def _usage(self, usage: Any) -> Usage | None:
        """`input_tokens` leaves out what was read from or written to the cache: ours counts all.

        A delta repeats only what it knows, so the rest stands as it was.
        """
        details = getattr(usage, "output_tokens_details", None)
        seen = {
            "input": getattr(usage, "input_tokens", None),
            "output": getattr(usage, "output_tokens", None),
            "read": getattr(usage, "cache_read_input_tokens", None),
            "write": getattr(usage, "cache_creation_input_tokens", None),
            "thinking": getattr(details, "thinking_tokens", None),
        }
        for name, said in seen.items():
            count = whole(said)
            if count is not None:
                self._counts[name] = count
            elif said is not None:
                self._believed = False
        if "input" not in self._counts:
            return None
        counts = {name: self._counts.get(name, 0) for name in seen}
        return usage_of(
            read=counts["input"] + counts["read"] + counts["write"],
            written=counts["output"],
            cached=counts["read"],
            cache_write=counts["write"],
            reasoning=counts["thinking"],
        )
