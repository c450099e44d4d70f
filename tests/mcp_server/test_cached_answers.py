"""What a host sees of answers from the cache, and whose answers it never sees."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client

from mcp_server.http import origin
from mcp_server.server import create
from tests.homes import EASY, Home
from tests.mcp_server.clients import facts, text
from tests.wire.scribe import Scribe

pytestmark = pytest.mark.anyio
ASK = {"prompt": EASY}
PAPER = "The rent is 900 EUR a month.\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "rent.txt").write_text(PAPER)
    return folder


@pytest.fixture
def model(home: Home, papers: Path) -> Iterator[Scribe]:
    """A model at home that counts its calls; one folder is open."""
    with Scribe(lambda _: ["Paris."]) as server:
        home.settings(f'[providers.llamacpp]\naddress = "{server.address}/v1"\n')
        home.allow()
        rules = home.places.whitelist.read_text()
        home.places.whitelist.write_text(f"folders = ['{papers}']\n{rules}")
        yield server


@asynccontextmanager
async def host(home: Home, door: str = "stdio") -> AsyncIterator[Client]:
    async with Client(create(home.places, origin=door)) as client:
        yield client


async def test_a_hit_says_how_it_was_found_and_how_old_it_is(home: Home, model: Scribe) -> None:
    async with host(home) as client:
        await client.call_tool("route_prompt", ASK)
        again = await client.call_tool("route_prompt", ASK)
        alike = await client.call_tool("route_prompt", {"prompt": f"please, {EASY.lower()}"})
    told = facts(again)
    assert (told["cached"], told["cost_usd"], told["answer"]) == ("exact", 0, "Paris.")
    assert 0 <= told["age_s"] < 60
    assert "this very question was answered " in told["why"]
    assert "exact cache hit, " in text(again)
    assert facts(alike)["cached"] == "semantic"
    assert "similarity" not in facts(alike)
    assert len(model.heard) == 1


async def test_a_fresh_answer_replaces_the_one_that_was_not_wanted(
    home: Home, model: Scribe
) -> None:
    answers = iter(("Lyon.", "Paris."))
    model.answering = lambda _: [next(answers)]
    async with host(home) as client:
        told = [
            facts(await client.call_tool("route_prompt", ASK | more))
            for more in ({}, {}, {"fresh": True}, {})
        ]
    assert [each["answer"] for each in told] == ["Lyon.", "Lyon.", "Paris.", "Paris."]
    assert [each["cached"] for each in told] == ["no", "exact", "no", "exact"]


DOORS = ("stdio", origin({}), origin({"HOMEWARD_TOKEN": "a"}), origin({"HOMEWARD_TOKEN": "b"}))


async def test_the_same_name_said_at_another_door_is_somebody_else(
    home: Home, model: Scribe
) -> None:
    for door in DOORS:
        async with host(home, door) as client:
            assert facts(await client.call_tool("route_prompt", ASK))["cached"] == "no"
            assert facts(await client.call_tool("route_prompt", ASK))["cached"] == "exact"
    assert len(model.heard) == len(set(DOORS)) == 4


def test_the_door_tells_nothing_of_the_token() -> None:
    assert "secret-of-mine" not in origin({"HOMEWARD_TOKEN": "secret-of-mine"})


async def test_a_document_is_worked_on_once_however_the_answer_is_handed_over(
    home: Home, model: Scribe, papers: Path
) -> None:
    asked = {"prompt": "What is the rent?", "files": [str(papers / "rent.txt")]}
    async with host(home) as client:
        first = facts(await client.call_tool("route_prompt", asked | {"deliver": "file"}))
        second = facts(await client.call_tool("route_prompt", asked))
        (papers / "rent.txt").write_text("The rent is 950 EUR a month.\n")
        changed = facts(await client.call_tool("route_prompt", asked))
    assert (first["cached"], first["answer"]) == ("no", "")
    assert Path(first["file"]).read_text() == "Paris."
    assert (second["cached"], second["answer"]) == ("exact", "Paris.")
    assert changed["cached"] == "no"
    assert len(model.heard) == 2


async def test_a_document_that_may_not_be_read_any_more_is_not_answered_from_the_cache(
    home: Home, model: Scribe, papers: Path
) -> None:
    asked = {"prompt": "What is the rent?", "files": [str(papers / "rent.txt")]}
    async with host(home) as client:
        await client.call_tool("route_prompt", asked)
        home.allow()  # no folder is open any more
        assert (await client.call_tool("route_prompt", asked)).is_error
