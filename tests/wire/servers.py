"""Real llama.cpp servers for tests, running the tiny model."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.providers.llamacpp import EmbeddedServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server. `address` ends in `/v1` (OpenAI's way), `root` does not (Anthropic's)."""

    address: str
    key: str
    model: str

    @property
    def root(self) -> str:
        return self.address.removesuffix("/v1")

    def get(self, path: str) -> Any:
        """The JSON under a path of `root`, such as `/slots`."""
        request = urllib.request.Request(  # noqa: S310  # loopback
            self.root + path, headers={"authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # loopback
            return json.load(answer)


@contextmanager
def serving(model: Path, *, alias: str = "tiny", parallel: int = 2) -> Iterator[Served]:
    """A server for `model` that ends with the block."""
    server = EmbeddedServer(model, alias=alias, context=8192, parallel=parallel, threads=1)
    try:
        yield Served(address=server.address, key=server.key, model=alias)
    finally:
        server.close()
