"""Telemetry: what is told of requests and calls, under which names, and what never is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from mcp_server.discreet import discreet
from routing.errors import ProviderTimeout, ProviderUnavailable
from switchboard import Answer, NoCandidate, Request
from switchboard.telemetry import Feedback
from tests.observing import (
    ANSWER,
    ASKED,
    CALL,
    COMPLETION,
    ENTRY,
    PAID,
    observing,
    one_request,
)
from vocabulary import Money
from whitelist import Findings
from whitelist.detector.detect import detect
from whitelist.documents import Document


def test_a_call_is_a_span_under_its_request_with_the_conventions_names() -> None:
    observed = observing()
    one_request(observed)
    call, request = observed.spans
    assert (call.name, request.name) == ("chat gpt-6-luna", "invoke_workflow route_prompt")
    assert call.parent is not None
    assert call.parent.span_id == request.context.span_id
    assert call.start_time is not None
    assert call.end_time == call.start_time + 1_000_000_000
    assert dict(call.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-6-luna",
        "gen_ai.request.stream": True,
        "gen_ai.response.model": "gpt-6-luna-2026",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.cache_creation.input_tokens": 0,
        "gen_ai.usage.reasoning.output_tokens": 2,
        "server.address": "api.openai.com",
        "server.port": 443,
        "homeward.request_id": "r1",
        "homeward.attempt": 1,
        "homeward.task": "reasoning_tasks",
        "homeward.strategy": "hybrid",
        "homeward.cost": 0.0015,
        "homeward.tokens_counted": True,
        "homeward.retries": 0,
    }
    assert dict(request.attributes or {}) == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "route_prompt",
        "homeward.source": "cloud",
        "homeward.task": "reasoning_tasks",
        "homeward.model": "openai/gpt-6-luna",
        "homeward.request_id": "r1",
        "homeward.strategy": "hybrid",
        "homeward.cost": 0.0015,
        "homeward.confidence": 0.8,
    }


def test_names_of_ours_agree_with_the_published_ones() -> None:
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
    from opentelemetry.semconv._incubating.metrics import gen_ai_metrics

    from mcp_server import semconv

    places = (gen_ai_attributes, gen_ai_metrics)
    known = {str(value) for place in places for value in vars(place).values()}
    ours = {str(value) for value in vars(semconv).values() if str(value).startswith("gen_ai.")}
    assert len(ours) > 15
    assert ours <= known


@pytest.mark.parametrize(
    ("provider", "host", "told"),
    [
        ("google", "generativelanguage.googleapis.com", ("gcp.gemini", 443)),
        ("mistral", "api.mistral.ai", ("mistral_ai", 443)),
        ("ollama", "127.0.0.1:11434", ("ollama", 11434)),
        ("vllm", "[::1]:8000", ("vllm", 8000)),
    ],
)
def test_a_provider_is_named_as_the_conventions_name_it(
    provider: str, host: str, told: tuple[str, int]
) -> None:
    observed = observing()
    observed.telemetry.attempt(replace(CALL, entry=replace(ENTRY, provider=provider), host=host))
    attributes = dict(observed.spans[0].attributes or {})
    assert (attributes["gen_ai.provider.name"], attributes["server.port"]) == told
    assert attributes["server.address"] == host.rsplit(":", 1)[0]


@pytest.mark.parametrize(
    ("result", "error", "kind"),
    [
        ("error", ProviderUnavailable("SECRET words", provider="openai"), "ProviderUnavailable"),
        ("timeout", ProviderTimeout("SECRET words", provider="openai"), "timeout"),
        ("cancelled", KeyboardInterrupt("SECRET words"), "cancelled"),
    ],
)
def test_a_failed_call_says_how_and_not_in_which_words(
    result: Any, error: BaseException, kind: str
) -> None:
    observed = observing()
    observed.telemetry.attempt(
        replace(CALL, outcome=replace(PAID, result=result), used=None, error=error)
    )
    [span] = observed.spans
    assert dict(span.attributes or {})["error.type"] == kind
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert "gen_ai.usage.input_tokens" not in (span.attributes or {})
    assert "SECRET" not in span.to_json()


def test_a_request_that_fails_says_how() -> None:
    observed = observing()
    with pytest.raises(NoCandidate), observed.telemetry.request(ASKED):
        raise NoCandidate("SECRET words")
    [span] = observed.spans
    assert dict(span.attributes or {})["error.type"] == "NoCandidate"
    assert span.events == ()
    assert "SECRET" not in span.to_json()


def test_metrics_tell_cost_share_and_quality_by_model_and_task() -> None:
    observed = observing()
    one_request(observed)
    one_request(observed, answer=replace(ANSWER, cached="exact", cost=Money(0), confidence=None))
    observed.telemetry.feedback(
        Feedback(signal="good", reward=1.0, model="openai/gpt-6-luna", task=ENTRY.task)
    )
    metrics = observed.metrics
    by_kind = {
        point.attributes["gen_ai.token.type"]: point.sum
        for point in metrics["gen_ai.client.token.usage"]
    }
    assert by_kind == {"input": 24, "output": 10}
    assert [point.sum for point in metrics["gen_ai.client.operation.duration"]] == [2.0]
    [cost] = metrics["homeward.cost"]
    assert cost.value == 0.003
    assert dict(cost.attributes) == {
        "homeward.model": "openai/gpt-6-luna",
        "homeward.task": "reasoning_tasks",
        "homeward.result": "ok",
    }
    sources = {
        each.attributes["homeward.source"]: each.value for each in metrics["homeward.answers"]
    }
    assert sources == {"cloud": 1, "cache": 1}
    [confidence] = metrics["homeward.confidence"]
    assert (confidence.count, confidence.sum) == (1, 0.8)
    [feedback] = metrics["homeward.feedback"]
    assert (feedback.sum, feedback.attributes["homeward.signal"]) == (1.0, "good")


def test_the_model_that_a_server_claims_to_be_makes_no_line_of_its_own() -> None:
    observed = observing()
    for number in range(3):
        used = replace(COMPLETION, model=f"SECRET words, said {number} times")
        observed.telemetry.attempt(replace(CALL, used=used))
    assert len(observed.metrics["gen_ai.client.token.usage"]) == 2
    assert all("SECRET" not in span.to_json() for span in observed.spans)


def test_without_content_no_word_of_a_request_leaves() -> None:
    observed = observing()
    one_request(observed)
    assert all("SECRET" not in span.to_json() for span in observed.spans)
    assert "SECRET" not in str(observed.metrics)


def test_with_content_a_clean_request_is_told_in_the_conventions_form() -> None:
    observed = observing(content=True)
    one_request(observed)
    told = dict(observed.spans[-1].attributes or {})
    assert told["gen_ai.input.messages"] == (
        '[{"role": "user", "parts": [{"type": "text", "content": "SECRET question"}]}]'
    )
    assert told["gen_ai.output.messages"] == (
        '[{"role": "assistant", "parts": [{"type": "text", "content": "SECRET answer"}],'
        ' "finish_reason": "stop"}]'
    )
    assert told["gen_ai.system_instructions"] == '[{"type": "text", "content": "SECRET system"}]'


PERSONAL = "Write to anna.berg@posteo.de"
PAPER = Document(name="a.txt", path=Path("/a.txt"), text="SECRET", digest="0", kind="text")


def _unsure(_: str) -> Findings:
    return Findings(complete=False)


def _broken(_: str) -> Findings:
    raise RuntimeError


@pytest.mark.parametrize(
    ("asked", "answer", "inspect"),
    [
        (replace(ASKED, prompt=PERSONAL), ANSWER, detect),
        (replace(ASKED, system=PERSONAL), ANSWER, detect),
        (replace(ASKED, context=PERSONAL), ANSWER, detect),
        (ASKED, replace(ANSWER, text=PERSONAL), detect),
        (replace(ASKED, documents=(PAPER,)), ANSWER, detect),
        (replace(ASKED, improve="r0"), ANSWER, detect),
        (ASKED, ANSWER, _unsure),
        (ASKED, ANSWER, _broken),
    ],
    ids=["prompt", "system", "context", "answer", "document", "improved", "unsure", "broken"],
)
def test_with_content_nothing_leaves_of_a_request_that_is_not_clean(
    asked: Request, answer: Answer, inspect: Any
) -> None:
    observed = observing(content=True, inspect=inspect)
    one_request(observed, asked, answer)
    request = observed.spans[-1]
    assert "SECRET" not in request.to_json()
    assert "anna.berg" not in request.to_json()
    assert dict(request.attributes or {})["homeward.source"] == "cloud"


def test_what_other_instruments_say_is_reduced_to_figures() -> None:
    exported = InMemorySpanExporter()
    tracing = TracerProvider(shutdown_on_exit=False)
    tracing.add_span_processor(SimpleSpanProcessor(discreet(exported, content=True, detect=detect)))
    tracer = tracing.get_tracer("mcp-python-sdk")
    attributes = {"mcp.method.name": "tools/call", "mcp.made.up": "SECRET"}
    with (
        pytest.raises(ValueError, match="SECRET"),
        tracer.start_as_current_span("tools/call SECRET words of mine", attributes=attributes),
    ):
        raise ValueError("SECRET")
    [span] = exported.get_finished_spans()
    assert span.name == "tools/call"
    assert dict(span.attributes or {}) == {"mcp.method.name": "tools/call"}
    assert "SECRET" not in span.to_json()
