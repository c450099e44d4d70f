"""Names of one model meet, names of two do not."""

import pytest

from ledger.reconcile.models import charged_model, family


@pytest.mark.parametrize(
    "name",
    [
        "claude-haiku-4-5",
        "claude-haiku-4-5-20251001",
        "Claude Haiku 4.5",
        "claude-haiku-4.5-2025-10-01",
        "CLAUDE-HAIKU-4-5-latest",
        "claude-haiku-4.5:free",
    ],
)
def test_a_model_is_known_by_any_of_its_names(name: str) -> None:
    assert family(name) == "claude-haiku-4-5"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("claude-haiku-4-5", "claude-haiku-4"),
        ("gpt-5-mini", "gpt-5"),
        ("gpt-5", "gpt-5.1"),
        ("openai/gpt-5", "gpt-5"),
    ],
)
def test_two_models_stay_two(one: str, other: str) -> None:
    assert family(one) != family(other)


@pytest.mark.parametrize("name", ["", "-", "20251001", "-20251001", "-latest", ":free", "–"])
def test_a_name_of_nothing_is_no_error(name: str) -> None:
    assert family(name) in {"", "20251001", "latest"}


@pytest.mark.parametrize(
    ("item", "model"),
    [
        ("gpt-5-2026-04-23, input", "gpt-5-2026-04-23"),
        ("gpt-5-2026-04-23, cached input", "gpt-5-2026-04-23"),
        ("priority | gpt-5.6-sol, output, long context", "gpt-5.6-sol"),
        ("gpt-audio-mini-2025-12-15 audio, input", "gpt-audio-mini-2025-12-15"),
        ("web search tool calls", "web search tool calls"),
        ("deepseek/deepseek-v4.1-flash", "deepseek/deepseek-v4.1-flash"),
    ],
)
def test_the_model_of_an_item_on_a_bill(item: str, model: str) -> None:
    assert charged_model(item) == model
