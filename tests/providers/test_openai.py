"""What differs between vendors that all speak OpenAI's protocol."""

import json
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.openai import OpenAICompatible
from routing.providers.protocol import Offer
from routing.providers.vendors import vendors
from tests.providers.speaking import KEY, Heard, hear, prompt
from vocabulary import HomewardError, Message, Prompt, Usage

pytestmark = pytest.mark.anyio


class Wire(httpx2.AsyncBaseTransport):
    """Answers each request with these events, or this body; keeps what it was sent."""

    def __init__(self, *events: object, body: object = None) -> None:
        self._events = events
        self._body = body
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        if self._body is not None:
            return httpx2.Response(200, json=self._body)
        lines = [f"data: {json.dumps(event)}\n\n" for event in self._events]
        text = ": waiting\n\n" + "".join(lines) + "data: [DONE]\n\n"
        return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})

    @property
    def body(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.sent[-1].content)
        return found


Ask = Callable[..., OpenAICompatible]


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    clients: list[httpx2.AsyncClient] = []

    def make(vendor: str, wire: httpx2.AsyncBaseTransport, **more: object) -> OpenAICompatible:
        clients.append(httpx2.AsyncClient(transport=wire))
        row = vendors()[vendor]
        return OpenAICompatible(row, row.address, KEY, clients[-1], **more)  # type: ignore[arg-type]  # keywords

    yield make
    for client in clients:
        await client.aclose()


def said(text: str | None, reason: str | None = None, **more: object) -> dict[str, object]:
    delta = {"content": text, **more}
    return {"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


DONE = said("", "stop")


async def heard_from(ask: Ask, vendor: str, *events: object) -> Heard:
    return await hear(ask(vendor, Wire(*events)).stream(prompt(), model="m"))


async def test_the_request_is_a_stream_that_counts_its_tokens(ask: Ask) -> None:
    wire = Wire(DONE)
    turns = (Message(role="user", text="a"), Message(role="assistant", text="b"))
    asked = Prompt(
        system="s", messages=(*turns, Message(role="user", text="c")), max_tokens=9, temperature=0.0
    )

    await hear(ask("deepseek", wire, stop=("Q:",)).stream(asked, model="m"))

    assert str(wire.sent[0].url) == "https://api.deepseek.com/chat/completions"
    assert wire.sent[0].headers["authorization"] == f"Bearer {KEY}"
    assert wire.body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
        ],
        "max_tokens": 9,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "stop": ["Q:"],
    }


@pytest.mark.parametrize(
    ("vendor", "has", "lacks"),
    [
        ("openai", {"max_completion_tokens": 64}, {"max_tokens", "temperature", "stop", "usage"}),
        ("mistral", {"max_tokens": 64}, {"stream_options"}),
        ("openrouter", {"usage": {"include": True}}, set()),
    ],
)
async def test_a_vendor_is_asked_in_its_own_words(
    vendor: str, has: dict[str, object], lacks: set[str], ask: Ask
) -> None:
    wire = Wire(DONE)

    await hear(ask(vendor, wire).stream(prompt(), model="m"))

    assert has.items() <= wire.body.items()
    assert not lacks & set(wire.body)


async def test_a_server_without_a_key_is_sent_none(ask: Ask) -> None:
    wire = Wire(DONE)
    client = httpx2.AsyncClient(transport=wire)
    row = vendors()["vllm"]

    await hear(OpenAICompatible(row, row.address, None, client).stream(prompt(), model="m"))
    await client.aclose()

    assert "authorization" not in wire.sent[0].headers


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {
                "prompt_tokens": 20,
                "completion_tokens": 9,
                "total_tokens": 29,
                "prompt_tokens_details": {"cached_tokens": 16, "cache_write_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 5},
            },
            Usage(
                input_tokens=20,
                output_tokens=9,
                cached_tokens=16,
                cache_write_tokens=2,
                reasoning_tokens=5,
            ),
        ),
        (
            {"prompt_tokens": 20, "completion_tokens": 9, "prompt_cache_hit_tokens": 12},
            Usage(input_tokens=20, output_tokens=9, cached_tokens=12),
        ),
        (
            {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 129},
            Usage(input_tokens=20, output_tokens=109, reasoning_tokens=100),
        ),
        ({"prompt_tokens": None, "prompt_tokens_details": None}, Usage()),
    ],
    ids=["details", "deepseek", "thinking-in-the-total-only", "nulls"],
)
async def test_tokens_are_counted_in_our_terms(
    usage: dict[str, object], expected: Usage, ask: Ask
) -> None:
    heard = await heard_from(ask, "openai", said("Hi"), DONE, {"choices": [], "usage": usage})

    assert heard.usage == expected


