"""The figures of a period, and how they follow from its groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.budgets import Left
from ledger.days import month_of
from vocabulary import Money

Period = Literal["today", "7d", "month", "all"]

By = Literal["model", "day", "task", "source"]
"""`source` is where the answer came from: `cache`, `local` or `cloud`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one model, day, kind of task or source came to; every figure adds up over groups.

    `attempts` and `spent` count every attempt of the group. A request counts once, in the group
    of the attempt that answered it, or of its last one if none did, and on the day of that; so do
    `answered`, `hits` (answered from the cache), `local` (answered by a local model) and
    `baseline`, the cost of the same answers at the model the person would otherwise have used.
    `unconfirmed` is the part of `spent` that is a worst case, because the process died before the
    provider's count came. The tokens are those of every attempt.
    """

    name: str
    attempts: int
    requests: int
    answered: int
    hits: int
    local: int
    spent: Money
    baseline: Money
    unconfirmed: Money
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def saved(self) -> Money:
        """Baseline less what was spent; negative where trying cheaply first did not pay."""
        return Money(self.baseline - self.spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A period's figures; zeros where nothing happened.

    `first` and `last` are the days it covers in the person's zone, None where `all` covers them.
    `saved` is `baseline - spent`: everything that was spent, also on attempts that failed or were
    not good enough, set against each answered request's baseline once. `hit_rate` and
    `local_share` are shares of `requests` in [0, 1]. `ms_p50` and `ms_mean` are milliseconds that
    answered requests took, all their attempts together. `left` is as of now, whatever the period.
    """

    period: Period
    by: By
    first: date | None
    last: date | None
    attempts: int
    requests: int
    answered: int
    spent: Money
    baseline: Money
    saved: Money
    unconfirmed: Money
    tokens_in: int
    tokens_out: int
    hit_rate: float
    local_share: float
    ms_p50: int
    ms_mean: int
    left: Left
    rows: tuple[Group, ...]


def bounds(period: Period, today: date) -> tuple[date, date] | None:
    """The first and last day of a period that holds `today`; None for all there is.

    `7d` is today and the six days before it; `month` is the whole calendar month, as the budget
    counts it.
    """
    match period:
        case "today":
            return today, today
        case "7d":
            return today - timedelta(days=6), today
        case "month":
            return month_of(today)
        case "all":
            return None


def summed(
    period: Period,
    by: By,
    days: tuple[date, date] | None,
    rows: Sequence[Group],
    *,
    ms: tuple[int, int],
    left: Left,
) -> Report:
    """The report whose figures are the sums of its rows; `ms` are the median and the mean."""
    requests = sum(row.requests for row in rows)
    spent = sum(row.spent for row in rows)
    baseline = sum(row.baseline for row in rows)
    return Report(
        period=period,
        by=by,
        first=days[0] if days else None,
        last=days[1] if days else None,
        attempts=sum(row.attempts for row in rows),
        requests=requests,
        answered=sum(row.answered for row in rows),
        spent=Money(spent),
        baseline=Money(baseline),
        saved=Money(baseline - spent),
        unconfirmed=Money(sum(row.unconfirmed for row in rows)),
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        hit_rate=_share(sum(row.hits for row in rows), requests),
        local_share=_share(sum(row.local for row in rows), requests),
        ms_p50=ms[0],
        ms_mean=ms[1],
        left=left,
        rows=tuple(rows),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
