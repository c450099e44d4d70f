"""Reports of costs, as the ledger would give them, and the books of a home."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ledger import Left, Report, SqliteLedger
from ledger.reports import Group
from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from vocabulary import Money

RENEWS = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = ("anthropic/claude-haiku-5-5-20261001", "openrouter/deepseek/deepseek-v4.1", "ollama/gemma")


def group(name: str, spent: int = 0, **given: Any) -> Group:
    filled: dict[str, Any] = {
        "attempts": 12,
        "requests": 12,
        "answered": 12,
        "hits": 0,
        "local": 0,
        "spent": Money(spent),
        "baseline": Money(5_000_000),
        "unconfirmed": Money(0),
        "tokens_in": 1_234_567,
        "tokens_out": 89_012,
    }
    return Group(name=name, **filled | given)


def report(*rows: Group, **given: Any) -> Report:
    filled: dict[str, Any] = {
        "period": "7d",
        "by": "model",
        "first": date(2026, 11, 1),
        "last": date(2026, 11, 7),
        "attempts": 36,
        "requests": 36,
        "answered": 36,
        "spent": Money(sum(row.spent for row in rows)),
        "baseline": Money(sum(row.baseline for row in rows)),
        "saved": Money(sum(row.saved for row in rows)),
        "unconfirmed": Money(0),
        "tokens_in": sum(row.tokens_in for row in rows),
        "tokens_out": sum(row.tokens_out for row in rows),
        "hit_rate": 0.25,
        "local_share": 0.5,
        "ms_p50": 900,
        "ms_mean": 1000,
        "left": Left(day=None, month=Money(48_070_000), day_renews=RENEWS, month_renews=RENEWS),
        "rows": rows,
    }
    return Report(**filled | given)


@pytest.fixture
def books(home: Home) -> Iterator[SqliteLedger]:
    """The books of a home; nothing is in them yet."""
    database = Database(home.places.home_database, HOME)
    yield SqliteLedger(database, zone=UTC)
    database.close()


NOW = datetime.now(UTC).replace(hour=12, minute=0)
