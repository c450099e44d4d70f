"""Thinking is left out, wherever the pieces of an answer are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.providers.thinking import Unthink

ANSWERS = [
    ("Paris.", "Paris."),
    ("<think>France, so</think>\n\nParis.", "Paris."),
    ("\n<think>hm</think>Paris.", "Paris."),
    ("<think></think>", ""),
    ("<think>never ends", ""),
    ("<thin", "<thin"),
    ("<thinking>kept</thinking>", "<thinking>kept</thinking>"),
    ("Write <think>this</think>.", "Write <think>this</think>."),
    ("<think>a</think>b<think>c</think>d", "b<think>c</think>d"),
    ("  indented", "  indented"),
    ("", ""),
]


@pytest.mark.parametrize(("whole", "answer"), ANSWERS)
@given(cuts=st.lists(st.integers(0, 40), max_size=6))
def test_only_the_answer_is_left_however_it_is_cut(
    whole: str, answer: str, cuts: list[int]
) -> None:
    unthink, bounds = Unthink(), [0, *sorted(cuts), len(whole)]

    pieces = [
        unthink.feed(whole[a:b]) for a, b in zip(bounds, [*bounds[1:], len(whole)], strict=True)
    ]

    assert "".join(pieces) + unthink.rest() == answer
