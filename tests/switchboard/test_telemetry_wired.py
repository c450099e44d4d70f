"""Telemetry through the whole path, to a real collector."""

import pytest

from switchboard import Request
from tests.homes import EASY, Home
from tests.mcp_server.test_telemetry_export import Kept, collector
from tests.wire.listening import Listening

__all__ = ["collector"]

pytestmark = pytest.mark.anyio


async def test_a_collector_is_told_of_an_answer_of_a_remembered_one_and_of_what_was_said(
    local_home: Home, collector: tuple[Listening, Kept]
) -> None:
    server, kept = collector
    local_home.settings("[telemetry]\nenabled = true\n")
    local_home.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = server.address
    async with local_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))
        await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))
        await app.lessons.say(answer.request_id, "good")
    sources = {
        each.value.string_value
        for span in kept.spans
        for each in span.attributes
        if each.key == "homeward.source"
    }
    assert sources == {"local", "cache"}
    requests = {span.span_id for span in kept.spans if span.name.startswith("invoke_workflow")}
    calls = [span for span in kept.spans if span.name.startswith("chat")]
    assert calls
    assert all(call.parent_span_id in requests for call in calls)
    assert {"homeward.answers", "homeward.feedback"} <= kept.metric_names
    assert all(EASY.encode() not in each.body for each in server.requests)
