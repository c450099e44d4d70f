"""Several processes of one person on one database, as hosts start them."""

import random
import signal
from typing import Any

import anyio
import pytest
from mcp import Client

from storage import Database
from storage.migrations import HOME
from tests.homes import EASY, HARD, Home
from tests.mcp_server.processes import Raw, stdio, until
from tests.wire.servers import Served
from vocabulary import Money

pytestmark = pytest.mark.slow

PROCESSES, CALLS, KILLS = 3, 1000, 10
BUDGET = Money(800)


def cheap_cloud(home: Home, server: Served) -> None:
    """A cloud that costs enough for the budget to run out under way."""
    home.openai(server.address, server.key)
    home.allow(server.root.removeprefix("http://"))
    home.settings(f"[budget]\nmonthly_usd = {BUDGET / 1e6}\n[routing]\nmax_tokens = 24\n")


def call(number: int) -> tuple[str, dict[str, Any]]:
    kind = number % 5
    if kind == 0:
        return "route_prompt", {"prompt": f"{EASY} ({number % 7})"}
    if kind == 1:
        return "route_prompt", {"prompt": f"{HARD} Case {number}.", "model": "openai/gpt-6-luna"}
    if kind == 2:
        return "check_allowed", {"resource_type": "cloud_api", "resource_name": "openai"}
    if kind == 3:
        name = f"host{number % 3}.example.org"
        return "add_to_whitelist", {
            "resource_type": "domain",
            "resource_name": name,
            "reason": "a test",
        }
    return "cost_report", {"by": "model"}


def invariants(books: Database) -> None:
    """What must hold at every moment, whoever wrote last."""
    [(held, spent)] = books.rows(
        "select coalesce(sum(held), 0), coalesce(sum(spent), 0) from spend where scope = 'all'"
    )
    [(still_held,)] = books.rows(
        "select coalesce(sum(held), 0) from attempts where outcome = 'open'"
    )
    [(costs,)] = books.rows("select coalesce(sum(cost), 0) from attempts where outcome <> 'open'")
    assert (held, spent) == (still_held, costs)


@pytest.mark.anyio
async def test_a_thousand_mixed_calls_from_three_processes_leave_the_books_right(
    local_home: Home, tiny_server: Served
) -> None:
    cheap_cloud(local_home, tiny_server)
    routed = {"ok": 0, "refused": 0}

    async def work(number: int) -> None:
        async with Client(stdio(local_home)) as client:
            for turn in range(number, CALLS, PROCESSES):
                tool, arguments = call(turn)
                result = await client.call_tool(tool, arguments)
                if tool == "route_prompt":
                    routed["refused" if result.is_error else "ok"] += 1
                    said = str(result.content)
                    assert not result.is_error or "budget" in said, said
                else:
                    assert not result.is_error, result.content

    with anyio.fail_after(240):
        async with anyio.create_task_group() as tasks:
            for number in range(PROCESSES):
                tasks.start_soon(work, number)
    books = Database(local_home.places.home_database, HOME)
    invariants(books)
    [(answered,)] = books.rows("select count(distinct request_id) from attempts")
    [(spent, held)] = books.rows("select sum(spent), sum(held) from spend where scope = 'all'")
    assert answered == routed["ok"]
    assert routed["refused"] > 0
    assert held == 0
    assert 0 < spent <= BUDGET
    books.close()


def test_killed_at_a_random_moment_the_books_open_and_add_up(
    local_home: Home, tiny_server: Served
) -> None:
    cheap_cloud(local_home, tiny_server)
    local_home.settings("[routing]\nmax_tokens = 24\n")
    rng = random.Random(7)
    for turn in range(KILLS):
        with Raw(local_home) as server:
            last = rng.randrange(1, 12)
            for number in range(2, last + 2):
                _, arguments = call(5 * number + turn % 2)
                server.call(number, "route_prompt", **arguments)
            seen = rng.randrange(last)
            for _ in range(seen):
                server.read()
            server.process.send_signal(signal.SIGKILL)
            until(lambda server=server: server.process.poll() is not None)
        books = Database(local_home.places.home_database, HOME)
        invariants(books)
        books.close()
    with Raw(local_home) as server:  # a fresh process takes over what the killed ones left open
        server.call(2, "cost_report")
        assert not server.read()["result"].get("isError")
        books = Database(local_home.places.home_database, HOME)
        assert books.rows("select count(*) from attempts where outcome = 'open'") == [(0,)]
        invariants(books)
        books.close()
