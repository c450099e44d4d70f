"""Outcomes in a fresh database, at noon on 2026-11-20."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from storage.migrations import HOME
from tests.routing.learning.worlds import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "home.db", HOME)
    yield database
    database.close()


@pytest.fixture
def outcomes(database: Database) -> SqliteOutcomes:
    return SqliteOutcomes(database, now=lambda: NOON)
