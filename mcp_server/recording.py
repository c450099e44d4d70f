"""Turns what the switchboard tells into spans and metrics of OpenTelemetry."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from mcp_server import semconv
from mcp_server.attributes import Attributes, by_whom, content_of, figures_of, kind_of, who_of
from switchboard.request import Answer, Request
from switchboard.telemetry import Answered, Attempt, Feedback

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger(__name__)


class Recorder:
    """`Telemetry` on a tracer and a meter; `close` is what closes their pipes.

    With `content` the prompt and the answer are put on the request's span. Whether they may leave
    is decided where spans leave (`Discreet` in telemetry.py). Documents are never put on,
    nor what is said of them.
    """

    def __init__(
        self, tracer: "Tracer", meter: "Meter", *, content: bool, close: Callable[[], None]
    ) -> None:
        self._tracer = tracer
        self._content = content
        self._close = close
        self._tokens = meter.create_histogram(
            semconv.TOKEN_USAGE,
            unit="{token}",
            description="Tokens read and written by one call",
            explicit_bucket_boundaries_advisory=semconv.TOKEN_BUCKETS,
        )
        self._seconds = meter.create_histogram(
            semconv.DURATION,
            unit="s",
            description="How long one call took",
            explicit_bucket_boundaries_advisory=semconv.SECOND_BUCKETS,
        )
        self._cost = meter.create_counter(
            semconv.COST, unit="USD", description="What calls cost, as the ledger booked them"
        )
        self._answers = meter.create_counter(
            semconv.ANSWERS, unit="{answer}", description="Answers, by where they came from"
        )
        self._confidence = meter.create_histogram(
            semconv.CONFIDENCE,
            unit="1",
            description="How surely an answer that was checked will do",
            explicit_bucket_boundaries_advisory=semconv.SHARE_BUCKETS,
        )
        self._feedback = meter.create_histogram(
            semconv.FEEDBACK,
            unit="1",
            description="What came of answers makes them worth, from 0 to 1",
            explicit_bucket_boundaries_advisory=semconv.SHARE_BUCKETS,
        )

    def request(self, request: Request) -> AbstractContextManager[Answered]:
        return self._around(request)

    @contextmanager
    def _around(self, request: Request) -> Iterator[Answered]:
        from opentelemetry.trace import Status, StatusCode

        attributes: Attributes = {
            semconv.OPERATION: semconv.INVOKE,
            semconv.WORKFLOW: semconv.ROUTE,
        }
        with self._tracer.start_as_current_span(
            f"{semconv.INVOKE} {semconv.ROUTE}",
            attributes=attributes,
            record_exception=False,  # its words and its trace are no figures
            set_status_on_exception=False,
        ) as span:

            def told(answer: Answer) -> None:
                with _never_failing():
                    self._answered(span, request, answer)

            try:
                yield told
            except BaseException as error:
                span.set_attribute(semconv.ERROR, kind_of(error))
                span.set_status(Status(StatusCode.ERROR))
                raise

    def attempt(self, attempt: Attempt) -> None:
        with _never_failing():
            self._attempt(attempt)

    def feedback(self, feedback: Feedback) -> None:
        with _never_failing():
            self._feedback.record(
                feedback.reward,
                {
                    semconv.SIGNAL: feedback.signal,
                    semconv.MODEL: feedback.model,
                    semconv.TASK: str(feedback.task),
                },
            )

    def close(self) -> None:
        self._close()

    def _answered(self, span: "Span", request: Request, answer: Answer) -> None:
        source = "cache" if answer.cached != "no" else "local" if answer.local else "cloud"
        told: Attributes = {
            semconv.SOURCE: source,
            semconv.TASK: answer.decision.task.value,
            semconv.MODEL: by_whom(answer),
        }
        self._answers.add(1, told)
        if answer.confidence is not None:
            self._confidence.record(answer.confidence, told)
            span.set_attribute(semconv.CONFIDENCE, answer.confidence)
        span.set_attributes(
            {
                **told,
                semconv.REQUEST_ID: answer.request_id,
                semconv.STRATEGY: answer.decision.strategy,
                semconv.COST: answer.cost / 1_000_000,
            }
        )
        by_reference = request.documents or request.improve  # what is improved may be of documents
        if self._content and not by_reference and span.is_recording():
            span.set_attributes(content_of(request, answer))

    def _attempt(self, attempt: Attempt) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode

        entry, outcome = attempt.entry, attempt.outcome
        ended = time.time_ns()
        took_ms = outcome.total_ms
        if took_ms is None:  # it came to nothing, of which the clock of the entry alone tells
            took_ms = max(0, ended // 1_000_000 - int(entry.at.timestamp() * 1000))
        who = who_of(attempt)
        self._count(attempt, who, took_ms / 1000)
        span = self._tracer.start_span(
            f"{semconv.CHAT} {entry.model_asked}",
            kind=SpanKind.CLIENT,
            attributes={**who, **figures_of(attempt)},
            start_time=ended - took_ms * 1_000_000,
        )
        if attempt.error is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def _count(self, attempt: Attempt, who: Attributes, seconds: float) -> None:
        usage, task = attempt.outcome.usage, attempt.entry.task.value
        self._seconds.record(seconds, who)
        if attempt.used is not None:
            without_error = {key: value for key, value in who.items() if key != semconv.ERROR}
            for kind, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
                self._tokens.record(tokens, {**without_error, semconv.TOKEN_TYPE: kind})
        if attempt.outcome.cost:
            name = f"{attempt.entry.provider}/{attempt.entry.model_asked}"
            told = {
                semconv.MODEL: name,
                semconv.TASK: task,
                "homeward.result": attempt.outcome.result,
            }
            self._cost.add(attempt.outcome.cost / 1_000_000, told)


@contextmanager
def _never_failing() -> Iterator[None]:
    """Who observes must not disturb: what goes wrong here is worth a line in a log, no more."""
    try:
        yield
    except Exception:
        log.debug("telemetry failed", exc_info=True)
