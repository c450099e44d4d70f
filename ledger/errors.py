"""How money can stop a call."""

from ledger.budgets import Left
from vocabulary import HomewardError, Money


class UnknownPrice(HomewardError):
    """Nobody has told us what this model costs; a price that is not known is never zero."""


class UnusablePrices(HomewardError):
    """A price table that was fetched cannot be had, read or kept; the installed one stands."""


class OverBudget(HomewardError):
    """The worst case of a call does not fit into the budget; nothing was sent.

    `worst_case` is what the call could have cost; `left` says what is left and when it renews.
    """

    def __init__(self, what: str, *, fix: str = "", worst_case: Money, left: Left) -> None:
        super().__init__(what, fix=fix)
        self.worst_case = worst_case
        self.left = left
