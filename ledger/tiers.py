"""How dear a model is, in five steps: what budgets and the steps down from them speak of."""

from typing import Literal

from vocabulary import Money, Usage

Tier = Literal["local", "free", "small", "medium", "large"]

NOMINAL = Usage(input_tokens=1000, output_tokens=1000)
"""A call by which models are compared, whatever is asked of them."""

SMALL_UP_TO, MEDIUM_UP_TO = Money(2_000), Money(20_000)
"""Micro-dollars of a nominal call. At the prices of November 2026 small are the cheapest of each
vendor (0.06 to 0.15 cents), medium the middle of their lists (0.2 to 1.4), large the rest.
"""


def tier_of(nominal: Money, *, local: bool) -> Tier:
    """The tier of a model whose nominal call costs so much."""
    if local:
        return "local"
    if nominal <= 0:
        return "free"
    if nominal < SMALL_UP_TO:
        return "small"
    return "medium" if nominal < MEDIUM_UP_TO else "large"
