"""Text that arrives in pieces leaves as text that can be written."""

import pytest

from routing.mending import Mended


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["plain", " text"], ["plain", " text", ""]),
        (["lone \ud800", ""], ["lone ", "", "\ufffd"]),
        (["\ud83d", "\ude00!"], ["", "\U0001f600!", ""]),
        (["\ud83d\ude00"], ["\U0001f600", ""]),
        (["\ud83d", "", "\ude00"], ["", "", "\U0001f600", ""]),
        (["\ud83d", "x"], ["", "\ufffdx", ""]),
        (["\ude00x"], ["\ufffdx", ""]),
        (["\ud83d", "\ud83d", "\ude00"], ["", "\ufffd", "\U0001f600", ""]),
        (["\ud83d"], ["", "\ufffd"]),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(pieces: list[str], shown: list[str]) -> None:
    mended = Mended()

    assert [*map(mended.feed, pieces), mended.rest()] == shown
    "".join(shown).encode()
