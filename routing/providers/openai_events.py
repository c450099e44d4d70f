"""Reads the events of one answer in OpenAI's protocol."""

import json
from collections.abc import Mapping
from typing import Any

from routing.providers.figures import cost_of, logprobs_of, served_by, timings_of, usage_of, whole
from routing.providers.protocol import Chunk
from routing.providers.statuses import Asked, from_status
from routing.providers.thinking import Unthink
from routing.values import Timings
from vocabulary import Finish, Money, Usage

_FINISHES: Mapping[str, Finish] = {
    "length": "length",
    "model_length": "length",
    "content_filter": "refusal",
}
_FAILED = frozenset({"error", "insufficient_system_resource"})
_UNREADABLE = (
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    RecursionError,
)


class Reading:
    """Reads the events of one answer."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._unthink = Unthink()
        self._finish: Finish | None = None
        self._timings: Timings | None = None

    def chunk(self, event: Any) -> Chunk:
        """One event; an empty chunk (thinking, a role) still tells that the server is alive.

        Raises:
            ProviderError: the server reports a failure, or sends something else.
        """
        try:
            return self._chunk(event)
        except _UNREADABLE:
            raise from_status(self._asked, 200, headers={}) from None

    def last(self) -> Chunk:
        """What was held back, and why the answer ended.

        Raises:
            ProviderUnavailable: it did not end, it broke off.
        """
        if self._finish is None:
            raise self._asked.unavailable(
                f"{self._asked.where} broke off in the middle of its answer.",
                fix="Try again, or use another model.",
            )
        return Chunk(text=self._unthink.rest(), finish=self._finish, timings=self._timings)

    def _chunk(self, event: dict[str, Any]) -> Chunk:
        if event.get("error"):
            raise self._failure(event["error"])
        choices = event.get("choices") or []
        text, thought, refused = self._choice(choices)
        if refused:
            self._finish = "refusal"
        usage = event.get("usage")
        self._timings = _timings(event.get("timings")) or self._timings
        return Chunk(
            text=text,
            thought=thought,
            usage=_usage(usage) if usage else None,
            model=served_by(event.get("model")),
            cost=self._cost(usage) if usage else None,
            logprobs=_logprobs(choices[0]) if text else (),  # thinking is no part of the answer
        )

    def _choice(self, choices: list[Any]) -> tuple[str, str, bool]:
        """What belongs to the answer, what was thought aloud, and whether it is a refusal."""
        if not choices:
            return "", "", False
        delta = choices[0].get("delta") or {}
        reason = choices[0].get("finish_reason")
        if reason in _FAILED:
            raise from_status(self._asked, 500, headers={})
        if reason and self._finish is None:
            self._finish = _FINISHES.get(reason, "stop")
        refusal = delta.get("refusal") or ""
        content = delta.get("content") or ""
        text = self._unthink.feed(content)
        aloud = delta.get("reasoning_content") or delta.get("reasoning") or ""
        thought = content if self._unthink.thinking else aloud
        return text + refusal, thought if isinstance(thought, str) else "", bool(refusal)

    def _failure(self, error: Any) -> Exception:
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        return from_status(self._asked, status, headers={}, said=json.dumps(error))

    def _cost(self, usage: dict[str, Any]) -> Money | None:
        return cost_of(usage.get("cost")) if self._asked.vendor.reports_cost else None


def _usage(usage: dict[str, Any]) -> Usage | None:
    """Tokens as the vendor counts them, in our terms.

    Some leave the thinking out of `completion_tokens` and show it in the total only.
    """
    read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
    of_read = _details(usage, "prompt_tokens_details")
    of_written = _details(usage, "completion_tokens_details")
    seen = (whole(read) or 0) + (whole(written) or 0)
    unseen = max((whole(usage.get("total_tokens")) or 0) - seen, 0)
    counted = whole(written or 0)
    return usage_of(
        read=read,
        written=written if counted is None else counted + unseen,
        cached=of_read.get("cached_tokens") or usage.get("prompt_cache_hit_tokens"),
        cache_write=of_read.get("cache_write_tokens"),
        reasoning=of_written.get("reasoning_tokens") or unseen,
    )


def _logprobs(choice: dict[str, Any]) -> tuple[float, ...]:
    said = choice.get("logprobs")
    return logprobs_of(said.get("content")) if isinstance(said, dict) else ()


def _timings(said: Any) -> Timings | None:
    """llama.cpp's own measurements: https://github.com/ggml-org/llama.cpp, tools/server/README.md.

    Unlike its counts, they leave out what it had in its cache.
    """
    if not isinstance(said, dict):
        return None
    return timings_of(
        read=said.get("prompt_n"),
        read_in=said.get("prompt_ms"),
        written=said.get("predicted_n"),
        written_in=said.get("predicted_ms"),
        unit=1e-3,
    )


def _details(usage: dict[str, Any], field: str) -> dict[str, Any]:
    found = usage.get(field)
    return found if isinstance(found, dict) else {}
