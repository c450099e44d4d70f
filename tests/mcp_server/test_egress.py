"""Every byte that leaves the whole program, with canaries in a third of what it is given.

Homeward runs as a host starts it, under a proxy that writes down whatever is sent through it, with
a cloud that is allowed, a cloud that is not, and local models that fail now and then. Every address
that the process connects to is written down too.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.canaries import Canary, planted
from tests.homes import HARD, Home
from tests.wire.listening import Listening, Reply, Request
from tests.wire.scribe import Scribe

pytestmark = [pytest.mark.slow, pytest.mark.egress, pytest.mark.anyio]

PROMPTS = 300

# Writes down every address that the process connects to or looks up, then serves as ever.
WATCHED = """
import sys
log = open(sys.argv.pop(1), "a", buffering=1)
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        log.write(f"{event} {args[1:] if event != 'socket.getaddrinfo' else args}\\n")
sys.addaudithook(watch)
from mcp_server.cli import main
main()
"""


class Moody(Scribe):
    """A scribe that fails every `n`th request, after reading it."""

    def __init__(self, every: int, status: int) -> None:
        super().__init__()
        self._every, self._status = every, status
        self._asked = 0

    async def _route(self, request: Request, reply: Reply) -> None:
        if request.method == "POST":
            self._asked += 1
            if self._asked % self._every == 0:
                body = json.dumps({"error": {"message": "overloaded"}}).encode()
                await reply.whole(self._status, body, content_type="application/json")
                return
        await super()._route(request, reply)


async def refuse(_: Request, reply: Reply) -> None:
    await reply.whole(502, b"nothing goes through here")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    home: Home
    local: Moody
    allowed: Moody
    forbidden: Scribe
    proxy: Listening
    connections: Path

    @property
    def started(self) -> StdioServerParameters:
        proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")
        environ = self.home.for_process() | dict.fromkeys(proxies, self.proxy.address)
        return StdioServerParameters(
            command=sys.executable,
            args=["-c", WATCHED, str(self.connections), "mcp"],
            env=environ,
        )


@contextmanager
def world_of(home: Home, strategy: str, rules: str, folder: Path) -> Iterator[World]:
    with (
        Moody(7, 500) as local,
        Moody(5, 529) as allowed,
        Scribe() as forbidden,
        Listening(refuse) as proxy,
    ):
        local.answering = lambda said: [said[-300:]]  # says again what it was told
        home.anthropic(allowed.address, "a-key-for-tests")
        home.openai(f"{forbidden.address}/v1")
        home.allow(allowed.address.removeprefix("http://"), tasks="simple_completion = true")
        with home.places.whitelist.open("a") as file:
            file.write(f"\n{rules}\n")
        text = home.places.whitelist.read_text()
        home.places.whitelist.write_text(f'folders = ["{folder}"]\n{text}')
        home.settings(
            f'[routing]\nstrategy = "{strategy}"\nmax_tokens = 64\n'
            f'[providers.llamacpp]\naddress = "{local.address}/v1"\n'
            '[privacy]\naudit_key = "file"\n'
        )
        yield World(
            home=home,
            local=local,
            allowed=allowed,
            forbidden=forbidden,
            proxy=proxy,
            connections=home.places.data / "connections.log",
        )


def asked(number: int, canary: Canary | None, folder: Path) -> dict[str, Any]:
    """A request, hard or easy, with the canary in one of the places a request has."""
    prompt = f"{HARD} Case {number}." if number % 2 else f"Name river number {number} of France."
    arguments: dict[str, Any] = {"prompt": prompt, "max_tokens": 32}
    arguments |= ({}, {"prefer": "cloud"}, {"fresh": True}, {"min_quality": 0.9})[number % 4]
    if canary is None:
        return arguments
    place = number % 5
    if place == 0:
        return arguments | {"context": f"Notes. {canary.sentence} The end."}
    if place == 1:
        return arguments | {"system": f"You help. {canary.sentence}"}
    if place == 2:
        paper = folder / f"paper {number}.txt"
        paper.write_text(f"A letter.\n\n{canary.sentence}\n")
        return {"prompt": prompt, "files": [str(paper)], "max_tokens": 32}
    return arguments | {"prompt": f"{prompt} {canary.sentence}"}


ASKED = ""
REDACTED = '[sensitive]\nb = "redact"'
STRICT = '[sensitive]\na = "local"\nb = "local"'


@pytest.mark.parametrize(
    ("strategy", "rules"),
    [
        ("complexity", ASKED),
        ("complexity", REDACTED),
        ("privacy", STRICT),
        ("cost", REDACTED),
        ("local_first", ASKED),
    ],
    ids=["by complexity", "redacted", "by privacy, strictly", "by cost, redacted", "local first"],
)
async def test_no_canary_arrives_where_policy_forbids_it_or_stays_where_it_should_not(
    home: Home, tmp_path: Path, strategy: str, rules: str
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    canaries = {number: planted(number) for number in range(0, PROMPTS, 3)}
    with world_of(home, strategy, rules, folder) as world:
        replies: dict[int, str] = {}
        errors = (tmp_path / "stderr.log").open("w")
        with errors:
            async with Client(_with_errors(world.started, errors)) as client:
                for number in range(PROMPTS):
                    request = asked(number, canaries.get(number), folder)
                    result = await client.call_tool("route_prompt", request)
                    replies[number] = result.model_dump_json()
        sent = {
            "the allowed cloud": world.allowed.everything,
            "the cloud that is not allowed": world.forbidden.everything,
            "the proxy": "".join(str(each) for each in world.proxy.requests),
            "the log": (tmp_path / "stderr.log").read_text(),
            **_stored(home),
        }
        assert world.forbidden.requests == []
        assert world.proxy.connections == 0
        assert len(world.allowed.heard) > 20
        assert len(world.local.heard) > 40
        ports = (world.local.port, world.allowed.port, 9)  # at 9 an Ollama is looked for
        known = [f"('127.0.0.1', {port})" for port in ports]
        connections = world.connections.read_text().splitlines()
    for number, canary in canaries.items():
        for place, text in sent.items():
            assert not canary.seen_in(text), f"{canary.tier} canary {number} is in {place}"
        if number % 5 == 2:  # by reference: the assistant must not see it either
            assert not canary.seen_in(replies[number]), f"canary {number} was told"
    assert connections
    for line in connections:
        assert any(address in line for address in known), line


def _stored(home: Home) -> dict[str, str]:
    """Every byte that is kept, but for the person's own settings."""
    folders = (home.places.data, home.places.cache)
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "models" not in path.parts
    ]
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in files}


def _with_errors(server: StdioServerParameters, errors: Any) -> Any:
    from mcp.client.stdio import stdio_client

    return stdio_client(server, errlog=errors)
