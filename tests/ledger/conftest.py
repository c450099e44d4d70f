"""Books in a fresh database, at noon on 2026-11-20 in Berlin's time zone."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledger import SqliteLedger
from storage import Database
from storage.migrations import HOME
from tests.ledger.lines import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "home.db", HOME)
    yield database
    database.close()


@pytest.fixture
def ledger(database: Database) -> SqliteLedger:
    return SqliteLedger(database, zone=ZoneInfo("Europe/Berlin"), now=lambda: NOON)
