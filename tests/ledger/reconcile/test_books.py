"""What is read from the books: calls that were sent to that provider, by UTC day."""

from datetime import UTC, date, datetime, timedelta

from ledger import SqliteLedger
from ledger.budgets import Budget
from ledger.reconcile import Figures, Sums
from ledger.reconcile.sqlite import begun, booked
from storage import Database
from tests.ledger.lines import NOON, entry, outcome
from vocabulary import Money, Usage

DAY = date(2026, 11, 20)
SERVED = "claude-haiku-5-5-20261001"
ONE = Figures(requests=1, input=100, output=50, cost=Money(400))


def test_calls_are_added_up_by_utc_day_and_model(ledger: SqliteLedger, database: Database) -> None:
    # 23:30 in UTC is half past midnight of the next day in Berlin, where these books are kept.
    for hour, minute in ((0, 0), (12, 0), (23, 29)):
        ledger.note(entry(at=datetime(2026, 11, 20, hour, minute, tzinfo=UTC)), outcome())
    ledger.note(entry(at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC)), outcome())
    ledger.note(entry(at=datetime(2026, 11, 21, 0, 0, tzinfo=UTC)), outcome())
    found = booked(database, "anthropic", DAY, DAY)
    assert {(each.day, each.served, each.asked) for each in found} == {
        (DAY, SERVED, "claude-haiku-5-5")
    }
    total = sum((each.sums for each in found), Sums())
    assert total == Sums(
        figures=Figures(requests=4, input=400, output=200, cost=Money(1600)), late=ONE
    )
    assert begun(database, "anthropic") == DAY


def test_what_never_went_to_the_provider_is_left_out(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.note(entry(), outcome(cached="exact", cost=0))
    ledger.note(entry(local=True), outcome(cost=0))
    ledger.note(entry(provider="openai"), outcome())
    ledger.reserve(entry(), Budget())
    assert booked(database, "anthropic", DAY, DAY) == []


def test_a_call_that_was_never_answered_is_no_request(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.note(entry(), outcome(result="timeout", usage=Usage(), cost=0))
    [only] = booked(database, "anthropic", DAY, DAY)
    assert only.sums == Sums()


def test_lost_and_broken_calls_are_told_apart(database: Database) -> None:
    ledger = SqliteLedger(database, zone=UTC, now=lambda: NOON, gone=lambda _: True)
    ledger.reserve(entry(worst_case=Money(9000)), Budget())
    assert ledger.recover() == 1
    ledger.note(entry(), outcome(result="cancelled", cost=Money(300)))
    total = sum((each.sums for each in booked(database, "anthropic", DAY, DAY)), Sums())
    assert (total.lost, total.lost_cost, total.broke, total.broke_cost) == (1, 9000, 1, 300)
    assert total.figures.cost == 9300
    assert total.figures.requests == 1


def test_fresh_books_hold_nothing(database: Database) -> None:
    assert booked(database, "anthropic", DAY - timedelta(400), DAY) == []
    assert begun(database, "anthropic") is None
