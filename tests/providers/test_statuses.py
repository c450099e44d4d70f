"""How a server's words tell one 400 from another, and what its refusals ask for."""

import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.statuses import Asked, from_status
from routing.providers.vendors import vendors

ASKED = Asked(vendor=vendors()["openai"], address="https://api.openai.com/v1", model="m")


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, '{"code": "context_length_exceeded"}', "too long for m"),
        (400, '{"type": "exceed_context_size_error"}', "too long for m"),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", "too long for m"),
        (400, "Your credit balance is too low to access the API", "no credit left"),
        (429, '{"code": "insufficient_quota"}', "no credit left"),
        (400, "nope/nope is not a valid model ID", "has no model m"),
        (400, '{"type": "invalid_model"}', "has no model m"),
        (403, "Model `gone` does not exist or you may not use it", "has no model m"),
        (400, "temperature must be below 2", "did not accept the request"),
        (418, "", "did not accept the request"),
        (301, "", "does not follow"),
        (204, "", "cannot be read"),
        (520, "", "failed inside"),
    ],
)
def test_what_a_server_says_tells_one_refusal_from_another(
    status: int, said: str, expected: str
) -> None:
    assert expected in from_status(ASKED, status, headers={}, said=said).what


def test_a_retry_after_is_not_kept_where_retrying_cannot_help() -> None:
    error = from_status(ASKED, 429, headers={"retry-after": "5"}, said="insufficient_quota")

    assert isinstance(error, ProviderRejected)
    assert error.retry_after is None
    assert not error.safe_to_retry


def test_the_wait_that_an_overloaded_server_asks_for_is_kept() -> None:
    error = from_status(ASKED, 503, headers={"retry-after": "5"})

    assert isinstance(error, ProviderUnavailable)
    assert error.retry_after == 5


def test_a_server_without_a_key_variable_points_to_the_settings() -> None:
    local = Asked(vendor=vendors()["vllm"], address="http://127.0.0.1:8000/v1")

    assert "VLLM_API_KEY" in from_status(local, 401, headers={}).fix


def test_a_missing_list_of_models_points_to_the_address() -> None:
    asked = Asked(vendor=vendors()["openai"], address="https://api.openai.com")

    assert "OPENAI_BASE_URL" in from_status(asked, 404, headers={}).fix
