"""Slices of days are the same sums as a report's groups."""

from datetime import date, timedelta

import pytest

from ledger import Budget, SqliteLedger
from ledger.daily import Dimension
from ledger.daily.sqlite import slices
from storage import Database
from tests.ledger.lines import NOON, entry, outcome
from vocabulary import Money

DAYS = (date(2026, 11, 19), date(2026, 11, 20))


@pytest.mark.parametrize("dimension", ["model", "source", "task"])
def test_slices_add_up_to_the_groups_of_a_report(
    ledger: SqliteLedger, database: Database, dimension: Dimension
) -> None:
    for number in range(12):
        asked = {"local": number % 3 == 0, "at": NOON - timedelta(days=number % 2)}
        ledger.note(entry(**asked), outcome(cost=Money(0 if asked["local"] else 100 * number)))
    found = slices(database, None, dimension)
    assert [each.day for each in found] == sorted(each.day for each in found)
    for group in ledger.report("7d", dimension, Budget()).rows:
        own = [each for each in found if each.name == group.name]
        assert sum(each.spent for each in own) == group.spent
        assert sum(each.baseline for each in own) == group.baseline


def test_only_the_days_asked_for_are_read(ledger: SqliteLedger, database: Database) -> None:
    for days in (0, 1, 2):
        ledger.note(entry(at=NOON - timedelta(days=days)), outcome())
    assert {each.day for each in slices(database, DAYS, "source")} == set(DAYS)


def test_fresh_books_have_no_slice(database: Database) -> None:
    assert slices(database, None, "model") == ()
