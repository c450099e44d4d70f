"""What a server's headers say of waiting: how much its rate limit leaves, and until when."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from routing.values import RateLimits

_LONGEST_WAIT = 3600.0
"""Seconds. Whatever a server asks, an hour later it is worth another try."""

_DURATION = re.compile(
    r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?", re.ASCII
)
_UNITS = (86_400.0, 3600.0, 60.0, 1.0, 0.001)
_AN_EPOCH = 1e9
"""Seconds: a larger number is a date, not a wait. One a thousand times larger is in ms."""

_REQUESTS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
)
_TOKENS = (
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
)
"""OpenAI's names (Groq, Mistral and others share them), Anthropic's, and the plain ones:
https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
https://platform.claude.com/docs/en/api/rate-limits#response-headers"""


def rate_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """The limits that come with an answer, good or not; None where its headers speak of none.

    `headers` are looked up in lower case. What cannot be read counts as not said.
    """
    requests, until_request = _least(headers, _REQUESTS)
    tokens, until_tokens = _least(headers, _TOKENS)
    if requests is None and tokens is None:
        return None
    return RateLimits(requests=requests, tokens=tokens, wait_s=max(until_request, until_tokens))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds a server asks to wait (RFC 9110 §10.2.3), None if it does not say.

    A date counts from the server's own `Date`, so that its clock and ours need not agree.
    """
    value = headers.get("retry-after", "").strip()
    try:
        return _kept(float(value))
    except ValueError:
        return _kept(_seconds_until(_http_date(value), headers))


def _least(
    headers: Mapping[str, str], names: Iterable[tuple[str, str]]
) -> tuple[int | None, float]:
    """The least that any of these limits leaves, and the longest wait of those that leave none."""
    left: list[int] = []
    wait = 0.0
    for remaining, reset in names:
        count = headers.get(remaining, "").strip()
        if not re.fullmatch(r"\d{1,12}", count, re.ASCII):
            continue
        left.append(int(count))
        if left[-1] == 0:
            wait = max(wait, _until_reset(headers.get(reset, "").strip(), headers) or 0.0)
    return (min(left) if left else None), wait


def _until_reset(value: str, headers: Mapping[str, str]) -> float | None:
    """Seconds, from `6m0s`, `7.66s`, `12`, seconds or milliseconds since 1970, or RFC 3339."""
    found = _DURATION.fullmatch(value)
    if value and found is not None:
        parts = zip(found.groups(), _UNITS, strict=True)
        return _kept(sum(float(number or 0) * unit for number, unit in parts))
    try:
        number = float(value)
    except ValueError:
        return _kept(_seconds_until(_rfc3339(value), headers))
    if number < _AN_EPOCH:
        return _kept(number)
    seconds = number / 1000 if number >= _AN_EPOCH * 1000 else number
    return _kept(_seconds_until(_since_1970(seconds), headers))


def _kept(seconds: float) -> float | None:
    return min(max(seconds, 0.0), _LONGEST_WAIT) if math.isfinite(seconds) else None


def _seconds_until(then: datetime | None, headers: Mapping[str, str]) -> float:
    now = _http_date(headers.get("date", ""))
    return math.nan if then is None or now is None else (then - now).total_seconds()


def _http_date(value: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(value))
    except (ValueError, TypeError, OverflowError):
        return None


def _rfc3339(value: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(value))
    except ValueError:
        return None


def _since_1970(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
