"""What Anthropic's stream says, in our terms."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.anthropic import AnthropicMessages
from routing.providers.vendors import vendors
from tests.providers.speaking import KEY, hear, prompt
from tests.wire.servers import Served
from vocabulary import HomewardError, Message, Prompt, Usage

pytestmark = pytest.mark.anyio
VENDOR = vendors()["anthropic"]


class Wire(httpx2.AsyncBaseTransport):
    """Answers with these events; keeps what it was sent."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self.error: Exception | None = None
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        if self.error:
            raise self.error
        text = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in self.events)
        return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def claude(wire: Wire) -> AsyncIterator[AnthropicMessages]:
    async with httpx2.AsyncClient(transport=wire) as client:
        yield AnthropicMessages(VENDOR, VENDOR.address, KEY, client)


def start(**usage: object) -> dict[str, object]:
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-served",
        "content": [],
        "usage": {"input_tokens": 0, "output_tokens": 1, **usage},
    }
    return {"type": "message_start", "message": message}


def delta(kind: str, **fields: str) -> dict[str, object]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": kind, **fields}}


def end(reason: str, **usage: object) -> dict[str, object]:
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": 8, **usage},
    }


STOP: dict[str, object] = {"type": "message_stop"}


async def test_tokens_read_include_those_of_the_cache(
    wire: Wire, claude: AnthropicMessages
) -> None:
    wire.events = [
        start(input_tokens=10, cache_read_input_tokens=100, cache_creation_input_tokens=30),
        {"type": "ping"},
        delta("thinking_delta", thinking="hm"),
        delta("text_delta", text="Hi"),
        end("end_turn", output_tokens_details={"thinking_tokens": 5}),
        STOP,
    ]

    heard = await hear(claude.stream(prompt(), model="claude"))

    assert heard.text == "Hi"
    assert heard.model == "claude-served"
    assert heard.usage == Usage(
        input_tokens=140,
        output_tokens=8,
        cached_tokens=100,
        cache_write_tokens=30,
        reasoning_tokens=5,
    )


@pytest.mark.parametrize(
    ("told", "written", "for_an_hour"),
    [
        (
            {
                "cache_creation_input_tokens": 30,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 10,
                    "ephemeral_1h_input_tokens": 20,
                },
            },
            30,
            20,
        ),
        (
            {"cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 0}},
            7,
            0,
        ),
        ({"cache_creation_input_tokens": 5, "cache_creation": None}, 5, 0),
    ],
    ids=["both", "by their life only", "the sum only"],
)
async def test_tokens_written_to_the_cache_are_told_apart_by_how_long_they_stay(
    told: dict[str, object],
    written: int,
    for_an_hour: int,
    wire: Wire,
    claude: AnthropicMessages,
) -> None:
    wire.events = [start(input_tokens=10, **told), end("end_turn"), STOP]

    heard = await hear(claude.stream(prompt(), model="claude"))

    assert heard.usage == Usage(
        input_tokens=10 + written,
        output_tokens=8,
        cache_write_tokens=written,
        cache_write_1h_tokens=for_an_hour,
    )


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refusal"),
    ],
)
async def test_every_reason_to_end_is_one_of_three(
    reason: str, finish: str, wire: Wire, claude: AnthropicMessages
) -> None:
    wire.events = [start(), delta("text_delta", text="Hi"), end(reason), STOP]

    assert (await hear(claude.stream(prompt(), model="claude"))).finish == finish


async def test_the_request_holds_the_conversation_and_the_key_that_was_given(
    wire: Wire, claude: AnthropicMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-synthetic-elsewhere")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "sk-synthetic-token")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://elsewhere.example")
    wire.events = [start(), end("end_turn"), STOP]
    asked = Prompt(
        system="s",
        messages=(
            Message(role="user", text="a"),
            Message(role="assistant", text="b"),
            Message(role="user", text="c"),
        ),
        max_tokens=9,
        temperature=0.5,
    )

    await hear(claude.stream(asked, model="claude"))

    sent = wire.sent[0]
    assert str(sent.url) == "https://api.anthropic.com/v1/messages"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in sent.headers
    assert json.loads(sent.content) == {
        "model": "claude",
        "system": "s",
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
        ],
        "max_tokens": 9,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("overloaded_error", ProviderUnavailable, "overloaded"),
        ("rate_limit_error", ProviderUnavailable, "too many requests"),
        ("authentication_error", ProviderRejected, "key"),
        ("something_new", ProviderUnavailable, "failed inside"),
    ],
)
async def test_an_error_inside_the_stream_is_known_by_its_name(
    name: str, kind: type[Exception], says: str, wire: Wire, claude: AnthropicMessages
) -> None:
    wire.events = [start(), {"type": "error", "error": {"type": name, "message": "-"}}]

    with pytest.raises(kind, match=says):
        await hear(claude.stream(prompt(), model="claude"))


async def test_a_refusal_from_the_transport_passes_unchanged(
    wire: Wire, claude: AnthropicMessages
) -> None:
    wire.error = HomewardError("Not allowed.")

    with pytest.raises(HomewardError) as caught:
        await hear(claude.stream(prompt(), model="claude"))

    assert caught.value is wire.error


def test_without_a_key_the_library_is_not_left_to_find_one() -> None:
    with pytest.raises(ValueError, match="key"):
        AnthropicMessages(VENDOR, VENDOR.address, "", httpx2.AsyncClient(transport=Wire()))


async def test_its_models_are_never_local(tiny_server: Served, http: httpx2.AsyncClient) -> None:
    claude = AnthropicMessages(VENDOR, tiny_server.root, tiny_server.key, http)

    offers = await claude.models()

    assert [(offer.name, offer.local) for offer in offers] == [("tiny", False)]
    assert claude.name == "anthropic"


@pytest.mark.parametrize("count", [-1, 1e30, 2.5, "many"])
async def test_a_count_that_cannot_be_one_leaves_the_last_good_one_unbelieved(
    count: object, wire: Wire, claude: AnthropicMessages
) -> None:
    ending = end("end_turn") | {"usage": {"output_tokens": count}}
    wire.events = [start(input_tokens=10), delta("text_delta", text="Hi"), ending, STOP]

    chunks = [chunk async for chunk in claude.stream(prompt(), model="claude")]

    counted = [(chunk.usage, chunk.believed) for chunk in chunks if chunk.usage]
    assert counted[-1] == (Usage(input_tokens=10, output_tokens=1), False)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message_start", "message": "m"},
        start() | {"message": {"model": 7, "usage": {}}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": 7}},
        {"type": "content_block_delta", "delta": 7},
        {"type": "message_delta", "delta": {"stop_reason": ["x"]}, "usage": {}},
    ],
    ids=["no-message", "model", "text", "no-delta", "reason"],
)
async def test_an_event_of_another_shape_cannot_be_read(
    event: dict[str, object], wire: Wire, claude: AnthropicMessages
) -> None:
    wire.events = [event, STOP]

    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        await hear(claude.stream(prompt(), model="claude"))
