"""Speaks Anthropic's Messages protocol through the official client."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import httpx2

from routing.providers.anthropic_batch import AnthropicBatches
from routing.providers.anthropic_wire import FINISHES, Counts, request_of
from routing.providers.bounds import in_lines, no_longer
from routing.providers.figures import context_of, served_by, usable
from routing.providers.prefixes import Prefixes
from routing.providers.protocol import Chunk, Offer
from routing.providers.statuses import Asked, from_status
from routing.providers.translate import Opened, anthropic_edge, httpx2_edge
from routing.providers.vendors import Vendor
from routing.running.limits import rate_limits
from vocabulary import Prompt

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that no longer hold once a body has been decoded."""


class AnthropicMessages:
    """Anthropic, or a server that speaks its `/v1/messages`.

    `client` belongs to the caller, who closes it. `connect` is how many seconds a connection may
    take. The library is imported in a worker thread at the first call: it costs about a second.
    `prefixes` knows what was sent lately, and so what Anthropic had better keep.
    """

    def __init__(
        self,
        vendor: Vendor,
        address: str,
        key: str,
        client: httpx2.AsyncClient,
        *,
        connect: float = 10.0,
        prefixes: Prefixes | None = None,
    ) -> None:
        if not key:
            raise ValueError("without a key the library would look for one by itself")
        self._vendor = vendor
        self._address = address
        asked = Asked(vendor=vendor, address=address)
        self._make = partial(_client, address, key, _Relay(asked, client), connect)
        self._made: AsyncAnthropic | None = None
        self._prefixes = prefixes or Prefixes()
        self._batches = AnthropicBatches(self._library, asked)

    @property
    def name(self) -> str:
        return self._vendor.name

    @property
    def batches(self) -> AnthropicBatches:
        """Many prompts at once, at half the price."""
        return self._batches

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
        beginnings = self._prefixes.of(prompt, model)
        keep = self._prefixes.worth(prompt, beginnings)
        with anthropic_edge(asked):
            answer = await library.messages.create(**request_of(prompt, model, keep), stream=True)
            async with answer:
                reading = _Reading(asked)
                async for event in answer:
                    chunk = reading.chunk(event)
                    if event.type == "message_start":
                        self._prefixes.sent(beginnings)
                    yield chunk
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
        stream = response.headers.get("content-type", "").startswith("text/event-stream")
        lines = stream or request.url.path.endswith("/results")
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


class _Reading:
    """Reads the events of one answer.

    https://platform.claude.com/docs/en/build-with-claude/streaming: `message_start` counts what
    was read, `message_delta` carries running totals, `message_stop` is the end.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._counts = Counts()
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
                usage, model = (
                    self._counts.seen(event.message.usage),
                    served_by(event.message.model),
                )
                return Chunk(model=model, usage=usage, believed=self._counts.believed)
            case "content_block_delta" if event.delta.type == "text_delta":
                return Chunk(text="" + event.delta.text)
            case "content_block_delta" if event.delta.type == "thinking_delta":
                return Chunk(thought="" + event.delta.thinking)
            case "message_delta":
                reason = event.delta.stop_reason
                finish = FINISHES.get(reason, "stop") if reason else None
                usage = self._counts.seen(event.usage)
                return Chunk(finish=finish, usage=usage, believed=self._counts.believed)
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
