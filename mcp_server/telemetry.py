"""Sets up OpenTelemetry from its standard variables, and lets nothing but figures leave by it."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mcp_server.discreet import discreet
from mcp_server.settings import Settings, SettingsError
from switchboard.telemetry import SILENT, Telemetry
from whitelist.detector.detect import Detect

if TYPE_CHECKING:
    import requests
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import SpanExporter

log = logging.getLogger(__name__)

CLOSE_WITHIN_S = 0.5
"""A host that leaves grants 0.7 seconds for everything (stdio.py)."""

_TIMEOUT_S = 2.0
"""Of one export, where OTEL_EXPORTER_OTLP_TIMEOUT says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipes:
    """Where spans and metrics go; None for what is not wanted."""

    spans: "SpanExporter | None"
    metrics: "MetricExporter | None"


def telemetry_of(
    settings: Settings, environ: Mapping[str, str], *, detect: Detect
) -> tuple[Telemetry, SettingsError | None]:
    """What the settings and the OTEL_* variables ask for; silent unless `telemetry.enabled`.

    Where it is asked for and cannot be (the extra is missing, or nobody said where to), it is
    silent too, and the error says why: nothing else may fail for want of it.
    """
    if not settings.telemetry.enabled or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return SILENT, None
    try:
        return _begun(settings, environ, detect), None
    except SettingsError as error:
        trouble = error
    except ValueError:  # the SDK's own, of a variable that it reads itself
        trouble = SettingsError(
            "OpenTelemetry cannot use one of the OTEL_* variables.",
            fix="Check OTEL_BSP_* and OTEL_METRIC_EXPORT_*, or set telemetry.enabled = false.",
        )
    log.warning("Telemetry is off. %s", trouble)
    return SILENT, trouble


def _begun(settings: Settings, environ: Mapping[str, str], detect: Detect) -> Telemetry:
    """Raises SettingsError: it cannot be."""
    for package in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
        if not _installed(package):
            raise SettingsError(
                "telemetry.enabled needs OpenTelemetry's SDK, which is not installed.",
                fix="Run `pip install 'homeward[otel]'`, or set telemetry.enabled = false.",
            )
    pipes = pipes_of(environ, settings.proxy)
    return recorder(
        pipes, resource=_resource(environ), content=settings.telemetry.content, detect=detect
    )


def recorder(
    pipes: Pipes, *, resource: "Resource", content: bool, detect: Detect, everywhere: bool = True
) -> Telemetry:
    """Telemetry into pipes. `everywhere`: spans of the MCP library go there too, ours beneath."""
    from opentelemetry import trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from mcp_server.recording import Recorder

    _hush()
    tracing = TracerProvider(resource=resource, shutdown_on_exit=False)
    if pipes.spans is not None:
        exit_ = discreet(pipes.spans, content=content, detect=detect)
        tracing.add_span_processor(BatchSpanProcessor(exit_))
    readers = [] if pipes.metrics is None else [PeriodicExportingMetricReader(pipes.metrics)]
    metering = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
    if everywhere and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(tracing)
    return Recorder(
        tracing.get_tracer("homeward"),
        metering.get_meter("homeward"),
        content=content,
        close=_closing(tracing.shutdown, metering.shutdown),
    )


def _closing(*shut: Callable[[], None]) -> Callable[[], None]:
    """Closes in a thread that nobody waits for long: a collector that is gone holds nothing up."""

    def close_all() -> None:
        for each in shut:
            each()

    def close() -> None:
        closing = threading.Thread(target=close_all, name="telemetry-closing", daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN_S)

    return close


def pipes_of(environ: Mapping[str, str], proxy: str | None = None) -> Pipes:
    """The pipes that the standard variables name.

    Raises:
        SettingsError: they name none, or one that is not spoken here.
    """
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.util.re import parse_env_headers

    def options(signal: str) -> dict[str, Any]:
        address = _address(environ, signal)
        said = _said(environ, signal, "HEADERS")
        return {
            "endpoint": address,
            "headers": dict(parse_env_headers(said, liberal=True)),
            "timeout": _timeout(environ, signal),
            "session": _session(address, proxy),
        }

    spans, metrics = (_wanted(environ, signal) for signal in ("TRACES", "METRICS"))
    return Pipes(
        spans=OTLPSpanExporter(**options("TRACES")) if spans else None,
        metrics=OTLPMetricExporter(**options("METRICS")) if metrics else None,
    )


def _wanted(environ: Mapping[str, str], signal: str) -> bool:
    """Whether a signal is exported.

    Raises:
        SettingsError: by a way that is not spoken here.
    """
    exporter = environ.get(f"OTEL_{signal}_EXPORTER") or "otlp"
    protocol = _said(environ, signal, "PROTOCOL") or "http/protobuf"
    if exporter not in ("otlp", "none") or protocol != "http/protobuf":
        raise SettingsError(
            f"Telemetry leaves by OTLP over HTTP only, not by {exporter} and {protocol}.",
            fix=f"Unset OTEL_{signal}_EXPORTER and OTEL_EXPORTER_OTLP_PROTOCOL, or set them to "
            "otlp and http/protobuf.",
        )
    return exporter == "otlp"


def _address(environ: Mapping[str, str], signal: str) -> str:
    """Where a signal goes. The SDK would take localhost:4318 where nobody names an address; here
    somebody must.

    Raises:
        SettingsError: nobody did, or it is no address.
    """
    own, shared = (
        environ.get(name, "").strip()
        for name in (f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    address = own or (f"{shared.rstrip('/')}/v1/{signal.lower()}" if shared else "")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise SettingsError(
            "telemetry.enabled needs the address of a collector, in OTEL_EXPORTER_OTLP_ENDPOINT.",
            fix="Set it, such as http://127.0.0.1:4318, or set telemetry.enabled = false.",
        )
    return address


def _timeout(environ: Mapping[str, str], signal: str) -> float:
    """Seconds of one export."""
    try:
        return float(_said(environ, signal, "TIMEOUT") or _TIMEOUT_S)
    except ValueError:
        return _TIMEOUT_S


def _said(environ: Mapping[str, str], signal: str, option: str) -> str:
    own = environ.get(f"OTEL_EXPORTER_OTLP_{signal}_{option}")
    return own or environ.get(f"OTEL_EXPORTER_OTLP_{option}", "")


def _session(address: str, proxy: str | None) -> "requests.Session":
    """No proxy and no password of the environment's: only what the settings name."""
    import requests

    session = requests.Session()
    session.trust_env = False
    if proxy and urlsplit(address).hostname not in ("localhost", "127.0.0.1", "::1"):
        session.proxies = {"http": proxy, "https": proxy}
    return session


def _resource(environ: Mapping[str, str]) -> "Resource":
    """Who is speaking: every process is an instance, so that their sums are not taken for one."""
    from opentelemetry.sdk.resources import Resource

    try:
        ours = version("homeward")
    except PackageNotFoundError:
        ours = "unknown"
    return Resource.create(
        {
            "service.name": environ.get("OTEL_SERVICE_NAME") or "homeward",
            "service.version": ours,
            "service.instance.id": uuid.uuid4().hex,
        }
    )


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even what it would be in
        return False


def _hush() -> None:
    """The SDK tells its troubles to the log, which without this would end at the terminal."""
    import logging

    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
