"""Every provider against a real model: llama.cpp's own server, and Ollama's API in front of it."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx2
import pytest

from routing.providers.protocol import Provider
from tests.providers.speaking import KINDS, answered, hear, prompt, speaker
from tests.wire import tiny
from tests.wire.faulty import Faulty
from tests.wire.ollama import Ollama
from tests.wire.servers import Served

pytestmark = pytest.mark.anyio


@pytest.fixture(params=KINDS)
async def real(
    request: pytest.FixtureRequest,
    tiny_server: Served,
    ollama_server: Ollama,
    http: httpx2.AsyncClient,
) -> AsyncIterator[Provider]:
    """One provider of each kind, before a real model."""
    kind = str(request.param)
    address = {
        "openai": tiny_server.address,
        "anthropic": tiny_server.root,
        "ollama": ollama_server.address,
    }[kind]
    provider = speaker(kind, address, http, key=tiny_server.key)
    yield provider
    await provider.aclose()


async def test_a_real_answer_arrives_word_by_word_and_counted(real: Provider) -> None:
    heard = await hear(real.stream(prompt(), model="tiny"))

    assert heard.pieces == tiny.words(tiny.SENTENCE)
    assert heard.finish == "stop"
    assert heard.model == "tiny"
    assert heard.usage is not None
    assert heard.usage.output_tokens == len(tiny.words(tiny.SENTENCE)) + 1
    assert heard.usage.input_tokens > 0


async def test_the_system_text_is_sent_too(real: Provider) -> None:
    without = await answered(real, prompt())
    with_it = await answered(real, prompt(system="Be brief."))

    assert with_it.usage.input_tokens > without.usage.input_tokens


async def test_an_answer_that_meets_its_limit_says_so(real: Provider) -> None:
    heard = await hear(real.stream(prompt("go on forever", max_tokens=6), model="tiny"))

    assert heard.text == " and on and on and on"
    assert heard.finish == "length"
    assert heard.usage is not None
    assert heard.usage.output_tokens == 6


async def test_cached_tokens_are_part_of_the_tokens_read(real: Provider) -> None:
    first = await answered(real, prompt("the same words again"))
    second = await answered(real, prompt("the same words again"))

    assert second.usage.input_tokens == first.usage.input_tokens
    assert second.usage.cached_tokens < second.usage.input_tokens


async def test_closing_a_stream_ends_the_work_at_the_server(
    real: Provider, tiny_server: Served
) -> None:
    async with aclosing(real.stream(prompt("forever", max_tokens=4000), model="tiny")) as stream:
        async for chunk in stream:
            if chunk.text:
                break

    with anyio.fail_after(5):
        while any(slot["is_processing"] for slot in tiny_server.get("/slots")):
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_caller_hangs_up_on_the_server(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("stalls"), http)
    async with anyio.create_task_group() as tasks:

        async def listen() -> None:
            async with aclosing(provider.stream(prompt(), model="tiny")) as stream:
                async for chunk in stream:
                    if chunk.text:
                        tasks.cancel_scope.cancel()

        tasks.start_soon(listen)

    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)
    await provider.aclose()
