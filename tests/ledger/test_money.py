"""Money reads as people write it, and loses nothing on the way."""

from decimal import Decimal

import pytest

from ledger import dollars, micro_dollars
from vocabulary import Money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (400, "$0.0004"),
        (1_500_000, "$1.50"),
        (-200_000, "-$0.20"),
        (1_234_567_891_234, "$1,234,567.891234"),
    ],
)
def test_an_amount_is_written_exactly_with_at_least_its_cents(amount: int, text: str) -> None:
    assert dollars(Money(amount)) == text


@pytest.mark.parametrize(
    ("usd", "amount"),
    [(0.1, 100_000), (10, 10_000_000), (0.075, 75_000), (Decimal("0.000001"), 1), (0, 0)],
)
def test_what_a_person_writes_in_dollars_becomes_whole_micro_dollars(
    usd: float | Decimal, amount: int
) -> None:
    assert micro_dollars(usd) == amount
