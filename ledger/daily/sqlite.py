"""Reads the slices of days from the totals."""

from datetime import date

from ledger.daily.values import Dimension, Slice
from storage import Database
from vocabulary import Money

_SLICES = """
    select day, name, spent, baseline from totals
    where by = ?1 and day between ?2 and ?3 and attempts > 0 order by day, name
"""


def slices(
    database: Database, days: tuple[date, date] | None, dimension: Dimension
) -> tuple[Slice, ...]:
    """The slices of a period, None for all there is, by day and name."""
    first, last = days or (date.min, date.max)
    rows = database.rows(_SLICES, (dimension, first.isoformat(), last.isoformat()))
    return tuple(
        Slice(day=date.fromisoformat(day), name=name, spent=Money(spent), baseline=Money(baseline))
        for day, name, spent, baseline in rows
    )
