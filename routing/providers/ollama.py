"""Speaks Ollama's own protocol through the official client."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread

from routing.errors import ProviderError
from routing.providers.addresses import is_local
from routing.providers.figures import logprobs_of, served_by, timings_of, usable, usage_of
from routing.providers.ollama_rows import is_cloud, offer_of, remote_host
from routing.providers.protocol import Chunk, Offer
from routing.providers.statuses import Asked, from_status
from routing.providers.thinking import Unthink
from routing.providers.translate import httpx_edge, ollama_edge
from routing.providers.vendors import Vendor
from vocabulary import Prompt

if TYPE_CHECKING:
    import httpx
    from ollama import ChatResponse

    from routing.providers.ollama_wire import Wire

_DEFAULT_CONTEXT = 4096
"""What Ollama gives a model that nobody asks more for; a longer prompt would be cut in silence."""

_TOKENS_PER_TURN = 16


class OllamaChat:
    """An Ollama server: local models, and cloud models that it passes on.

    `count` estimates the tokens of a text, to ask for a context that holds prompt and answer.
    `transport` belongs to the caller; without one, a plain one is made and closed with this.
    `mine` says that the person declared the address theirs. `keep_alive` is how long a model stays
    loaded after its last answer. `connect` is how many seconds a connection may take.
    """

    def __init__(
        self,
        vendor: Vendor,
        address: str,
        transport: "httpx.AsyncBaseTransport | None" = None,
        *,
        count: Callable[[str], int],
        key: str | None = None,
        mine: bool = False,
        keep_alive: str | float = "10m",
        connect: float = 10.0,
    ) -> None:
        self._vendor = vendor
        self._address = address
        self._transport = transport
        self._count = count
        self._key = key
        self._local = is_local(vendor, address, mine)
        self._keep_alive = _duration(keep_alive)
        self._connect = connect
        self._made: Wire | None = None

    @property
    def name(self) -> str:
        return self._vendor.name

    async def aclose(self) -> None:
        if self._made is not None:
            await self._made.aclose()

    async def models(self) -> Sequence[Offer]:
        """What `/api/tags` lists, without the models that cannot answer (embeddings)."""
        asked = Asked(vendor=self._vendor, address=self._address)
        rows = (await self._ask(asked, "GET", "/api/tags")).get("models")
        if not isinstance(rows, list):
            raise from_status(asked, 200, headers={})
        names = [row for row in rows if isinstance(row, dict) and usable(row.get("name"))]
        offers = [await self._offer(row) for row in names]
        return tuple(offer for offer in offers if offer is not None)

    async def loaded(self) -> frozenset[str]:
        """What `/api/ps` lists: the models that are in memory now."""
        asked = Asked(vendor=self._vendor, address=self._address)
        rows = (await self._ask(asked, "GET", "/api/ps")).get("models")
        if not isinstance(rows, list):
            raise from_status(asked, 200, headers={})
        names = [row.get("name") for row in rows if isinstance(row, dict)]
        return frozenset(name for name in names if isinstance(name, str) and usable(name))

    async def warm(self, model: str) -> None:
        """Loads a model, to stay for `keep_alive`: a request that asks it nothing."""
        asked = Asked(vendor=self._vendor, address=self._address, model=model)
        body = {"model": model, "keep_alive": self._keep_alive, "stream": False}
        await self._ask(asked, "POST", "/api/generate", body)

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        asked = Asked(vendor=self._vendor, address=self._address, model=model)
        wire = await self._wire()
        unthink, ended = Unthink(), False
        with ollama_edge(asked):
            parts = await wire.library.chat(
                model,
                _messages(prompt),
                stream=True,
                options=self._options(prompt),
                keep_alive=self._keep_alive,
                logprobs=self._gives_logprobs(model),
            )
            async with aclosing(cast("AsyncGenerator[ChatResponse, None]", parts)) as answer:
                async for part in answer:
                    ended = bool(part.done)
                    yield _chunk(part, unthink)
        if not ended:
            raise asked.unavailable(
                f"{asked.where} broke off in the middle of its answer.",
                fix="Try again, or use another model.",
            )

    async def _offer(self, row: dict[str, Any]) -> Offer | None:
        """One row of `/api/tags`; None for a model that does not write."""
        shown = {} if remote_host(row) else await self._shown(row["name"])
        return offer_of(row, shown, local=self._local)

    async def _shown(self, name: str) -> dict[str, Any]:
        asked = Asked(vendor=self._vendor, address=self._address, model=name)
        try:
            return await self._ask(asked, "POST", "/api/show", {"model": name})
        except ProviderError:
            return {}  # listed all the same: the context is nice to know, not needed

    async def _ask(
        self, asked: Asked, method: str, path: str, body: object = None
    ) -> dict[str, Any]:
        wire = await self._wire()
        with httpx_edge(asked):
            response = await wire.plain.request(method, path, json=body)
            if response.status_code != 200:
                raise from_status(
                    asked, response.status_code, headers=response.headers, said=response.text
                )
            found = json.loads(response.content)
            if not isinstance(found, dict):
                raise from_status(asked, 200, headers={})
            return found

    async def _wire(self) -> "Wire":
        if self._made is None:
            self._made = await anyio.to_thread.run_sync(self._make, abandon_on_cancel=True)
        return self._made

    def _make(self) -> "Wire":
        from routing.providers.ollama_wire import Wire

        asked = Asked(vendor=self._vendor, address=self._address)
        return Wire(asked, self._transport, key=self._key, connect=self._connect)

    def _gives_logprobs(self, model: str) -> bool | None:
        """Servers before 0.12.11 pass over the question; clouds behind this one may refuse it."""
        asks = self._vendor.logprobs and self._local and not is_cloud(model)
        return True if asks else None

    def _options(self, prompt: Prompt) -> dict[str, Any]:
        texts = [prompt.system or "", *(turn.text for turn in prompt.messages)]
        tokens = sum(self._count(text) + _TOKENS_PER_TURN for text in texts) + prompt.max_tokens
        options: dict[str, Any] = {"num_predict": prompt.max_tokens}
        if tokens > _DEFAULT_CONTEXT:
            # In powers of two: a model is loaded anew each time that this number changes.
            options["num_ctx"] = 1 << (tokens - 1).bit_length()
        if prompt.temperature is not None:
            options["temperature"] = prompt.temperature
        return options


def _duration(keep_alive: str | float) -> str | float:
    """As Ollama takes it: a text must name its unit, so a bare number of seconds goes as one."""
    try:
        return float(keep_alive)
    except ValueError:
        return keep_alive


def _messages(prompt: Prompt) -> list[Mapping[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, *({"role": turn.role, "content": turn.text} for turn in prompt.messages)]


def _chunk(part: "ChatResponse", unthink: Unthink) -> Chunk:
    """One line; an empty chunk (thinking) still tells that the server is alive."""
    text = unthink.feed(part.message.content or "")
    if not part.done:
        logprobs = _logprobs(part) if text else ()  # thinking is no part of the answer
        aloud = part.message.content if unthink.thinking else part.message.thinking
        return Chunk(text=text, thought=aloud or "", model=served_by(part.model), logprobs=logprobs)
    return Chunk(
        text=text + unthink.rest(),
        model=served_by(part.model),
        finish="length" if part.done_reason == "length" else "stop",
        usage=usage_of(read=part.prompt_eval_count, written=part.eval_count),
        timings=timings_of(
            load=part.load_duration,
            read=part.prompt_eval_count,
            read_in=part.prompt_eval_duration,
            written=part.eval_count,
            written_in=part.eval_duration,
            unit=1e-9,
        ),
    )


def _logprobs(part: "ChatResponse") -> tuple[float, ...]:
    return logprobs_of([{"logprob": entry.logprob} for entry in part.logprobs or ()])
