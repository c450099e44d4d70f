"""What a person is told when spending passes a mark of their budget, in the answer and the log."""

import logging
from collections.abc import Iterable

from ledger import Notice, dollars

BUDGET_LOG = "homeward.budget"
log = logging.getLogger(BUDGET_LOG)


def told(passed: Iterable[Notice]) -> tuple[str, ...]:
    """Sentences for the marks (50, 80, 100 %) that a call has passed; they are logged as well."""
    sentences = tuple(_in_words(notice) for notice in passed)
    for sentence in sentences:
        log.warning("%s", sentence)
    return sentences


def _in_words(notice: Notice) -> str:
    which = "daily" if notice.period == "day" else "monthly"
    limit = notice.limit
    what = f"{which} budget" if limit is None else f"{which} limit of {limit.scope} {limit.name}"
    return f"{notice.percent} % of the {what} is used; {dollars(notice.left)} is left."
