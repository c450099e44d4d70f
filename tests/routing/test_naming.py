"""Which model a person means."""

import pytest

from routing.naming import find
from routing.values import Model

MODELS = [
    Model(provider=provider, name=name, local=False, host="x")
    for provider, name in (
        ("ollama", "llama3.2:3b"),
        ("ollama", "mistral:latest"),
        ("ollama", "qwen3:8b"),
        ("ollama", "qwen3:14b"),
        ("groq", "openai/gpt-oss-120b"),
        ("together", "openai/gpt-oss-120b"),
        ("openai", "gpt-6-luna"),
        ("openrouter", "openai/gpt-6-luna"),
        ("anthropic", "claude-haiku-5-5"),
    )
]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("ollama/llama3.2:3b", "ollama/llama3.2:3b"),
        ("llama3.2:3b", "ollama/llama3.2:3b"),
        ("llama3.2", "ollama/llama3.2:3b"),
        ("ollama/llama3.2", "ollama/llama3.2:3b"),
        ("mistral", "ollama/mistral:latest"),
        ("ollama/mistral", "ollama/mistral:latest"),
        (" Claude-Haiku-5-5 ", "anthropic/claude-haiku-5-5"),
        ("gpt-6-luna", "openai/gpt-6-luna"),
        ("openai/gpt-6-luna", "openai/gpt-6-luna"),
        ("openrouter/openai/gpt-6-luna", "openrouter/openai/gpt-6-luna"),
    ],
)
def test_a_model_is_found_by_what_people_type(wanted: str, meant: str) -> None:
    found = find(MODELS, wanted)
    assert found.model is not None
    assert (found.model.id, found.near) == (meant, ())


@pytest.mark.parametrize(
    ("wanted", "all_meant"),
    [
        ("qwen3", ("ollama/qwen3:8b", "ollama/qwen3:14b")),
        ("openai/gpt-oss-120b", ("groq/openai/gpt-oss-120b", "together/openai/gpt-oss-120b")),
        ("gpt-oss-120b", ("groq/openai/gpt-oss-120b", "together/openai/gpt-oss-120b")),
    ],
)
def test_a_name_that_several_models_bear_is_not_guessed(
    wanted: str, all_meant: tuple[str, ...]
) -> None:
    found = find(MODELS, wanted)
    assert (found.model, found.near) == (None, all_meant)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("claude-haiku-5.5", "anthropic/claude-haiku-5-5"),
        ("lama3.2", "ollama/llama3.2:3b"),
        ("anthropic/claude-haku", "anthropic/claude-haiku-5-5"),
        ("mistrall", "ollama/mistral:latest"),
    ],
)
def test_a_slip_is_answered_with_what_comes_near(typo: str, meant: str) -> None:
    found = find(MODELS, typo)
    assert found.model is None
    assert found.near[0] == meant


def test_nothing_near_is_nothing_said() -> None:
    assert find(MODELS, "zzzzzzzz").near == ()
    assert find([], "llama3.2").near == ()
