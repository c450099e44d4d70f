"""The three ways to speak to a model, made alike for tests."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import anthropic  # noqa: F401  # here, so that no test's patience is spent on importing it
import httpx2
import ollama  # noqa: F401  # likewise

from routing.attempt import Timeouts, attempt
from routing.providers.anthropic import AnthropicMessages
from routing.providers.ollama import OllamaChat
from routing.providers.openai import OpenAICompatible
from routing.providers.protocol import Chunk, Provider
from routing.providers.vendors import vendors
from routing.tally import Tally
from routing.values import Completion
from vocabulary import Finish, Message, Prompt, Usage

KINDS = ("openai", "anthropic", "ollama")
KEY = "sk-synthetic-key-0000"


def count(text: str) -> int:
    """A token for every four characters, rounded up."""
    return -(-len(text) // 4)


def prompt(text: str = "hi", *, max_tokens: int = 64, system: str | None = None) -> Prompt:
    messages = (Message(role="user", text=text),)
    return Prompt(messages=messages, system=system, max_tokens=max_tokens)


def speaker(kind: str, address: str, http: httpx2.AsyncClient, *, key: str = KEY) -> Provider:
    """A provider of that kind; `address` is a root, to which OpenAI's way adds nothing."""
    vendor = vendors()[kind]
    if kind == "anthropic":
        return AnthropicMessages(vendor, address, key, http)
    if kind == "ollama":
        return OllamaChat(vendor, address, count=count)
    return OpenAICompatible(vendor, address, key, http)


async def answered(
    provider: Provider,
    asked: Prompt,
    *,
    on_text: Callable[[str], Awaitable[None]] | None = None,
    tally: Tally | None = None,
) -> Completion:
    """One answer by way of `attempt`: llama.cpp now and then drops a connection it has kept."""

    async def at_once(seconds: float) -> None: ...

    patient = Timeouts(first_token=20, between_tokens=20, total=30)
    return await attempt(
        provider,
        asked,
        model="tiny",
        timeouts=patient,
        count=count,
        sleep=at_once,
        on_text=on_text,
        tally=tally,
    )


class Heard:
    """What came of a stream: the pieces of text in order, and the last word on the rest."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.usage: Usage | None = None
        self.finish: Finish | None = None
        self.model: str | None = None
        self.cost: int | None = None
        self.logprobs: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self.pieces)


async def hear(stream: AsyncGenerator[Chunk, None]) -> Heard:
    """Listens to the end."""
    heard = Heard()
    async for chunk in stream:
        if chunk.text:
            heard.pieces.append(chunk.text)
        heard.usage = chunk.usage or heard.usage
        heard.finish = chunk.finish or heard.finish
        heard.model = chunk.model or heard.model
        heard.cost = heard.cost if chunk.cost is None else chunk.cost
        heard.logprobs += chunk.logprobs
    return heard
