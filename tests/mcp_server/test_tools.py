"""The four tools as a client sees them, over both protocol eras."""

from typing import Any

import pytest

from switchboard import Request
from tests.homes import EASY, HARD, Home
from tests.mcp_server.clients import ERAS, Mode, connected, facts, text
from tests.wire.faulty import Faulty

pytestmark = pytest.mark.anyio


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Mode:
    mode: Mode = request.param
    return mode


async def test_the_list_is_small_and_every_argument_is_described_or_plain(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    async with connected(home, monkeypatch, era) as client:
        listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == [
        "route_prompt",
        "check_allowed",
        "add_to_whitelist",
        "cost_report",
    ]
    assert len(listed.model_dump_json(by_alias=True, exclude_none=True)) < 6000
    for tool in listed.tools:
        assert tool.output_schema
        for name, schema in tool.input_schema["properties"].items():
            assert "title" not in schema
            assert "description" in schema or "enum" in schema, f"{tool.name}.{name}"


async def test_annotations_say_what_is_true(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(home, monkeypatch) as client:
        tools = {tool.name: tool.annotations for tool in (await client.list_tools()).tools}
    reads = {name for name, hints in tools.items() if hints and hints.read_only_hint}
    outside = {name for name, hints in tools.items() if hints and hints.open_world_hint}
    assert reads == {"check_allowed", "cost_report"}
    assert outside == {"route_prompt"}


async def test_an_answer_comes_with_where_why_and_cost_in_both_forms(
    local_home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    async with connected(local_home, monkeypatch, era) as client:
        result = await client.call_tool("route_prompt", {"prompt": EASY, "max_tokens": 30})
    given = facts(result)
    assert given["status"] == "done"
    assert given["where"] == "local"
    assert given["cost_usd"] == 0
    for fact in ("answer", "model", "why", "request_id"):
        assert given[fact]
        assert given[fact] in text(result)


async def test_a_repeated_prompt_says_that_it_was_a_cache_hit(
    local_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(local_home, monkeypatch) as client:
        ask = {"prompt": EASY, "max_tokens": 30}
        await client.call_tool("route_prompt", ask)
        again = await client.call_tool("route_prompt", ask)
        fresh = await client.call_tool("route_prompt", {**ask, "fresh": True})
    assert facts(again)["cached"] == "exact"
    assert "exact cache hit" in text(again)
    assert facts(fresh)["cached"] == "no"


async def test_a_dry_run_says_what_would_be_done(
    full_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(full_home, monkeypatch) as client:
        plan = await client.call_tool("route_prompt", {"prompt": HARD, "dry_run": True})
        report = await client.call_tool("cost_report", {})
    assert facts(plan)["status"] == "plan"
    assert "anthropic/" in facts(plan)["why"]
    assert facts(plan)["why"] in text(plan)
    assert facts(report)["requests"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"prompt": ""}, "The prompt is empty"),
        ({"prompt": EASY, "model": "no/such"}, "no model 'no/such'"),
        ({"prompt": EASY, "prefer": "cloud"}, "prefer"),
        ({"prompt": EASY, "ticket": "made-up"}, "no such ticket"),
    ],
    ids=["empty", "unknown-model", "no-cloud", "unknown-ticket"],
)
async def test_a_bad_call_is_a_tool_error_that_says_what_to_do(
    local_home: Home,
    monkeypatch: pytest.MonkeyPatch,
    era: Mode,
    arguments: dict[str, Any],
    says: str,
) -> None:
    async with connected(local_home, monkeypatch, era) as client:
        result = await client.call_tool("route_prompt", arguments)
    assert result.is_error
    assert says in text(result)


async def test_damaged_settings_are_told_in_each_call_and_mended_without_a_restart(
    local_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_home.settings("[budget]\nmonthly_usd = 'lots'\n")
    async with connected(local_home, monkeypatch) as client:
        broken = await client.call_tool("cost_report", {})
        local_home.settings("")
        mended = await client.call_tool("cost_report", {})
    assert broken.is_error
    assert "homeward.toml, line 2: budget.monthly_usd" in text(broken)
    assert not mended.is_error


async def test_a_proposal_changes_nothing_until_a_person_approves(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    ask = {"resource_type": "cloud_api", "resource_name": "anthropic"}
    async with connected(home, monkeypatch, era) as client:
        before = await client.call_tool("check_allowed", ask)
        proposal = await client.call_tool("add_to_whitelist", {**ask, "reason": "hard proofs"})
        after = await client.call_tool("check_allowed", ask)
    assert facts(before)["allowed"] is False
    assert facts(proposal)["status"] == "pending"
    assert f"homeward approve {facts(proposal)['id']}" in text(proposal)
    assert facts(after) == facts(before)
    assert not home.places.whitelist.exists()


async def test_what_is_allowed_already_needs_no_proposal(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.allow("api.anthropic.com")
    ask = {"resource_type": "cloud_api", "resource_name": "anthropic"}
    async with connected(home, monkeypatch) as client:
        proposal = await client.call_tool("add_to_whitelist", {**ask, "reason": "again"})
        check = await client.call_tool("check_allowed", ask)
    assert facts(proposal)["status"] == "already_allowed"
    assert facts(check)["rule"] == "cloud_apis has api.anthropic.com"


async def test_the_cost_report_adds_up_what_was_spent_and_saved(
    full_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(full_home, monkeypatch) as client:
        easy = await client.call_tool("route_prompt", {"prompt": EASY, "max_tokens": 20})
        hard = await client.call_tool("route_prompt", {"prompt": HARD, "max_tokens": 20})
        report = facts(await client.call_tool("cost_report", {"period": "today", "by": "source"}))
    spent = facts(easy)["cost_usd"] + facts(hard)["cost_usd"]
    assert report["spent_usd"] == pytest.approx(spent)
    assert report["requests"] == 2
    assert report["local_share"] == 0.5
    assert {group["name"] for group in report["groups"]} == {"local", "cloud"}
    assert report["left_month_usd"] == pytest.approx(50 - spent)


async def test_a_slow_answer_returns_a_ticket_that_another_process_can_redeem(
    local_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_home.settings("[cache]\nenabled = false\n")
    async with connected(local_home, monkeypatch, patience_s=0) as first:
        working = await first.call_tool("route_prompt", {"prompt": EASY, "max_tokens": 30})
        ticket = facts(working)["ticket"]
        assert ticket in text(working)
        async with connected(local_home, monkeypatch, patience_s=30) as second:
            done = await second.call_tool("route_prompt", {"ticket": ticket})
    assert facts(done)["status"] == "done"
    assert facts(done)["answer"]


async def test_work_that_ends_with_its_process_is_told_to_whoever_redeems_the_ticket(
    home: Home, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = faulty.at("silent")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    home.settings("[timeouts]\nfirst_token = 0.5\n")
    async with connected(home, monkeypatch, patience_s=0.1) as client:
        ask = {"prompt": HARD, "model": "openai/gpt-6-luna"}
        working = await client.call_tool("route_prompt", ask)
        assert facts(working)["status"] == "working"
    async with connected(home, monkeypatch, patience_s=0.1) as other:
        gone = await other.call_tool("route_prompt", {"ticket": facts(working)["ticket"]})
    assert gone.is_error
    assert "ended before it was done" in text(gone)


async def test_a_slow_failure_is_told_to_whoever_redeems_the_ticket(
    home: Home, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = faulty.at("silent")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    home.settings("[timeouts]\nfirst_token = 0.3\n")
    async with connected(home, monkeypatch, patience_s=0.1) as client:
        ask = {"prompt": HARD, "model": "openai/gpt-6-luna"}
        ticket = facts(await client.call_tool("route_prompt", ask))["ticket"]
        async with connected(home, monkeypatch, patience_s=20) as other:
            failed = await other.call_tool("route_prompt", {"ticket": ticket})
    assert failed.is_error
    assert "said nothing for 0.3 seconds" in text(failed)


async def test_wrong_arguments_are_named_but_never_repeated(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(home, monkeypatch) as client:
        wrong = {"prompt": ["a synthetic secret"], "min_quality": 7, "prefer": "moon"}
        result = await client.call_tool("route_prompt", wrong)
    assert result.is_error
    assert "synthetic" not in text(result)
    assert "http" not in text(result)
    for name in ("prompt", "min_quality", "prefer"):
        assert f"{name}: " in text(result)


async def test_a_host_is_marked_as_one_in_the_books_and_in_the_cache(
    local_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with local_home.app() as app:
        await app.switchboard.answer(Request(prompt=EASY, caller="homeward ask", max_tokens=30))
    async with connected(local_home, monkeypatch) as client:
        result = await client.call_tool("route_prompt", {"prompt": EASY, "max_tokens": 30})
    assert facts(result)["cached"] == "no"
    async with local_home.app() as app:
        callers = app.database.rows("select caller from attempts order by at")
    assert callers[0] == ("homeward ask",)
    assert str(callers[1][0]).startswith("mcp:")
