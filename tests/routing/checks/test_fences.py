"""Fenced code: what is code, what is prose, and what was never closed."""

import pytest

from routing.checks.fences import Fenced, fenced


@pytest.mark.parametrize(
    ("text", "prose", "blocks", "unclosed"),
    [
        ("No code.", "No code.", (), False),
        ("a\n```py\nx = 1\n```\nb", "a\nb", (("py", "x = 1\n"),), False),
        ("~~~JSON\n{}\n~~~", "", (("json", "{}\n"),), False),
        ("````md\n```\nx\n```\n````", "", (("md", "```\nx\n```\n"),), False),
        ("```\na\n```\n```c\nb\n```", "", (("", "a\n"), ("c", "b\n")), False),
        ("a\n  ```py\n  x\n  ```", "a\n", (("py", "  x\n"),), False),
        ("a\n```py\nx", "a\n", (), True),
        ("```\n~~~\n```", "", (("", "~~~\n"),), False),
        ("```\n```py\n```", "", (("", "```py\n"),), False),
        ("Use `x` and ``y``.", "Use `x` and ``y``.", (), False),
    ],
)
def test_a_text_is_taken_apart(
    text: str, prose: str, blocks: tuple[tuple[str, str], ...], unclosed: bool
) -> None:
    assert fenced(text) == Fenced(prose=prose, blocks=blocks, open=unclosed)