@pytest.mark.parametrize(
    ("vendor", "cost", "micros"),
    [
        ("openrouter", 0.00014, 140),
        ("openrouter", 0.0000001, 1),
        ("openrouter", 0, 0),
        ("openrouter", "free", None),
        ("openrouter", None, None),
        ("vllm", 0.5, None),
    ],
)
async def test_a_reported_cost_is_whole_micro_dollars_rounded_up(
    vendor: str, cost: object, micros: int | None, ask: Ask
) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "cost": cost}

    heard = await heard_from(ask, vendor, DONE, {"choices": [], "usage": usage})

    assert heard.cost == micros


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("model_length", "length"),
        ("content_filter", "refusal"),
        ("tool_calls", "stop"),
    ],
)
async def test_every_reason_to_end_is_one_of_three(reason: str, finish: str, ask: Ask) -> None:
    assert (await heard_from(ask, "mistral", said("Hi", reason))).finish == finish


async def test_a_refusal_is_an_answer_that_says_it_refuses(ask: Ask) -> None:
    refusal = said(None, refusal="I cannot help with that.")

    heard = await heard_from(ask, "openai", refusal, DONE)

    assert heard.text == "I cannot help with that."
    assert heard.finish == "refusal"


async def test_thinking_is_dropped_and_shows_only_as_life(ask: Ask) -> None:
    events = [
        said(None, reasoning_content="Let me see"),
        said("<think>more"),
        said("</think>\n\nParis"),
        said(".", "stop"),
    ]

    heard = await heard_from(ask, "vllm", *events)

    assert heard.text == "Paris."


async def test_the_model_that_served_is_named(ask: Ask) -> None:
    assert (await heard_from(ask, "openai", DONE)).model == "m-1"


@pytest.mark.parametrize(
    ("event", "kind", "says"),
    [
        ({"error": {"code": 429, "message": "slow down"}}, ProviderUnavailable, "too many"),
        ({"error": {"code": "context_length_exceeded"}}, ProviderRejected, "too long"),
        ({"error": "broken"}, ProviderUnavailable, "failed inside"),
        (said("", "error"), ProviderUnavailable, "failed inside"),
        ({"choices": ["?"]}, ProviderUnavailable, "cannot be read"),
        ({"choices": [{"delta": {"content": 7}}]}, ProviderUnavailable, "cannot be read"),
        ({"choices": [], "usage": "many"}, ProviderUnavailable, "cannot be read"),
        ({"choices": [], "model": ["m"]}, ProviderUnavailable, "cannot be read"),
    ],
)
async def test_a_failure_inside_the_stream_is_an_error(
    event: object, kind: type[Exception], says: str, ask: Ask
) -> None:
    with pytest.raises(kind, match=says):
        await heard_from(ask, "openrouter", event)


