"""What a model's name and size let us guess."""

import pytest

from routing.catalogue import shipped
from routing.families import MIDDLING, guess, quality_of, size_in, speed_of
from vocabulary import TaskKind

FAMILIES = shipped().families


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("llama3.2:3b", 3e9),
        ("Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf", 8e9),
        ("gemma3-270m-q4-k-m", 270e6),
        ("mixtral:8x7b", 56e9),
        ("phi3:3.8b-mini-4k-instruct", 3.8e9),
        ("qwen3:30b-a3b", 30e9),
        ("qwen2.5-7b-instruct-1m", 7e9),
        ("gpt-oss:120b-cloud", 120e9),
        ("llama3.2:latest", None),
        ("claude-opus-5-5", None),
        ("", None),
    ],
)
def test_a_size_is_read_from_a_name(name: str, size: float | None) -> None:
    assert size_in(name) == size


@pytest.mark.parametrize(
    ("name", "quality"),
    [("llama3.2:3b", 0.70), ("llama3.1:8b", 0.80)],
)
def test_the_curve_runs_through_the_documented_points(name: str, quality: float) -> None:
    assert guess(name, None, FAMILIES).quality == pytest.approx(quality, abs=0.005)


def test_more_weights_are_never_worse_nor_faster_and_never_perfect() -> None:
    sizes = [10**exponent for exponent in range(6, 14)]
    qualities = [quality_of(size) for size in sizes]
    speeds = [speed_of(size) for size in sizes]
    assert qualities == sorted(qualities)
    assert speeds == sorted(speeds, reverse=True)
    assert qualities[0] > 0
    assert qualities[-1] < 1


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Qwen/Qwen2.5-Coder-7B-Instruct", "qwen2.5coder"),
        ("mistral-small:24b", "mistralsmall"),
        ("dolphin-mistral", "mistral"),
        ("llama-2-13b-chat", "llama2"),
        ("deepseek-coder-v2:16b", "deepseekcoderv2"),
        ("phi3.5", "phi3"),
    ],
)
def test_the_closest_family_is_found_however_its_name_is_spelt(name: str, like: str) -> None:
    family = next(family for family in FAMILIES if family.name == like)
    assert guess(name, None, FAMILIES).context == family.context
    assert guess(name, 5e9, FAMILIES).quality == quality_of(5e9 * family.strength)


def test_a_coder_is_better_at_code_than_at_the_rest_and_a_reasoner_at_reasoning() -> None:
    coder = guess("codellama:13b", None, FAMILIES)
    assert coder.quality_by_task[TaskKind.CODE_GENERATION] > coder.quality
    reasoner = guess("deepseek-r1:8b", None, FAMILIES)
    assert reasoner.quality_by_task[TaskKind.REASONING_TASKS] > reasoner.quality


def test_what_the_server_says_of_the_size_goes_before_the_name() -> None:
    assert guess("llama3.2:3b", 8e9, FAMILIES) == guess("llama3.2", 8e9, FAMILIES)


def test_a_name_without_family_or_size_is_put_in_the_middle() -> None:
    assert guess("my-own-finetune", None, FAMILIES).quality == MIDDLING
    assert guess("my-own-finetune:8b", None, FAMILIES).quality == quality_of(8e9)
