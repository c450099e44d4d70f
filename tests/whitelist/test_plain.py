"""Text that a model wrote is harmless in a terminal."""

import pytest

from whitelist.plain import one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("needed for docs", "needed for docs"),
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07rest", "rest"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("back\x08\x08space and bell\x07", "backspace and bell"),
        ("right\u202eleft", "rightleft"),
        ("zero\u200bwidth", "zerowidth"),
        ("\x1b", ""),
        ("naïve 日本語", "naïve 日本語"),
    ],
)
def test_only_visible_characters_on_one_line_remain(text: str, line: str) -> None:
    assert one_line(text, limit=80) == line


def test_what_is_too_long_is_cut_visibly() -> None:
    assert one_line("a" * 100, limit=10) == "a" * 9 + "…"


def test_a_megabyte_of_escapes_is_not_kept() -> None:
    assert len(one_line("\x1b[31m" * 200_000 + "x", limit=50)) <= 50
