"""Which requests cost money at a cloud, as the books have it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger import Entry, Outcome, SqliteLedger
from ledger.reviews import paid
from storage import Database
from storage.migrations import HOME
from vocabulary import Money, TaskKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENTRY = Entry(
    id="0",
    request_id="one",
    number=1,
    at=NOON,
    caller="homeward ask",
    task=TaskKind.SIMPLE_COMPLETION,
    strategy="hybrid",
    profile="balanced",
    provider="anthropic",
    local=False,
    model_asked="haiku",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "home.db", HOME)) as database:
        yield database


def book(database: Database, entry: Entry, cost: int, *, ok: bool = True) -> None:
    outcome = Outcome(result="ok" if ok else "error", model_served="", cost=Money(cost))
    SqliteLedger(database).note(entry, outcome)


def test_only_what_cost_money_at_a_cloud_in_the_period_is_found(database: Database) -> None:
    for number, (changes, cost) in enumerate(
        [
            ({"request_id": "dear"}, 9),
            ({"request_id": "dearer"}, 90),
            ({"request_id": "free"}, 0),
            ({"request_id": "electricity", "local": True}, 5),
            ({"request_id": "old", "at": NOON - timedelta(days=7, seconds=1)}, 9),
            ({"request_id": "just in it", "at": NOON - timedelta(days=7)}, 1),
        ]
    ):
        book(database, replace(ENTRY, id=str(number), **changes), cost)  # type: ignore[arg-type]
    found = paid(database, NOON - timedelta(days=7))
    assert [(each.request_id, each.cost) for each in found] == [
        ("dearer", 90),
        ("dear", 9),
        ("just in it", 1),
    ]


def test_a_request_comes_with_all_its_attempts_in_their_order(database: Database) -> None:
    at_home = replace(ENTRY, id="a", provider="ollama", local=True, model_asked="small")
    away = replace(ENTRY, id="b", number=2, fallback_from="ollama/small", escalated=True)
    book(database, away, 7)
    book(database, at_home, 0)
    [found] = paid(database, NOON)
    assert [line.model for line in found.lines] == ["ollama/small", "anthropic/haiku"]
    assert [line.answered for line in found.lines] == [True, True]
    assert (found.dearest.escalated, found.dearest.fallback_from) == (True, "ollama/small")
    assert (found.at, found.caller, found.cost) == (NOON, "homeward ask", 7)
