"""What Anthropic's batches say, in our terms, and what is made of anything else."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.anthropic import AnthropicMessages
from routing.providers.batches import Posted, Progress, TakesBatches
from routing.providers.vendors import vendors
from tests.providers.speaking import KEY, prompt
from vocabulary import Usage

pytestmark = pytest.mark.anyio
VENDOR = vendors()["anthropic"]


class Wire(httpx2.AsyncBaseTransport):
    """Answers everything with this; keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.body = ""
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        return httpx2.Response(self.status, text=self.body)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def claude(wire: Wire) -> AsyncIterator[AnthropicMessages]:
    async with httpx2.AsyncClient(transport=wire) as client:
        yield AnthropicMessages(VENDOR, VENDOR.address, KEY, client)


def batch(**changed: object) -> str:
    counts = {"processing": 2, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
    said = {
        "id": "msgbatch_1",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": counts,
    }
    return json.dumps(said | changed)


def message(**changed: object) -> dict[str, Any]:
    said = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-served",
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 5, "output_tokens": 2},
    }
    return {"type": "succeeded", "message": said | changed}


def lines(*results: object) -> str:
    return "".join(
        json.dumps({"custom_id": f"b-{n}", "result": result}) + "\n"
        for n, result in enumerate(results)
    )


async def test_a_batch_holds_each_prompt_as_it_would_be_asked_alone(
    wire: Wire, claude: AnthropicMessages
) -> None:
    wire.body = batch()
    posted = [Posted(id="b-0", prompt=prompt("hi", system="s"), model="claude")]

    progress = await claude.batches.send(posted)

    assert isinstance(claude, TakesBatches)
    assert progress == Progress(id="msgbatch_1", status="in_progress", processing=2)
    [sent] = wire.sent
    assert (sent.method, sent.url.path) == ("POST", "/v1/messages/batches")
    assert json.loads(sent.content) == {
        "requests": [
            {
                "custom_id": "b-0",
                "params": {
                    "model": "claude",
                    "max_tokens": 64,
                    "system": "s",
                    "messages": [{"role": "user", "content": "hi"}],
                },
            }
        ]
    }


async def test_results_are_read_wherever_they_stand(wire: Wire, claude: AnthropicMessages) -> None:
    wire.body = lines(
        message(),
        {"type": "errored", "error": {"type": "error", "error": {"type": "api_error"}}},
        {"type": "expired"},
        {"type": "canceled"},
    )

    results = [result async for result in claude.batches.results("msgbatch_1")]

    assert [each.ending for each in results] == ["succeeded", "errored", "expired", "canceled"]
    answer = results[0].completion
    assert answer is not None
    assert (answer.text, answer.model, answer.finish) == ("Hi", "claude-served", "length")
    assert (answer.usage, answer.counted) == (Usage(input_tokens=5, output_tokens=2), True)
    assert wire.sent[-1].url == "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results"


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": -5, "output_tokens": 2}, "many"])
async def test_tokens_that_cannot_be_believed_are_not_counted(
    usage: object, wire: Wire, claude: AnthropicMessages
) -> None:
    wire.body = lines(message(usage=usage))

    [result] = [each async for each in claude.batches.results("msgbatch_1")]

    assert result.completion is not None
    assert not result.completion.counted


@pytest.mark.parametrize(
    "body",
    [
        lines({"type": "something_new"}),
        lines(message(content=[{"type": "text", "text": 7}])),
        lines(message(content=None)),
        lines(message(model=7)),
        lines("nothing"),
        "[]\n",
        "nonsense\n",
        '{"custom_id": 7, "result": {"type": "expired"}}\n',
    ],
    ids=["ending", "text", "content", "model", "result", "list", "nonsense", "id"],
)
async def test_a_result_of_another_shape_cannot_be_read(
    body: str, wire: Wire, claude: AnthropicMessages
) -> None:
    wire.body = body

    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        _ = [each async for each in claude.batches.results("msgbatch_1")]


@pytest.mark.parametrize(
    "body",
    [
        batch(id="../../elsewhere"),
        batch(id=None),
        batch(processing_status="lost"),
        batch(request_counts=None),
        "[]",
        "nonsense",
    ],
)
async def test_a_batch_of_another_shape_cannot_be_read(
    body: str, wire: Wire, claude: AnthropicMessages
) -> None:
    wire.body = body

    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        await claude.batches.look("msgbatch_1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ProviderRejected), (404, ProviderRejected), (529, ProviderUnavailable)],
)
async def test_a_status_is_one_of_our_errors(
    status: int, kind: type[Exception], wire: Wire, claude: AnthropicMessages
) -> None:
    wire.status = status

    with pytest.raises(kind):
        await claude.batches.cancel("msgbatch_1")
    with pytest.raises(kind):
        _ = [each async for each in claude.batches.results("msgbatch_1")]


async def test_a_line_without_end_is_not_held(wire: Wire, claude: AnthropicMessages) -> None:
    wire.body = "x" * (1024 * 1024 + 1)

    with pytest.raises(ProviderUnavailable, match="far more than an answer"):
        _ = [each async for each in claude.batches.results("msgbatch_1")]
