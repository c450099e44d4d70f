"""The exit that spans leave by: figures pass, words only where they may."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mcp_server import semconv
from whitelist.detector.detect import Detect

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.util.types import AttributeValue


def discreet(behind: "SpanExporter", *, content: bool, detect: Detect) -> "SpanExporter":
    """An exporter that passes figures on: attributes that are named in semconv.py, and no words of
    errors. With `content` prompts and answers too, of requests in which nothing personal is found;
    this is looked for here, in the exporter's own thread.
    """
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Status

    def allowed(span: "ReadableSpan") -> dict[str, "AttributeValue"]:
        attributes = dict(span.attributes or {})
        kept = {name: value for name, value in attributes.items() if name in semconv.FIGURES}
        told = {name: value for name, value in attributes.items() if name in semconv.CONTENT}
        if content and told and _clean(told, detect):
            kept |= told
        return kept

    def lean(span: "ReadableSpan") -> "ReadableSpan":
        return ReadableSpan(
            name=span.name if _is_figure(span.name) else span.name.split(" ")[0][:80],
            context=span.get_span_context(),
            parent=span.parent,
            resource=span.resource,
            attributes=allowed(span),
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    class Discreet(SpanExporter):
        def export(self, spans: Sequence["ReadableSpan"]) -> "SpanExportResult":
            return behind.export([lean(span) for span in spans])

        def shutdown(self) -> None:
            behind.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return behind.force_flush(timeout_millis)

    return Discreet()


def _is_figure(name: str) -> bool:
    """Whether a span's name is one operation and one name, as all of ours and the library's are
    unless a caller made one up: `chat gpt-6`, `tools/call route_prompt`.
    """
    return len(name) <= 160 and name.count(" ") <= 1 and name.isprintable()


def _clean(told: Mapping[str, object], detect: Detect) -> bool:
    """Whether nothing personal is in these texts. What cannot be inspected is not clean."""
    try:
        texts = [text for value in told.values() for text in _texts(json.loads(str(value)))]
        found = [detect(text) for text in texts]
    except Exception:
        return False
    return all(each.complete and not each.items for each in found)


def _texts(value: object) -> list[str]:
    """Every text in a JSON value, each as it was before it was written in JSON."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]
