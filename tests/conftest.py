"""What every test shares."""

import pytest

from tests.wire.fixtures import faulty, http, ollama_server, tiny_model, tiny_server

__all__ = ["anyio_backend", "faulty", "http", "ollama_server", "tiny_model", "tiny_server"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
