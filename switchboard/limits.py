"""What a person is told when spending passes a mark of their budget."""

from dataclasses import replace

from ledger import Budget, Left, dollars, notices
from vocabulary import Money


def passed_marks(after: Left, cost: Money, budget: Budget) -> tuple[str, ...]:
    """Sentences for the marks (50, 80, 100 %) that a call of this cost has passed."""
    before = replace(after, day=_plus(after.day, cost), month=_plus(after.month, cost))
    left = {"day": after.day, "month": after.month}
    return tuple(
        f"{notice.percent} % of the {'daily' if notice.period == 'day' else 'monthly'} budget is "
        f"used; {dollars(left[notice.period] or Money(0))} is left."
        for notice in notices(before, after, budget)
    )


def _plus(left: Money | None, cost: Money) -> Money | None:
    return None if left is None else Money(left + cost)
