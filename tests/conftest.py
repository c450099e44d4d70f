"""What every test shares."""

import gc
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cache import load
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


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Run in the background of a shell, whatever the tests start would be deaf to interrupts too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Thousands of tests live to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def encoder_loaded_once(encoder_folder: Path) -> Iterator[None]:
    """The encoder that the homes share is loaded by the first; it keeps nothing between texts."""
    shared = cache(load)

    def once(name: str, *, folder: Path) -> object:
        ours = folder.resolve() == encoder_folder
        return shared(name, folder=encoder_folder) if ours else load(name, folder=folder)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mcp_server.remembering.load", once)
        yield
