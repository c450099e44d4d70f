"""What hosts do to a server besides asking: probes, copies, half of a result, going without a word.

Imitated from what is published about them; docs/conformance.md says which does what.
"""

import json
from typing import Any

import pytest

from mcp_server.server import HOST_WAITS_S
from tests.homes import EASY, HARD, Home
from tests.mcp_server.processes import Raw, until
from tests.mcp_server.speaking import META
from tests.wire.faulty import Faulty

pytestmark = pytest.mark.slow
HOSTS_LIMIT_S = 60.0


def answer(server: Raw, number: int) -> Any:
    """The result of a call, whatever is said before it."""
    while (said := server.read()).get("id") != number:
        pass
    return said["result"]


class Probed(Raw):
    """A process that is only asked what it is, in the newest protocol, and then killed."""

    def __enter__(self) -> "Probed":
        self.send("server/discover", 1, _meta=META)
        return self


def test_a_sibling_that_is_only_probed_and_killed_disturbs_nothing(local_home: Home) -> None:
    with Probed(local_home) as sibling:
        assert "2026-07-28" in sibling.read()["result"]["supportedVersions"]
    with Raw(local_home) as server:
        server.call(2, "route_prompt", prompt=EASY, max_tokens=20)
        assert answer(server, 2)["structuredContent"]["status"] == "done"


def test_three_copies_at_once_share_one_home(local_home: Home) -> None:
    with Raw(local_home) as one, Raw(local_home) as two, Raw(local_home) as three:
        copies = (one, two, three)
        for number, server in enumerate(copies):
            server.call(2, "route_prompt", prompt=f"{EASY} ({number})", max_tokens=20)
        for server in copies:
            assert answer(server, 2)["structuredContent"]["status"] == "done"
        for server in copies:
            server.call(3, "cost_report", period="today")
            assert answer(server, 3)["structuredContent"]["requests"] == 3


def test_a_host_that_cannot_ask_is_told_how_its_person_can_approve(home: Home) -> None:
    with Raw(home) as server:
        ask = {"resource_type": "cloud_api", "resource_name": "openai", "reason": "hard proofs"}
        server.call(2, "add_to_whitelist", **ask)
        told = answer(server, 2)
    assert told["structuredContent"]["status"] == "pending"
    assert "homeward approve" in told["structuredContent"]["how_to_approve"]


CALLS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "route_prompt": (
        {"prompt": EASY, "max_tokens": 20},
        ("answer", "model", "where", "request_id", "why", "tokens_in"),
    ),
    "check_allowed": (
        {"resource_type": "domain", "resource_name": "example.org"},
        ("rule", "reason", "to_change"),
    ),
    "add_to_whitelist": (
        {"resource_type": "domain", "resource_name": "example.org", "reason": "docs"},
        ("id", "entry", "how_to_approve"),
    ),
    "cost_report": ({"by": "source"}, ("period", "baseline", "requests")),
}


def test_a_host_that_shows_only_text_or_only_structure_shows_the_same_facts(
    local_home: Home,
) -> None:
    with Raw(local_home) as server:
        for number, (tool, (arguments, facts)) in enumerate(CALLS.items(), start=2):
            server.call(number, tool, **arguments)
            result = answer(server, number)
            [content] = result["content"]
            for fact in facts:
                assert str(result["structuredContent"][fact]) in content["text"], (tool, fact)


def test_an_answer_or_a_ticket_comes_before_hosts_give_up() -> None:
    assert HOST_WAITS_S <= HOSTS_LIMIT_S - 10


def test_a_host_that_is_gone_with_all_its_pipes_leaves_no_process(
    home: Home, faulty: Faulty
) -> None:
    address = faulty.at("stalls")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    with Raw(home) as server:
        server.call(2, "route_prompt", prompt=HARD, model="openai/gpt-6-luna")
        until(lambda: faulty.count["stalls"] > 0)
        for pipe in (server.process.stdout, server.process.stdin):
            assert pipe is not None
            pipe.close()
        assert server.process.wait(10) is not None


def test_what_every_host_lists_is_one_line_each(home: Home) -> None:
    """Some hosts show a process's output line by line: a message never holds a bare line break."""
    with Raw(home) as server:
        server.send("tools/list", 2)
        server.read()
        [_, listed] = server.lines
    assert listed.count(b"\n") == 1
    assert json.loads(listed)["id"] == 2
