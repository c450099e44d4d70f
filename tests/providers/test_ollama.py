"""Ollama: what it says of its models, and what it is asked."""

import json

import httpx
import ollama
import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.ollama import OllamaChat
from routing.providers.protocol import Offer
from routing.providers.vendors import vendors
from tests.providers.speaking import count, hear, prompt
from tests.wire import tiny
from tests.wire.ollama import CLOUD, EMBEDDING, LOCAL, Ollama
from tests.wire.openapi import faults_of
from vocabulary import HomewardError, Prompt

pytestmark = pytest.mark.anyio
VENDOR = vendors()["ollama"]


def chat(
    address: str, transport: httpx.AsyncBaseTransport | None = None, **more: str
) -> OllamaChat:
    return OllamaChat(VENDOR, address, transport, count=count, **more)  # type: ignore[arg-type]  # keywords


class Replies(httpx.AsyncBaseTransport):
    """Answers by path with a status and a body; keeps what it was sent."""

    def __init__(self, **replies: tuple[int, object]) -> None:
        self._replies = replies
        self.sent: list[httpx.Request] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        status, body = self._replies[request.url.path.removeprefix("/api/")]
        content = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(status, text=content)

    async def aclose(self) -> None:
        self.closed = True


async def test_local_models_are_local_and_passed_on_ones_name_their_host(
    ollama_server: Ollama,
) -> None:
    provider = chat(ollama_server.address)

    offers = await provider.models()
    await provider.aclose()

    assert offers == (
        Offer(
            name=LOCAL,
            local=True,
            context=4096,
            parameters=1.2e6,
            revision="0" * 64,
            able=frozenset(),
        ),
        Offer(name=CLOUD, local=False, remote_host="ollama.com", parameters=1.2e6),
    )


async def test_a_model_that_only_embeds_is_not_offered(ollama_server: Ollama) -> None:
    provider = chat(ollama_server.address)

    offers = await provider.models()
    await provider.aclose()

    assert EMBEDDING not in [offer.name for offer in offers]


@pytest.mark.parametrize(
    ("row", "remote"),
    [
        ({"name": "a", "remote_host": "https://ollama.com:443"}, "ollama.com"),
        ({"name": "a", "remote_host": "relay"}, "relay"),
        ({"name": "a", "remote_model": "b"}, "ollama.com"),
        ({"name": "gpt-oss:120b-cloud"}, "ollama.com"),
        ({"name": "kimi:cloud"}, "ollama.com"),
        ({"name": "cloudy:7b", "remote_host": ""}, None),
    ],
)
async def test_any_sign_of_a_remote_model_makes_it_remote(
    row: dict[str, str], remote: str | None
) -> None:
    wire = Replies(tags=(200, {"models": [row]}), show=(200, {}))

    (offer,) = await chat(VENDOR.address, wire).models()

    assert offer.remote_host == remote
    assert offer.local is (remote is None)


async def test_a_daemon_elsewhere_has_no_local_models() -> None:
    wire = Replies(tags=(200, {"models": [{"name": "a"}]}), show=(200, {}))

    (offer,) = await chat("http://192.168.1.5:11434", wire).models()

    assert not offer.local
    assert offer.remote_host is None


async def test_a_model_whose_details_cannot_be_had_is_offered_all_the_same() -> None:
    wire = Replies(
        tags=(200, {"models": [{"name": "a", "details": {"parameter_size": "?"}}]}),
        show=(500, {"error": "no"}),
    )

    (offer,) = await chat(VENDOR.address, wire).models()

    assert offer == Offer(name="a", local=True)


async def test_a_list_without_models_cannot_be_read() -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        await chat(VENDOR.address, Replies(tags=(200, {"models": None}))).models()


