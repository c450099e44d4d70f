"""Speaks Ollama's own protocol through the official client."""

import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread

from routing.errors import ProviderError
from routing.providers.addresses import host_of, is_local
from routing.providers.figures import (
    context_of,
    parameters_of,
    printable,
    served_by,
    usable,
    usage_of,
)
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
_SIZES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_CLOUD_NAME = re.compile(r"[:-]cloud$")


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
        self._keep_alive = keep_alive
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
        """One row of `/api/tags`; None for a model that does not write.

        The official client's own types leave out `remote_host` and `remote_model`, which is why
        the list is read here.
        """
        name = row["name"]
        remote = _remote_host(row)
        shown = {} if remote else await self._shown(name)
        able = shown.get("capabilities")
        if isinstance(able, list) and "completion" not in able:
            return None
        info = _table(shown.get("model_info")).items()
        return Offer(
            name=name,
            local=self._local and remote is None,
            remote_host=remote,
            context=context_of(size for field, size in info if field.endswith(".context_length")),
            parameters=_parameters(_table(row.get("details")).get("parameter_size")),
            revision="" if remote else _revision(row.get("digest")),
        )

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


def _messages(prompt: Prompt) -> list[Mapping[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, *({"role": turn.role, "content": turn.text} for turn in prompt.messages)]


def _chunk(part: "ChatResponse", unthink: Unthink) -> Chunk:
    """One line; an empty chunk (thinking) still tells that the server is alive."""
    text = unthink.feed(part.message.content or "")
    if not part.done:
        return Chunk(text=text, model=served_by(part.model))
    return Chunk(
        text=text + unthink.rest(),
        model=served_by(part.model),
        finish="length" if part.done_reason == "length" else "stop",
        usage=usage_of(read=part.prompt_eval_count, written=part.eval_count),
    )


def _remote_host(row: dict[str, Any]) -> str | None:
    """The bare host that would see the prompt, None when this server has the weights.

    Older servers do not say; the names of cloud models end in `cloud` there.
    """
    remote = row.get("remote_host")
    if remote:
        return printable(host_of(str(remote)) or str(remote)) or "unknown"
    if row.get("remote_model") or _CLOUD_NAME.search(row["name"]):
        return "ollama.com"
    return None


def _parameters(label: object) -> float | None:
    """`"8.0B"` as 8e9."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([KMBT])", str(label), re.ASCII)
    return parameters_of(float(found[1]) * _SIZES[found[2]]) if found else None


def _revision(digest: object) -> str:
    """The digest of the weights as `/api/tags` gives it, where it is one."""
    found = re.fullmatch(r"(?:sha256:)?([0-9a-f]{12,128})", str(digest))
    return found[1] if found else ""


def _table(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
