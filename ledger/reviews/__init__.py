"""Which requests cost money at a cloud, attempt by attempt."""

from ledger.reviews.sqlite import paid
from ledger.reviews.values import Line, Paid

__all__ = ["Line", "Paid", "paid"]
