"""Gemma 3 270M in a process of our own, started when it is first asked (extra `embedded`)."""

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2

from routing.providers.gemma import GEMMA_NAME, GEMMA_STOP, GEMMA_TEMPLATE, gemma
from routing.providers.llamacpp import EmbeddedServer
from routing.providers.openai import OpenAICompatible
from routing.providers.protocol import Chunk, Offer
from routing.providers.vendors import vendors
from vocabulary import Prompt

CONTEXT = 4096
PARAMETERS = 270e6


class EmbeddedGemma:
    """A `Provider` whose server is ours: it starts with the first prompt and ends with us.

    `admit` is told the loopback address once it is known, so that the door lets `client` reach it.
    """

    name = "embedded"

    def __init__(
        self, folder: Path, client: httpx2.AsyncClient, *, admit: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._client = client
        self._admit = admit
        self._starting = anyio.Lock()
        self._server: EmbeddedServer | None = None
        self._speaker: OpenAICompatible | None = None

    async def models(self) -> Sequence[Offer]:
        """The one model, without starting it."""
        return (Offer(name=GEMMA_NAME, local=True, context=CONTEXT, parameters=PARAMETERS),)

    async def loaded(self) -> frozenset[str]:
        """The one model, once it runs."""
        return frozenset() if self._speaker is None else frozenset({GEMMA_NAME})

    async def warm(self, model: str) -> None:
        """Starts it."""
        await self.started()

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        speaker = await self.started()
        pieces = speaker.stream(prompt, model=model)
        try:
            async for chunk in pieces:
                yield chunk
        finally:
            await pieces.aclose()

    async def started(self) -> OpenAICompatible:
        """The client of the running server; loading the model takes some seconds the first time."""
        async with self._starting:
            if self._speaker is None:
                self._server = await anyio.to_thread.run_sync(self._start)
                self._admit(self._server.address)
                self._speaker = OpenAICompatible(
                    vendors()["llamacpp"],
                    self._server.address,
                    self._server.key,
                    self._client,
                    stop=GEMMA_STOP,
                )
        return self._speaker

    def _start(self) -> EmbeddedServer:
        return EmbeddedServer(
            gemma(self._folder),
            alias=GEMMA_NAME,
            chat_template=GEMMA_TEMPLATE,
            stop=GEMMA_STOP,
            context=CONTEXT,
        )

    async def aclose(self) -> None:
        if self._server is not None:
            await anyio.to_thread.run_sync(self._server.close)
