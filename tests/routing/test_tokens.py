"""The token estimate holds for the world's scripts, and for texts of any size."""

import argparse
import tomllib
from pathlib import Path
from typing import Any, SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.tokens import WHOLE_UP_TO, estimate_tokens

PYTHON = Path(argparse.__file__).read_text(encoding="utf-8")
MEASURED = tomllib.loads(Path(__file__).with_name("article_1.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", MEASURED.values(), ids=MEASURED)
def test_an_estimate_is_never_far_below_a_real_tokenizer_nor_wildly_above(
    row: dict[str, Any],
) -> None:
    assert 0.85 * row["tokens"] <= estimate_tokens(row["text"]) <= 1.75 * row["tokens"]


@pytest.mark.parametrize(
    ("text", "chars_per_token"),
    [
        pytest.param(MEASURED["chinese"]["text"], (0.8, 1.1), id="chinese-0.9"),
        pytest.param(MEASURED["russian"]["text"], (2.2, 2.7), id="russian-2.4"),
        pytest.param(PYTHON, (3.8, 5.0), id="python-4.1-to-5.0"),
    ],
)
def test_characters_per_token_are_near_what_cl100k_was_measured_at(
    text: str, chars_per_token: tuple[float, float]
) -> None:
    least, most = chars_per_token
    assert least <= len(text) / estimate_tokens(text) <= most


def test_chinese_is_not_counted_as_a_quarter_of_its_characters() -> None:
    assert estimate_tokens("你" * 100) >= 100


def test_no_text_is_no_tokens_and_any_text_at_least_one() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens(" ") == 1
    assert estimate_tokens("\ud800") == 1


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_never_fewer_tokens(text: str, more: str) -> None:
    assert estimate_tokens(text + more) >= estimate_tokens(text)


def test_a_sampled_text_is_judged_as_the_same_text_in_pieces_would_be() -> None:
    paragraph = "The quick brown fox. 快速的棕色狐狸。 12345\n"
    count = 4 * WHOLE_UP_TO // len(paragraph)
    whole = estimate_tokens(paragraph) * count
    assert estimate_tokens(paragraph * count) == pytest.approx(whole, rel=0.03)


def test_ten_megabytes_cost_no_more_to_judge_than_the_samples_of_them() -> None:
    class Counted(str):
        read = 0

        def __getitem__(self, key: SupportsIndex | slice) -> str:
            piece = super().__getitem__(key)
            Counted.read += len(piece)
            return piece

    estimate_tokens(Counted("x" * 10_000_000))
    assert 0 < Counted.read <= WHOLE_UP_TO
