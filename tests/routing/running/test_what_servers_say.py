"""What servers say of their pace, their limits and their memory arrives where it is needed."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from routing.errors import PromptRejected, ProviderUnavailable
from routing.fleet import LOADED_TTL_S, Fleet, Server
from routing.providers.figures import timings_of
from routing.providers.ollama import OllamaChat
from routing.providers.protocol import Provider
from routing.providers.vendors import vendors
from routing.values import Model, RateLimits, Timings
from tests.clocks import Clock
from tests.providers.speaking import answered, count, prompt, speaker
from tests.wire.faulty import Faulty
from tests.wire.listening import Listening, Reply, Request
from tests.wire.ollama import LOCAL, Ollama
from tests.wire.servers import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


@pytest.fixture
async def fleet(
    ollama_server: Ollama, faulty: Faulty, http: httpx2.AsyncClient, clock: Clock
) -> AsyncIterator[Fleet]:
    """An Ollama, and a server that loads nothing on demand and is out of order besides."""

    def server(name: str, provider: Provider) -> Server:
        return Server(provider=name, local=True, host="127.0.0.1", open=lambda: provider)

    fleet = Fleet(
        [
            server("ollama", speaker("ollama", ollama_server.address, http)),
            server("vllm", speaker("openai", faulty.at("inside"), http)),
        ],
        clock=clock,
    )
    yield fleet
    await fleet.aclose()


async def local_model(fleet: Fleet) -> Model:
    return next(model for model in await fleet.models() if model.name == LOCAL)


async def test_llama_cpp_says_what_it_took(tiny_server: Served, http: httpx2.AsyncClient) -> None:
    done = await answered(
        speaker("openai", tiny_server.address, http, key=tiny_server.key), prompt("hello " * 40)
    )

    timings = done.timings
    assert timings is not None
    assert 0 < timings.read_tokens <= done.usage.input_tokens
    assert timings.written_tokens == done.usage.output_tokens
    assert 0 < timings.read_s < 60
    assert 0 < timings.write_s < 60


async def test_ollama_says_what_it_took(ollama_server: Ollama, http: httpx2.AsyncClient) -> None:
    provider = speaker("ollama", ollama_server.address, http)
    done = await answered(provider, prompt())
    await provider.aclose()

    assert done.timings == Timings(
        load_s=1e-9,
        read_tokens=done.usage.input_tokens,
        read_s=1e-9,
        written_tokens=done.usage.output_tokens,
        write_s=1e-9,
    )


@pytest.mark.parametrize(
    ("read_in", "written_in", "timings"),
    [
        (2e9, 4e9, Timings(read_tokens=7, read_s=2.0, written_tokens=3, write_s=4.0)),
        (2e9, None, Timings(read_tokens=7, read_s=2.0, written_tokens=3)),
        (float("nan"), 4e9, Timings(read_tokens=7, written_tokens=3, write_s=4.0)),
        (-1, 1e30, None),
        (True, "4", None),
        (None, None, None),
    ],
)
def test_durations_that_cannot_be_are_not_believed(
    read_in: object, written_in: object, timings: Timings | None
) -> None:
    found = timings_of(read=7, read_in=read_in, written=3, written_in=written_in, unit=1e-9)

    assert found == timings


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_a_good_answer_says_that_it_was_the_last_for_a_while(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    done = await answered(speaker(kind, faulty.at("last-of-its-limit"), http), prompt())

    assert done.text == "One"
    assert done.limits == RateLimits(requests=0, wait_s=12.0)


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_a_server_without_limits_says_nothing_of_them(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    done = await answered(speaker(kind, faulty.at("none"), http), prompt())

    assert (done.limits, done.timings) == (None, None)


async def test_a_refusal_without_retry_after_asks_to_wait_until_the_limit_renews(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(ProviderUnavailable) as refused:
        await answered(speaker("openai", faulty.at("too-many-by-limit"), http), prompt())

    assert refused.value.retry_after == 360.0


async def test_a_prompt_that_is_too_long_is_told_from_a_server_that_is_at_fault(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(PromptRejected, match="too long"):
        await answered(speaker("openai", faulty.at("too-long"), http), prompt())


async def test_a_model_is_cold_until_it_has_been_asked(fleet: Fleet, clock: Clock) -> None:
    model = await local_model(fleet)
    assert await fleet.cold() == {model.id}

    await answered(fleet.provider("ollama"), prompt())
    assert await fleet.cold() == {model.id}  # as of a moment ago
    clock.now += LOADED_TTL_S

    assert await fleet.cold() == frozenset()


async def test_a_model_that_is_warmed_is_there_before_anything_is_asked(
    fleet: Fleet, ollama_server: Ollama
) -> None:
    model = await local_model(fleet)

    assert await fleet.warm(model)

    assert await fleet.cold() == frozenset()
    assert ollama_server.chats == []


async def test_what_cannot_be_warmed_is_not(fleet: Fleet, ollama_server: Ollama) -> None:
    model = await local_model(fleet)
    loads = len(ollama_server.requests)

    assert not await fleet.warm(replace(model, provider="vllm"))
    assert not await fleet.warm(replace(model, local=False))
    assert len(ollama_server.requests) == loads


async def test_a_server_that_loads_nothing_on_demand_has_no_cold_models(
    tiny_server: Served, http: httpx2.AsyncClient
) -> None:
    provider = speaker("openai", tiny_server.address, http, key=tiny_server.key)
    fleet = Fleet([Server(provider="llamacpp", local=True, host="h", open=lambda: provider)])

    assert [model.name for model in await fleet.models()] == ["tiny"]
    assert await fleet.cold() == frozenset()


@pytest.mark.parametrize("said", [b"{}", b'{"models": 7}', b'["tiny"]'])
async def test_a_server_that_does_not_say_what_it_has_loaded_has_no_cold_models(
    said: bytes,
) -> None:
    lists = {"/api/tags": b'{"models": [{"name": "tiny"}]}', "/api/show": b"{}", "/api/ps": said}

    async def answer(request: Request, reply: Reply) -> None:
        status = 200 if request.path in lists else 500
        body = lists.get(request.path, b"{}")
        await reply.whole(status, body, content_type="application/json")

    with Listening(answer) as server:
        provider = OllamaChat(vendors()["ollama"], server.address, count=count)
        fleet = Fleet([Server(provider="ollama", local=True, host="h", open=lambda: provider)])
        [model] = await fleet.models()

        assert await fleet.cold() == frozenset()
        assert not await fleet.warm(model)
        await fleet.aclose()


@pytest.mark.parametrize(("setting", "sent"), [("10m", "10m"), ("-1", -1), ("600", 600), (0, 0)])
async def test_how_long_a_model_stays_is_sent_as_ollama_reads_it(
    setting: str | float, sent: str | float, ollama_server: Ollama
) -> None:
    provider = OllamaChat(
        vendors()["ollama"], ollama_server.address, count=count, keep_alive=setting
    )

    await provider.warm(LOCAL)
    await provider.aclose()

    [load] = [each for each in ollama_server.requests if each.path == "/api/generate"]
    assert json.loads(load.body) == {"model": LOCAL, "keep_alive": sent, "stream": False}