async def test_a_short_prompt_leaves_the_context_as_it_is(ollama_server: Ollama) -> None:
    provider = chat(ollama_server.address)

    await hear(provider.stream(prompt(max_tokens=9), model="tiny"))
    await provider.aclose()

    assert ollama_server.chats[0]["options"] == {"num_predict": 9}
    assert ollama_server.chats[0]["keep_alive"] == "10m"
    assert ollama_server.chats[0]["stream"] is True


@pytest.mark.parametrize(
    ("length", "max_tokens", "context"),
    [(4 * 5000, 64, 8192), (4 * 100, 4096, 8192), (4 * 9000, 2000, 16384)],
)
async def test_a_long_prompt_gets_a_context_that_holds_it_and_its_answer(
    length: int, max_tokens: int, context: int, ollama_server: Ollama
) -> None:
    provider = chat(ollama_server.address)
    asked = prompt("x" * length, max_tokens=max_tokens)

    stream = provider.stream(asked, model="nope")
    with pytest.raises(ProviderRejected):
        await anext(stream)
    await provider.aclose()

    assert ollama_server.chats[0]["options"]["num_ctx"] == context


async def test_a_temperature_is_passed_on(ollama_server: Ollama) -> None:
    provider = chat(ollama_server.address)
    asked = Prompt(messages=prompt().messages, max_tokens=5, temperature=0.25)

    await hear(provider.stream(asked, model="tiny"))
    await provider.aclose()

    assert ollama_server.chats[0]["options"]["temperature"] == 0.25


async def test_thinking_is_dropped_wherever_it_stands() -> None:
    lines = [
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "hm"}},
        {"model": "m", "message": {"role": "assistant", "content": "<think>so"}},
        {"model": "m", "message": {"role": "assistant", "content": "</think> Paris."}},
        {
            "model": "m",
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": "length",
        },
    ]
    wire = Replies(chat=(200, "\n".join(map(json.dumps, lines))))

    heard = await hear(chat(VENDOR.address, wire).stream(prompt(), model="m"))

    assert heard.text == "Paris."
    assert heard.finish == "length"


@pytest.mark.parametrize(("key", "sent"), [("", None), ("sk-mine", "Bearer sk-mine")])
async def test_only_the_key_that_was_given_is_sent(
    key: str, sent: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "sk-synthetic-elsewhere")
    wire = Replies(tags=(200, {"models": []}), chat=(404, {"error": "model not found"}))
    provider = chat(VENDOR.address, wire, key=key)

    await provider.models()
    with pytest.raises(ProviderRejected):
        await hear(provider.stream(prompt(), model="m"))

    assert [request.headers.get("authorization") for request in wire.sent] == [sent, sent]


