"""Sums in a text: which come out, which do not, and which are not judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.checks.arithmetic import Sums, asked_for, sums, value

RIGHT = [
    "12 + 30 = 42",
    "So (20 + 5 = 25) coins.",
    "$<<9*2=18>>18",
    "1000/3 = 333.33",
    "7 / 2 = 3.5",
    "7 / 2 = 4",
    "She takes on 51.2 \\* 2 / 10 = 10.24 liters.",
    "60% of 40 = 24",
    "8 x $5 x 60% = $24",
    "200 × 150 = $30,000.",
    "5 apples + 3 pears = 8 fruits",
    "x = 5 + 3 = 8",
    "20 minus 5 = 15",
    "5 - 8 = -3",
]
WRONG = [
    "12 + 30 = 150.",
    "17*(1/4)=68",
    "5 apples + 3 pears = 9 fruits",
    "2 * 27 - 5 = 52, as he says",
    "100 / 3 = 33.9",
]
NOT_JUDGED = [
    "4 hours * 5 miles = 20 miles",
    "3 feet + 4 inches = 40 inches",
    "2 dozen + 3 = 27",
    "y = x - 3 + 4 = 5",
    "if a == 2 + 3 = 4",
    "10:30 - 1 = 9",
    "2^3 + 1 = 9",
    "6s + 9 = 3s + 27",
    "90 / 450 = 0.2 * 100",
    "25 / 200 = 12.5%",
    "120 * 7 / (7 + 13) = <<120*7/(7+1",
    "1 / 0 = 5",
    "a = 5, b = 6",
    "```\n2 + 2 = 5\n```",
    "x <= 3 + 4 >= 2",
    "x3 + 4 = 9",
    "to3 + 4 = 9",
    "3 + 4 =seven",
    "No sum at all",
]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(RIGHT, Sums(right=1)), (WRONG, Sums(wrong=1)), (NOT_JUDGED, Sums())],
    ids=["right", "wrong", "not judged"],
)
def test_sums_are_judged_where_they_can_be_read(texts: list[str], expected: Sums) -> None:
    assert {text: sums(text) for text in texts} == dict.fromkeys(texts, expected)


def test_each_step_of_a_chain_counts() -> None:
    assert sums("8 + 6 + (5 * 5) = 8 + 6 + 25 = 39") == Sums(right=2)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("What is 12 + 30?", 42),
        ("what's 7 times 8", 56),
        ("56 divided by 7", 8),
        ("Calculate 12*(3+4).", 84),
        ("3 - 10 = ?", -7),
        ("What is 5?", None),
        ("What is 5 / 0?", None),
        ("2020-11-21", None),
        ("555-1234", None),
        ("What is 9-4?", 5),
        ("What is 1" + " + 1" * 100, None),
        ("What is 3 + 4 in binary?", None),
        ("(1 + 2", None),
    ],
)
def test_a_request_that_is_a_sum_has_a_value(asked: str, expected: float | None) -> None:
    assert asked_for(asked) == expected


@given(st.lists(st.sampled_from([*"0123456789.+-*/() ", "12"]), max_size=30).map("".join))
def test_a_value_is_what_python_makes_of_it(expression: str) -> None:
    found = value(expression)
    if found is not None and "**" not in expression and "//" not in expression:
        plain = expression.replace("--", "- -")
        names = {"__builtins__": {}}
        try:
            expected = eval(plain.strip(), names)  # noqa: S307  # digits and signs only
        except SyntaxError:
            return  # 007 is a number to people
        assert found == pytest.approx(expected)
