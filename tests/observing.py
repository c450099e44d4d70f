"""One request as it is told to telemetry, and a recorder whose spans and metrics stay here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ledger import Entry, Outcome
from mcp_server.discreet import discreet
from mcp_server.recording import Recorder
from routing.values import Completion
from switchboard import Answer, Decision, Request
from switchboard.telemetry import Attempt, Telemetry
from vocabulary import Money, TaskKind, Usage
from whitelist.detector.detect import detect

USAGE = Usage(input_tokens=12, output_tokens=5, cached_tokens=4, reasoning_tokens=2)
ENTRY = Entry(
    id="e1",
    request_id="r1",
    number=1,
    at=datetime(2026, 11, 21, tzinfo=UTC),
    caller="SECRET caller",
    task=TaskKind.REASONING_TASKS,
    strategy="hybrid",
    profile="balanced",
    provider="openai",
    local=False,
    model_asked="gpt-6-luna",
)
COMPLETION = Completion(
    text="SECRET answer",
    model="gpt-6-luna-2026",
    finish="stop",
    usage=USAGE,
    counting="counted",
    first_token_ms=250,
    total_ms=1000,
)
PAID = Outcome(
    result="ok", model_served="gpt-6-luna-2026", usage=USAGE, cost=Money(1500), total_ms=1000
)
CALL = Attempt(entry=ENTRY, host="api.openai.com", outcome=PAID, used=COMPLETION)
ASKED = Request(prompt="SECRET question", system="SECRET system", caller="SECRET caller")
ANSWER = Answer(
    request_id="r1",
    text="SECRET answer",
    provider="openai",
    model="gpt-6-luna",
    local=False,
    cached="no",
    finish="stop",
    usage=USAGE,
    counted=True,
    cost=Money(1500),
    baseline=Money(0),
    total_ms=1000,
    confidence=0.8,
    decision=Decision(
        task=TaskKind.REASONING_TASKS,
        complexity=0.5,
        signals=(),
        profile="balanced",
        strategy="hybrid",
        reason="SECRET reason",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A recorder whose spans and metrics stay here."""

    telemetry: Telemetry
    exported: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exported.get_finished_spans()

    @property
    def metrics(self) -> dict[str, list[Any]]:
        data = self.reader.get_metrics_data()
        return {
            metric.name: list(metric.data.data_points)
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def observing(*, content: bool = False, inspect: Any = detect) -> Observed:
    exported, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider(shutdown_on_exit=False)
    tracing.add_span_processor(
        SimpleSpanProcessor(discreet(exported, content=content, detect=inspect))
    )
    metering = MeterProvider([reader], shutdown_on_exit=False)
    telemetry = Recorder(
        tracing.get_tracer("t"), metering.get_meter("t"), content=content, close=lambda: None
    )
    return Observed(telemetry=telemetry, exported=exported, reader=reader)


def one_request(observed: Observed, asked: Request = ASKED, answer: Answer = ANSWER) -> None:
    with observed.telemetry.request(asked) as told:
        observed.telemetry.attempt(CALL)
        told(answer)