async def test_a_proxy_from_the_environment_is_not_used(
    ollama_server: Ollama, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    provider = chat(ollama_server.address)

    heard = await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()

    assert heard.text == tiny.SENTENCE


async def test_a_transport_that_was_lent_is_not_closed() -> None:
    wire = Replies(tags=(200, {"models": []}))
    provider = chat(VENDOR.address, wire)

    await provider.models()
    await provider.aclose()

    assert not wire.closed


async def test_a_provider_that_was_never_used_closes_too() -> None:
    await chat(VENDOR.address).aclose()


async def test_a_refusal_from_the_transport_passes_unchanged() -> None:
    class Shut(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise HomewardError("Not allowed.")

    provider = chat(VENDOR.address, Shut())

    with pytest.raises(HomewardError, match="Not allowed"):
        await provider.models()
    with pytest.raises(HomewardError, match="Not allowed"):
        await hear(provider.stream(prompt(), model="m"))


async def test_the_stand_in_keeps_to_the_published_description(ollama_server: Ollama) -> None:
    client = ollama.AsyncClient(ollama_server.address)

    listed = await client.list()
    shown = await client.show(LOCAL)
    whole = [
        part
        async for part in await client.chat(
            "tiny", [{"role": "user", "content": "hi"}], stream=True
        )
    ]
    running = await client.ps()
    await client._client.aclose()  # its own close() is untyped

    assert [model.model for model in listed.models] == [LOCAL, EMBEDDING, CLOUD]
    assert shown.capabilities == ["completion"]
    assert running.models[0].context_length == 4096
    assert "".join(part.message.content or "" for part in whole) == tiny.SENTENCE
    assert whole[-1].done_reason == "stop"


async def test_the_stand_in_refuses_what_is_not_described(ollama_server: Ollama) -> None:
    body = {"model": "tiny", "messages": [{"role": "user"}], "surprise": 1}
    async with httpx.AsyncClient(base_url=ollama_server.address, trust_env=False) as client:
        answer = await client.post("/api/chat", json=body)
        version = await client.get("/api/version")
        missing = await client.get("/api/nothing")

    assert answer.status_code == 400
    assert "lacks content" in answer.json()["error"]
    assert "surprise" in answer.json()["error"]
    assert faults_of(version.json(), "VersionResponse") == []
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"model": 7}, "ShowRequest"),
        ({"models": {}}, "ListResponse"),
        ({"models": [3]}, "ListResponse"),
        ({"model": "m", "verbose": 1}, "ShowRequest"),
        ({"seed": True}, "ModelOptions"),
    ],
)
def test_a_departure_from_the_description_is_found(value: object, shape: str) -> None:
    assert faults_of(value, shape)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"details": "str"}, {}),
        ({"details": {"parameter_size": "1.2.3B"}}, {}),
        ({"details": {"parameter_size": "9" * 400 + "B"}}, {}),
        ({}, {"capabilities": None}),
        ({}, {"capabilities": 7}),
        ({}, {"model_info": [1]}),
        ({}, {"model_info": {"llama.context_length": -1}}),
        ({}, {"model_info": {"llama.context_length": 10**30}}),
    ],
)
async def test_a_model_is_offered_whatever_is_wrong_with_its_details(
    row: dict[str, object], shown: object
) -> None:
    replies = Replies(tags=(200, {"models": [{"name": "a", **row}]}), show=(200, shown))

    offers = await chat("http://127.0.0.1:1", replies).models()

    assert offers == (Offer(name="a", local=True),)


async def test_details_too_deep_to_read_are_no_reason_to_leave_a_model_out() -> None:
    replies = Replies(tags=(200, {"models": [{"name": "a"}]}), show=(200, "[" * 100_000))

    assert await chat("http://127.0.0.1:1", replies).models() == (Offer(name="a", local=True),)


@pytest.mark.parametrize("name", [7, ["a"], "a\nb", "a\u202eb", "x" * 201, ""])
async def test_a_row_that_names_no_usable_model_is_skipped(name: object) -> None:
    rows = [{"name": name}, {"name": "good"}]
    replies = Replies(tags=(200, {"models": rows}), show=(200, {}))

    offers = await chat("http://127.0.0.1:1", replies).models()

    assert [offer.name for offer in offers] == ["good"]


async def test_a_remote_host_is_made_fit_to_show() -> None:
    replies = Replies(tags=(200, {"models": [{"name": "a", "remote_host": "\x1b\u202e"}]}))

    (offer,) = await chat("http://127.0.0.1:1", replies).models()

    assert (offer.local, offer.remote_host) == (False, "unknown")


@pytest.mark.parametrize(
    ("digest", "revision"),
    [
        ("0a" * 32, "0a" * 32),
        (f"sha256:{'0a' * 32}", "0a" * 32),
        ("no digest", ""),
        (7, ""),
        (None, ""),
    ],
)
async def test_a_local_model_is_known_by_the_digest_of_its_weights(
    digest: object, revision: str
) -> None:
    replies = Replies(tags=(200, {"models": [{"name": "a", "digest": digest}]}), show=(200, {}))

    (offer,) = await chat("http://127.0.0.1:1", replies).models()

    assert offer.revision == revision
