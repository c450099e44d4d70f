"""How likely each token was: asked of servers that tell, taken only where it can be believed."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from routing.providers.figures import logprobs_of
from routing.providers.ollama import OllamaChat
from routing.providers.openai import OpenAICompatible
from routing.providers.protocol import Chunk
from routing.providers.vendors import vendors
from routing.tally import Received
from tests.providers.speaking import KEY, answered, count, hear, prompt, speaker
from tests.wire import tiny
from tests.wire.ollama import Ollama
from tests.wire.servers import Served
from vocabulary import Usage

WORDS = tiny.words(tiny.SENTENCE)
USAGE = Usage(input_tokens=1, output_tokens=1)


class Events(httpx2.AsyncBaseTransport):
    """Answers with these choices, one event each; keeps the body that it was sent."""

    def __init__(self, *choices: object) -> None:
        self._choices = choices
        self.body: dict[str, object] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.body = json.loads(request.content)
        lines = [f"data: {json.dumps({'choices': [choice]})}\n\n" for choice in self._choices]
        text = "".join(lines) + "data: [DONE]\n\n"
        return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})


def choice(text: str | None, logprobs: object = None, **more: object) -> dict[str, object]:
    return {"index": 0, "delta": {"content": text, **more}, "logprobs": logprobs}


def token(logprob: object) -> dict[str, object]:
    return {"content": [{"token": "x", "logprob": logprob, "bytes": [1], "top_logprobs": []}]}


END = {"index": 0, "delta": {}, "finish_reason": "stop"}


async def listened(vendor: str, wire: Events, *, address: str = "") -> tuple[float, ...]:
    row = vendors()[vendor]
    async with httpx2.AsyncClient(transport=wire) as client:
        provider = OpenAICompatible(row, address or row.address, KEY, client)
        return (await hear(provider.stream(prompt(), model="m"))).logprobs


@pytest.fixture
async def ollama(ollama_server: Ollama) -> AsyncIterator[OllamaChat]:
    chat = OllamaChat(vendors()["ollama"], ollama_server.address, count=count)
    yield chat
    await chat.aclose()


@pytest.mark.anyio
async def test_a_real_server_tells_each_token(
    tiny_server: Served, http: httpx2.AsyncClient
) -> None:
    row = vendors()["llamacpp"]
    provider = OpenAICompatible(row, tiny_server.address, tiny_server.key, http)

    done = await answered(provider, prompt())

    assert len(done.logprobs) == len(WORDS)
    assert all(-0.1 < value < 0 for value in done.logprobs)


@pytest.mark.anyio
async def test_ollama_tells_each_token(ollama_server: Ollama, ollama: OllamaChat) -> None:
    done = await answered(ollama, prompt())

    assert ollama_server.chats[-1]["logprobs"] is True
    assert len(done.logprobs) == len(WORDS)
    assert all(-0.1 < value < 0 for value in done.logprobs)


@pytest.mark.anyio
async def test_ollama_is_not_asked_for_a_model_that_it_passes_on(
    ollama_server: Ollama, ollama: OllamaChat
) -> None:
    with pytest.raises(Exception, match="no model"):
        await hear(ollama.stream(prompt(), model="big:120b-cloud"))

    assert "logprobs" not in ollama_server.chats[-1]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("vendor", "address", "asks"),
    [
        ("llamacpp", "", True),
        ("vllm", "", True),
        ("vllm", "https://models.example.com/v1", False),
        ("lmstudio", "", False),
        ("openai", "", False),
        ("groq", "", False),
    ],
)
async def test_only_local_servers_that_can_tell_are_asked(
    vendor: str, address: str, asks: bool
) -> None:
    wire = Events(END)

    await listened(vendor, wire, address=address)

    assert wire.body.get("logprobs", False) is asks
    assert wire.body.get("top_logprobs") == (1 if asks else None)


class Strict(Events):
    """Refuses a body with a field that it does not know."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if "logprobs" in json.loads(request.content):
            return httpx2.Response(400, json={"error": {"message": "unknown field: logprobs"}})
        return await super().handle_async_request(request)


@pytest.mark.anyio
async def test_a_server_that_refuses_the_question_is_asked_without_it() -> None:
    row, wire = vendors()["vllm"], Strict(choice("Hi"), END)
    async with httpx2.AsyncClient(transport=wire) as client:
        provider = OpenAICompatible(row, row.address, KEY, client)
        first = await answered(provider, prompt())
        second = await hear(provider.stream(prompt(), model="m"))

    assert (first.text, first.retries, first.logprobs) == ("Hi", 1, ())
    assert second.text == "Hi"


@pytest.mark.anyio
async def test_only_the_tokens_of_the_answer_count() -> None:
    wire = Events(
        choice(None, token(-9.0), reasoning_content="hm"),
        choice("<think>hm", token(-9.0)),
        choice("</think>Paris", token(-0.25)),
        choice(".", token(-0.5)),
        END,
    )

    assert await listened("llamacpp", wire) == (-0.25, -0.5)


@pytest.mark.anyio
@pytest.mark.parametrize("told", [7, "x", [], {"content": 7}, {"content": [7]}, token("x"), {}])
async def test_an_answer_stands_whatever_is_told_of_its_tokens(told: object) -> None:
    assert await listened("llamacpp", Events(choice("Hi", told), END)) == ()


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        ([-0.5, -1], (-0.5, -1.0)),
        ([0.0005, -9999.0], (0.0, -100.0)),
        ([float("-inf")], (-100.0,)),
        ([-0.5, 0.5], ()),
        ([float("nan")], ()),
        ([True], ()),
        ([None], ()),
    ],
)
def test_logarithms_of_probabilities_are_believed_or_not(
    told: list[object], believed: tuple[float, ...]
) -> None:
    assert logprobs_of([{"logprob": value} for value in told]) == believed


def test_no_more_of_them_are_kept_than_tokens_can_have_been_written() -> None:
    received = Received(
        prompt(max_tokens=8),
        model="m",
        retries=0,
        count=count,
        monotonic=lambda: 0.0,
        started=0.0,
    )
    for _ in range(3):
        received.take(Chunk(text="a", usage=USAGE, logprobs=(-0.1,) * 50))

    assert len(received.completion().logprobs) == 8 * 3 // 2 + 64


@pytest.mark.anyio
async def test_who_tells_nothing_leaves_them_empty(
    tiny_server: Served, http: httpx2.AsyncClient
) -> None:
    provider = speaker("anthropic", tiny_server.root, http, key=tiny_server.key)

    assert (await answered(provider, prompt())).logprobs == ()
