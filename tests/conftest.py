"""What every test shares."""

import pytest

from tests.homes import encoder_folder, full_home, home, local_home
from tests.wire.fixtures import faulty, http, ollama_server, tiny_model, tiny_server

__all__ = [
    "anyio_backend",
    "encoder_folder",
    "faulty",
    "full_home",
    "home",
    "http",
    "local_home",
    "ollama_server",
    "tiny_model",
    "tiny_server",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
