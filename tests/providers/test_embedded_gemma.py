"""The embedded Gemma as a provider: listed without being started, started when it is wanted."""

from pathlib import Path

import httpx2
import pytest

from mcp_server.places import places
from routing.providers.embedded import EmbeddedGemma
from vocabulary import Message, Prompt

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_it_is_listed_without_being_started(tmp_path: Path, http: httpx2.AsyncClient) -> None:
    admitted: list[str] = []
    gemma = EmbeddedGemma(tmp_path / "nothing-here-yet", http, admit=admitted.append)
    [offer] = await gemma.models()
    assert offer.local
    assert await gemma.loaded() == frozenset()
    assert admitted == []
    assert not list(tmp_path.iterdir())
    await gemma.aclose()


async def test_it_is_started_once_and_knows_a_short_fact(
    http: httpx2.AsyncClient,
) -> None:
    admitted: list[str] = []
    gemma = EmbeddedGemma(places().models, http, admit=admitted.append)
    asked = Prompt(messages=(Message(role="user", text="Who wrote Hamlet?"),), max_tokens=20)
    try:
        await gemma.warm("gemma-3-270m")
        assert await gemma.loaded() == {"gemma-3-270m"}
        text = "".join([chunk.text async for chunk in gemma.stream(asked, model="gemma-3-270m")])
    finally:
        await gemma.aclose()
    assert "Shakespeare" in text
    assert len(admitted) == 1
    assert admitted[0].startswith("http://127.0.0.1:")
