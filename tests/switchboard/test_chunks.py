"""A long text in parts that fit a model: in order, nothing lost, split where it has seams."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.chunks import chunks, pieces


def words(text: str) -> int:
    """A word is a token, and so is every four characters of a long one."""
    return sum(-(-len(word) // 4) for word in text.split())


COUNTS = {"characters": len, "words": words, "bytes": lambda text: len(text.encode()) // 3 + 1}
TEXTS = st.lists(
    st.sampled_from(["# Title\n", "word ", "two words. ", "\n\n", "\n", "x" * 60, "。", "é", "…) "])
    | st.text(max_size=8),
    max_size=60,
).map("".join)


@given(text=TEXTS, tokens=st.integers(4, 60), counted=st.sampled_from(sorted(COUNTS)))
def test_every_part_fits_and_together_they_are_the_text(
    text: str, tokens: int, counted: str
) -> None:
    count = COUNTS[counted]
    parts = pieces(text, tokens=tokens, count=count)
    assert "".join(parts) == text
    assert all(count(part) <= tokens for part in parts)


@given(text=TEXTS, tokens=st.integers(16, 80), counted=st.sampled_from(sorted(COUNTS)))
def test_with_overlap_every_part_fits_and_ends_as_the_piece_does(
    text: str, tokens: int, counted: str
) -> None:
    count = COUNTS[counted]
    whole = chunks(text, tokens=tokens, count=count)
    plain = pieces(text, tokens=tokens - tokens // 16, count=count)
    assert all(count(part) <= tokens for part in whole)
    assert len(whole) == len(plain)
    assert all(part.endswith(piece) for part, piece in zip(whole, plain, strict=True))


def test_a_short_text_is_one_part() -> None:
    assert chunks("Only this.", tokens=100, count=len) == ["Only this."]
    assert chunks("", tokens=100, count=len) == []


@pytest.mark.parametrize(
    ("text", "tokens", "parts"),
    [
        ("# A\none two\n# B\nthree\n", 12, ["# A\none two\n", "# B\nthree\n"]),
        ("one two\n\nthree four\n\n", 14, ["one two\n\n", "three four\n\n"]),
        ("one two\nthree four\n", 12, ["one two\n", "three four\n"]),
        ("One two. Three four.", 12, ["One two. ", "Three four."]),
        ("一二三。四五六。", 5, ["一二三。", "四五六。"]),
        ("one two three", 8, ["one two ", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
    ],
    ids=["headings", "paragraphs", "lines", "sentences", "full stops", "words", "nothing"],
)
def test_it_is_split_at_the_best_seam(text: str, tokens: int, parts: list[str]) -> None:
    assert pieces(text, tokens=tokens, count=len) == parts


def test_a_section_does_not_begin_at_the_end_of_a_part() -> None:
    text = "# A\n" + "a " * 30 + "\n# B\nb b b\n# C\n" + "c " * 40
    assert [part[:3] for part in pieces(text, tokens=100, count=len)] == ["# A", "# B"]


def test_a_part_begins_with_the_end_of_the_one_before() -> None:
    text = " ".join(f"w{number}" for number in range(500))
    parts = chunks(text, tokens=400, count=len)
    seen = [re.findall(r"w\d+", part) for part in parts]
    for before, after in pairwise(seen):
        repeated = before[before.index(after[0]) :]
        assert 1 <= len(repeated) <= 6
        assert after[: len(repeated)] == repeated


def test_a_limit_below_one_character_is_an_error() -> None:
    with pytest.raises(ValueError, match="one character"):
        chunks("é", tokens=1, count=lambda text: len(text.encode()))


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a b " * 50_000, "\n" * 200_000, ". " * 100_000, "!')" * 70_000]
)
def test_the_work_grows_with_the_text_and_no_faster(text: str) -> None:
    counted = 0

    def count(part: str) -> int:
        nonlocal counted
        counted += len(part)
        return len(part)

    pieces(text, tokens=1000, count=count)
    assert counted <= 12 * len(text)
