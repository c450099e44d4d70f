"""Fixtures for the wire: real model servers, a thin Ollama, and one with every fault.

`tests/conftest.py` imports them, so that every test can ask for them by name.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.wire import tiny
from tests.wire.faulty import Faulty
from tests.wire.ollama import Ollama
from tests.wire.servers import Served, serving


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny deterministic model (tests/wire/tiny.py), written once."""
    return tiny.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="session")
def tiny_server(tiny_model: Path) -> Iterator[Served]:
    """A real llama.cpp server that runs the tiny model, with an API key."""
    with serving(tiny_model) as served:
        yield served


@pytest.fixture
def ollama_server(tiny_server: Served) -> Iterator[Ollama]:
    """Ollama's API in front of the tiny server."""
    with Ollama(tiny_server) as server:
        yield server


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    """A server whose path says what is wrong with it."""
    with Faulty() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """One shared HTTP client, as the wiring would make it."""
    async with httpx2.AsyncClient(verify=False, trust_env=False) as client:  # loopback
        yield client
