"""What is read from headers about waiting, in every spelling that servers use."""

import pytest

from routing.running.limits import rate_limits, retry_after
from routing.values import RateLimits

NOW = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "-4"}, 0.0),
        ({"retry-after": "1e9"}, 3600.0),
        ({"retry-after": "Fri, 20 Nov 2099 12:00:00 GMT", "date": NOW}, 3600.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:00 GMT", "date": NOW}, 60.0),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": NOW}, 0.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:00 GMT"}, None),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:00 -0000", "date": NOW}, 60.0),
        ({"retry-after": "soon", "date": NOW}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("7.66s", 7.66),
        ("2m59.56s", 179.56),
        ("1h2m3s", 3600.0),
        ("1d", 3600.0),
        ("12", 12.0),
        ("1795176030", 30.0),
        ("1795176030000", 30.0),
        ("2026-11-20T12:00:30Z", 30.0),
        ("2026-11-20T13:00:30+01:00", 30.0),
        ("2026-11-20T12:00:30", 30.0),
        ("2026-11-20T11:00:00Z", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("-3", 0.0),
        ("nan", 0.0),
        ("1e300", 0.0),
        ("2026-13-45T99:00:00Z", 0.0),
    ],
)
def test_a_limit_that_is_used_up_asks_to_wait_until_it_renews(reset: str, seconds: float) -> None:
    headers = {
        "date": NOW,
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": reset,
    }

    limits = rate_limits(headers)

    assert limits is not None
    assert limits.requests == 0
    assert limits.wait_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, None),
        ({"x-ratelimit-reset-requests": "1s"}, None),
        ({"x-ratelimit-remaining-requests": "many"}, None),
        ({"x-ratelimit-remaining-requests": "-1"}, None),
        ({"x-ratelimit-remaining-requests": "٣"}, None),
        (
            {"x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s"},
            RateLimits(requests=59),
        ),
        (
            {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6s"},
            RateLimits(tokens=0, wait_s=6.0),
        ),
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"},
            RateLimits(requests=0, wait_s=2.0),
        ),
        (
            {
                "date": NOW,
                "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-11-20T12:00:01Z",
                "anthropic-ratelimit-tokens-remaining": "8000",
                "anthropic-ratelimit-output-tokens-remaining": "0",
                "anthropic-ratelimit-output-tokens-reset": "2026-11-20T12:00:20Z",
            },
            RateLimits(requests=49, tokens=0, wait_s=20.0),
        ),
        (
            {  # a date, and nothing of the server's own clock to hold it against
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-11-20T12:00:01Z",
            },
            RateLimits(requests=0),
        ),
    ],
)
def test_limits_are_read_as_openai_anthropic_and_others_spell_them(
    headers: dict[str, str], limits: RateLimits | None
) -> None:
    assert rate_limits(headers) == limits
