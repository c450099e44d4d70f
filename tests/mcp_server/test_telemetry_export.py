"""Telemetry on its way out: off unless asked for, to the address that was named and no other, and
a dead collector is nobody's trouble.
"""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource

from mcp_server.settings import Settings
from mcp_server.telemetry import pipes_of, recorder, telemetry_of
from switchboard.telemetry import SILENT
from tests.observing import CALL
from tests.wire import listening
from tests.wire.listening import Listening, Reply
from whitelist.detector.detect import detect


def test_nothing_is_observed_and_nothing_imported_unless_asked_for() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, switchboard.telemetry, mcp_server.telemetry as t\n"
            "from mcp_server.settings import Settings\n"
            "t.telemetry_of(Settings(), {}, detect=None)\n"
            "print([m for m in sys.modules if m.startswith('opentelemetry')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"


ON = Settings.model_validate({"telemetry": {"enabled": True}})
WHERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    "environ", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector"}], ids=["none", "no address"]
)
def test_without_an_address_nothing_is_guessed_and_nothing_else_fails(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    telemetry, trouble = telemetry_of(ON, environ, detect=detect)
    assert telemetry is SILENT
    assert trouble is not None
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in trouble.what
    assert "Telemetry is off. telemetry.enabled needs the address" in caplog.text


@pytest.mark.parametrize(
    "more", [{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {"OTEL_TRACES_EXPORTER": "zipkin"}]
)
def test_a_way_that_is_not_spoken_is_told(more: dict[str, str]) -> None:
    telemetry, trouble = telemetry_of(ON, WHERE | more, detect=detect)
    assert telemetry is SILENT
    assert trouble is not None
    assert "OTLP over HTTP only" in trouble.what


def test_a_variable_that_only_the_sdk_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    telemetry, trouble = telemetry_of(ON, WHERE, detect=detect)
    assert telemetry is SILENT
    assert trouble is not None
    assert "OTEL_BSP_*" in trouble.fix


def test_the_standard_switch_turns_it_off() -> None:
    off = telemetry_of(ON, {"OTEL_SDK_DISABLED": "true"}, detect=detect)
    assert off == (SILENT, None)


def test_a_signal_can_be_left_out() -> None:
    pipes = pipes_of(WHERE | {"OTEL_METRICS_EXPORTER": "none"})
    assert pipes.spans is not None
    assert pipes.metrics is None


@dataclass
class Kept:
    """What a collector was sent, and with which headers."""

    traces: list[ExportTraceServiceRequest] = field(default_factory=list)
    metrics: list[ExportMetricsServiceRequest] = field(default_factory=list)
    authorised: set[str] = field(default_factory=set)

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for each in self.traces
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def metric_names(self) -> set[str]:
        return {
            metric.name
            for each in self.metrics
            for resource in each.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def collector() -> Iterator[tuple[Listening, Kept]]:
    """A real collector's two addresses, over HTTP in protobuf."""
    kept = Kept()

    async def take(request: listening.Request, reply: Reply) -> None:
        kept.authorised.add(request.headers.get("authorization", ""))
        if request.path == "/v1/traces":
            kept.traces.append(ExportTraceServiceRequest.FromString(request.body))
        elif request.path == "/v1/metrics":
            kept.metrics.append(ExportMetricsServiceRequest.FromString(request.body))
        await reply.whole(200, b"", content_type="application/x-protobuf")

    with Listening(take) as server:
        yield server, kept


SPEAKING = """
import sys
from opentelemetry.trace import SpanKind
from mcp.shared._otel import otel_span
from mcp_server.settings import Settings
from mcp_server.telemetry import telemetry_of
from tests.observing import ANSWER, ASKED, CALL
from whitelist.detector.detect import detect
import os
settings = Settings.model_validate({"telemetry": {"enabled": True}})
telemetry, _ = telemetry_of(settings, os.environ, detect=detect)
with otel_span("tools/call route_prompt", kind=SpanKind.SERVER):
    with telemetry.request(ASKED) as told:
        telemetry.attempt(CALL)
        told(ANSWER)
telemetry.close()
"""


def speaking(endpoint: str) -> "subprocess.CompletedProcess[str]":
    """A process that observes one request, with the MCP library's span around it."""
    return subprocess.run(
        [sys.executable, "-c", SPEAKING],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20of-the-collector",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "PATH": "",
        },
    )


@pytest.mark.slow
def test_a_collector_gets_spans_beneath_the_mcp_librarys_and_metrics(
    collector: tuple[Listening, Kept],
) -> None:
    server, kept = collector
    said = speaking(server.address)
    assert (said.stdout, said.stderr) == ("", "")
    assert kept.authorised == {"Bearer of-the-collector"}
    spans = {span.name: span for span in kept.spans}
    call, request, outer = (
        spans[name]
        for name in ("chat gpt-6-luna", "invoke_workflow route_prompt", "tools/call route_prompt")
    )
    assert call.parent_span_id == request.span_id
    assert request.parent_span_id == outer.span_id
    assert {"homeward.cost", "homeward.answers", "gen_ai.client.token.usage"} <= kept.metric_names
    everything = b"".join(each.body for each in server.requests)
    assert b"SECRET" not in everything
    [resource] = {each.resource_spans[0].resource.SerializeToString() for each in kept.traces}
    assert b"homeward" in resource


@pytest.mark.slow
def test_a_collector_that_is_not_there_is_not_spoken_of() -> None:
    said = speaking("http://127.0.0.1:9")
    assert (said.stdout, said.stderr) == ("", "")


def test_a_collector_that_never_answers_holds_nobody_up() -> None:
    """It answers only once the request is over and telemetry closed: waiting would never end."""
    closed = threading.Event()
    asked = threading.Event()

    async def hold(_: listening.Request, reply: Reply) -> None:
        asked.set()
        await asyncio.to_thread(closed.wait)
        await reply.whole(200, b"")

    with Listening(hold) as server:
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.address,
            "OTEL_EXPORTER_OTLP_TIMEOUT": "600",
        }
        telemetry = recorder(
            pipes_of(environ),
            resource=Resource.create(),
            content=False,
            detect=detect,
            everywhere=False,
        )
        try:
            for _ in range(5000):  # more than the queue holds
                telemetry.attempt(CALL)
            assert asked.wait(30)
            telemetry.close()
        finally:
            closed.set()


def test_a_collector_that_sends_us_elsewhere_is_not_followed(
    collector: tuple[Listening, Kept],
) -> None:
    elsewhere, kept = collector

    async def send_on(request: listening.Request, reply: Reply) -> None:
        await reply.whole(307, b"", location=elsewhere.address + request.path)

    with Listening(send_on) as server:
        telemetry = recorder(
            pipes_of({"OTEL_EXPORTER_OTLP_ENDPOINT": server.address}),
            resource=Resource.create(),
            content=False,
            detect=detect,
            everywhere=False,
        )
        telemetry.attempt(CALL)
        telemetry.close()
        assert server.requests
    assert kept == Kept()
    assert elsewhere.connections == 0
