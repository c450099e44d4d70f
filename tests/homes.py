"""A person's folders and servers, for tests that go through the whole path."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cache import prepare
from mcp_server.places import Places
from mcp_server.wiring import App, build
from tests.wire.ollama import Ollama
from tests.wire.servers import Served

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there

HARD = (
    "Prove step by step that there are infinitely many primes, compare three proofs in depth, "
    "evaluate their assumptions, and analyse how each generalises to arithmetic progressions."
)
EASY = "What is the capital of France?"


@dataclass
class Home:
    """Folders of one person, and the environment a host would start Homeward with."""

    places: Places
    environ: dict[str, str] = field(default_factory=dict)

    def settings(self, text: str) -> None:
        """Write homeward.toml; the audit key lies in a file, for the tests have no keyring."""
        if "[privacy]" not in text:
            text = f'{text}\n[privacy]\naudit_key = "file"\n'
        self.places.settings.write_text(text, encoding="utf-8")

    def allow(self, *hosts: str, tasks: str = "") -> None:
        """Write whitelist.toml: these clouds, and `kind = true` lines for tasks."""
        names = ", ".join(f'"{host}"' for host in hosts)
        text = f"cloud_apis = [{names}]\n[allowed_for_cloud]\n{tasks}\n"
        self.places.whitelist.touch(mode=0o600)
        self.places.whitelist.write_text(text, encoding="utf-8")

    def ollama(self, server: Ollama) -> None:
        self.environ["OLLAMA_HOST"] = server.address

    def anthropic(self, address: str, key: str) -> None:
        self.environ |= {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": key}

    def openai(self, address: str, key: str = "a-key-for-tests") -> None:
        self.environ |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": key}

    def for_process(self) -> dict[str, str]:
        """The environment of a real process in this home."""
        named = {
            "HOMEWARD_CONFIG_DIR": str(self.places.config),
            "HOMEWARD_DATA_DIR": str(self.places.data),
            "HOMEWARD_CACHE_DIR": str(self.places.cache),
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | named | self.environ

    @asynccontextmanager
    async def app(self) -> AsyncIterator[App]:
        """The wired application; its encoder is loaded."""
        app = build(self.places, environ=self.environ)
        try:
            assert app.encoder.wait(60) is not None
            yield app
        finally:
            await app.aclose()


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder, made once for all tests."""
    folder = tmp_path_factory.mktemp("models")
    prepare(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, encoder_folder: Path) -> Home:
    """A home without any model server; nothing is allowed to leave."""
    config, data, cache = (tmp_path / name for name in ("config", "data", "cache"))
    for folder in (config, data, cache):
        folder.mkdir(mode=0o700)
    (cache / "models").symlink_to(encoder_folder)
    made = Home(
        places=Places(config=config, data=data, cache=cache, models=cache / "models"),
        environ={"OLLAMA_HOST": NOBODY},
    )
    made.settings("")
    return made


@pytest.fixture
def local_home(home: Home, ollama_server: Ollama) -> Home:
    """A home where an Ollama runs."""
    home.ollama(ollama_server)
    return home


@pytest.fixture
def full_home(local_home: Home, tiny_server: Served) -> Home:
    """A home with an Ollama, and a cloud (a real server in Anthropic's shape) that is allowed."""
    local_home.anthropic(tiny_server.root, tiny_server.key)
    local_home.allow(tiny_server.root.removeprefix("http://"))
    return local_home
