"""A home whose only model server takes batches."""

from collections.abc import Iterator

import pytest

from tests.homes import Home
from tests.wire.batches import BatchServer

TASKS = "reasoning_tasks = true\nsimple_completion = true\n"


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as server:
        yield server


@pytest.fixture
def cloud(home: Home, server: BatchServer) -> Home:
    """A home whose only model server takes batches, and is allowed."""
    home.anthropic(server.address, "a-key-for-tests")
    home.allow(server.address.removeprefix("http://"), tasks=TASKS)
    return home
