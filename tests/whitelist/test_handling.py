"""Rules for sensitive data: which of two is the stricter, tier by tier."""

import pytest

from whitelist import Handling


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Handling(), Handling(), Handling()),
        (Handling(b="redact"), Handling(b="ask"), Handling(b="ask")),
        (Handling(b="local"), Handling(b="redact"), Handling(b="local")),
        (Handling(c="send"), Handling(c="redact"), Handling(c="redact")),
        (Handling(a="local"), Handling(b="local"), Handling(a="local", b="local")),
    ],
)
def test_of_two_the_stricter_stands(one: Handling, other: Handling, both: Handling) -> None:
    assert one.stricter(other) == other.stricter(one) == both