async def test_a_refusal_from_the_transport_passes_unchanged(ask: Ask) -> None:
    class Shut(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            raise HomewardError("Not allowed.")

    with pytest.raises(HomewardError, match="Not allowed"):
        await hear(ask("openai", Shut()).stream(prompt(), model="m"))


@pytest.mark.parametrize(
    ("row", "name", "context", "parameters"),
    [
        ({"id": "a", "context_length": 8192}, "a", 8192, None),
        ({"id": "b", "max_model_len": 4096}, "b", 4096, None),
        ({"id": "c", "context_window": 131072}, "c", 131072, None),
        ({"id": "d", "meta": {"n_ctx": 2048, "n_params": 268098176}}, "d", 2048, 268098176.0),
        ({"id": "models/gemini-x"}, "gemini-x", None, None),
        ({"id": "e", "context_length": None, "meta": None}, "e", None, None),
    ],
)
async def test_a_listed_model_says_what_it_can(
    row: object, name: str, context: int | None, parameters: float | None, ask: Ask
) -> None:
    wire = Wire(body={"data": [row, {"object": "model"}, {"id": ""}, "?"]})

    offers = await ask("groq", wire).models()

    assert [(offer.name, offer.context, offer.parameters) for offer in offers] == [
        (name, context, parameters)
    ]
    assert not offers[0].local


async def test_a_bare_list_of_models_is_read_too(ask: Ask) -> None:
    offers = await ask("together", Wire(body=[{"id": "a"}])).models()

    assert [offer.name for offer in offers] == ["a"]


async def test_a_list_that_is_none_cannot_be_read(ask: Ask) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        await ask("together", Wire(body={"data": None})).models()


async def test_of_a_huge_error_only_the_beginning_is_read(ask: Ask) -> None:
    read = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 4096

    class Flood(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(500, content=flood())

    provider = ask("openai", Flood())
    with pytest.raises(ProviderUnavailable, match="failed inside"):
        await hear(provider.stream(prompt(), model="m"))

    assert read < 50
    assert provider.name == "openai"


@pytest.mark.parametrize(
    ("vendor", "mine", "local"),
    [("vllm", False, True), ("openai", True, False), ("llamacpp", True, True)],
)
async def test_models_are_local_only_where_the_server_is(
    vendor: str, mine: bool, local: bool, ask: Ask
) -> None:
    offers = await ask(vendor, Wire(body=[{"id": "a"}]), mine=mine).models()

    assert [offer.local for offer in offers] == [local]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "m", "meta": "str"},
        {"id": "m", "meta": [1]},
        {"id": "m", "meta": {"n_ctx": "x", "n_params": 10**400}},
        {"id": "m", "context_length": True, "meta": {"n_params": [1]}},
    ],
)
async def test_a_model_is_listed_whatever_is_wrong_with_its_details(row: object, ask: Ask) -> None:
    (offer,) = await ask("vllm", Wire(body={"data": [row]})).models()

    assert offer == Offer(name="m", local=offer.local)


@pytest.mark.parametrize(
    "row", [7, [1], {}, {"id": ["m"]}, {"id": "a\nb"}, {"id": "a\u202eb"}, {"id": "x" * 201}]
)
async def test_a_row_that_names_no_usable_model_is_skipped(row: object, ask: Ask) -> None:
    offers = await ask("vllm", Wire(body={"data": [row, {"id": "good"}]})).models()

    assert [offer.name for offer in offers] == ["good"]


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 1.5, "completion_tokens": 2},
        {"prompt_tokens": 3, "completion_tokens": float("nan")},
        {"prompt_tokens": 3, "completion_tokens": 1e30},
        {"prompt_tokens": -3, "completion_tokens": 2},
        {"prompt_tokens": 10**30, "completion_tokens": 2},
        {"prompt_tokens": "many", "completion_tokens": 2},
    ],
)
async def test_counts_that_cannot_be_counts_are_not_taken(usage: object, ask: Ask) -> None:
    heard = await heard_from(ask, "openai", said("Hi", "stop"), {"choices": [], "usage": usage})

    assert heard.text == "Hi"
    assert heard.usage is None


@pytest.mark.parametrize("said", ["m\x1b\u202e-1", "m" * 300, 'm =HYPERLINK("http://x")'])
async def test_a_model_that_served_is_named_only_where_that_is_a_name(ask: Ask, said: str) -> None:
    assert (await heard_from(ask, "openai", DONE | {"model": "m-1"})).model == "m-1"
    assert (await heard_from(ask, "openai", DONE | {"model": said})).model is None
