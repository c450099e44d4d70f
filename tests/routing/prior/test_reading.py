"""Words, features and answers as numbers."""

import numpy as np
import pytest

from routing.prior.answers import NAMES, answer_features
from routing.prior.features import features, names, seen, signs
from routing.prior.words import MOST, Words, plain, tokens

PIECES = ["the", "sail", "boat", "##boat", "##s", "1", "##9"]
TABLE = Words(PIECES, np.arange(len(PIECES) * 4, dtype=np.int8).reshape(-1, 4))


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("boat", ["boat"]),
        ("sailboat", ["sail", "##boat"]),
        ("sailboats", ["sail", "##boat", "##s"]),
        ("199", ["1", "##9", "##9"]),
        ("ship", []),
        ("sailing", []),
        ("", []),
    ],
)
def test_a_word_is_cut_into_the_longest_pieces_that_are_known(word: str, pieces: list[str]) -> None:
    assert [PIECES[number] for number in TABLE.numbers([word])] == pieces


def test_of_a_long_text_the_first_and_last_pieces_are_read() -> None:
    numbers = TABLE.numbers(["the"] * 1_000 + ["boat"] * 1_000)
    assert numbers == [0] * (MOST // 2) + [2] * (MOST // 2)


def test_a_vector_has_length_one_and_no_words_have_none() -> None:
    assert np.isclose(np.linalg.norm(TABLE.vector([1, 2])), 1)
    assert not TABLE.vector([]).any()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café №5!", ["cafe", "№", "5", "!"]),
        ("x2 = 3.5", ["x", "2", "=", "3", ".", "5"]),
        ("don't", ["don", "'", "t"]),
    ],
)
def test_a_text_is_cut_at_kinds_of_characters(text: str, found: list[str]) -> None:
    assert tokens(plain(text)) == found


def of(text: str) -> dict[str, float]:
    found = tokens(plain(text))
    return dict(zip(names(), features(text, seen(text), found, TABLE.numbers(found)), strict=True))


@pytest.mark.parametrize(
    ("feature", "less", "more"),
    [
        ("length", "How?", "How did the old mill by the river burn down?"),
        ("numbers", "3 and 3 and 3", "3 and 4 and 5"),
        ("notation", "x squared", "$x^2$"),
        ("drawing", "a line", "[asy] draw((0,0)--(1,1)); [/asy]"),
        ("code", "the value", "def f(x): return x == None"),
        ("items", "a, b and c", "1. a\n2. b\n3. c"),
        ("names", "the man met her", "the man met Anna and Bela"),
        ("blank", "the sea", "the ___ sea"),
        ("comma_list", "rope and hat", "rope, hat, dog, river"),
        ("foreign", "weather", "天气"),
        ("relation", "how tall", "how many more than twice as many"),
        ("condition", "write a line", "write exactly one line without commas"),
        ("proof", "tell me", "prove the theorem"),
    ],
)
def test_a_feature_rises_with_what_it_counts(feature: str, less: str, more: str) -> None:
    assert of(less)[feature] < of(more)[feature]


def test_a_drawing_in_code_does_not_make_a_text_longer() -> None:
    drawing = "[asy]" + "draw((0,0)--(1,1));" * 50 + "[/asy]"
    assert abs(of(f"Find x. {drawing}")["length"] - of("Find x. ")["length"]) < 0.01


def test_every_sign_is_a_plain_lower_case_word() -> None:
    words = [word for row in signs().values() for word in row["words"].split()]
    assert [word for word in words if tokens(plain(word)) != [word]] == []


SUM = "Ann has 12 apples and buys 30 more. How many has she?"


@pytest.mark.parametrize(
    ("name", "good", "poor"),
    [
        ("false_sums", "12 + 30 = 42 apples", "12 + 30 = 50 apples"),
        ("unused_numbers", "12 + 30 = 42", "12 + 12 = 24"),
        ("strange_numbers", "12 + 30 = 42", "12 + 30 = 42, so 977 apples"),
        ("fraction_at_end", "She has 42", "She has 42.5"),
        ("broken_off", "12 + 30 = 42", "12 + 30 ="),
        ("doubting", "She has 42.", "I am not sure, it is unclear."),
        ("rounded", "She has 42.", "She has approximately 42."),
        ("end_given", "So she has 42", "So she has 12"),
    ],
)
def test_what_is_poor_in_an_answer_is_seen(name: str, good: str, poor: str) -> None:
    at = NAMES.index(name)
    assert answer_features(SUM, good)[at] < answer_features(SUM, poor)[at]


@pytest.mark.parametrize("answer", ["", "=", "1e999", "9" * 500 + " = 3", "((((", "\x00", "١٢ = ٣"])
def test_any_answer_gives_numbers_within_bounds(answer: str) -> None:
    found = answer_features(SUM, answer)
    assert found.shape == (len(NAMES),)
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 1
