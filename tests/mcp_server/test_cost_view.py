"""The cost report as hosts show it: a page in a real browser, over results of a real server."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp.types import INVALID_PARAMS, CallToolResult, TextResourceContents

from ledger import Budget, SqliteLedger
from mcp_server.places import Places
from mcp_server.results import PERIODS
from storage import Database
from storage.migrations import HOME
from tests.homes import NOBODY, Home
from tests.ledger.lines import entry, outcome
from tests.mcp_server.clients import ERAS, Mode, facts
from tests.mcp_server.processes import stdio
from vocabulary import Money, TaskKind

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "mcp_server" / "views" / "costs.html"
HOSTILE = (
    "openrouter/<img src=x onerror=alert(1)>-a-model-whose-name-is-much-longer-than-any-column"
)
DAYS = 40
WITH_APPS = advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})
KINDS = (TaskKind.TRANSLATION, TaskKind.SUMMARISATION, TaskKind.CODE_GENERATION)


def made_home(folder: Path) -> Home:
    """A person's folders, without models and cache: only the books are read."""
    config, data, cache = (folder / name for name in ("config", "data", "cache"))
    for each in (config, data, cache):
        each.mkdir(mode=0o700, parents=True)
    places = Places(config=config, data=data, cache=cache, models=cache / "models")
    home = Home(places=places, environ={"OLLAMA_HOST": NOBODY})
    home.settings(
        "[budget]\nmonthly_usd = 50\ndaily_usd = 1.0\n[[budget.limits]]\nprovider = 'openrouter'\n"
        "monthly_usd = 0.5\n[cache]\nenabled = false\n"
    )
    return home


def keep_books(home: Home, now: datetime) -> None:
    """Forty days of a person's work; one day did not pay, and one call was never confirmed."""
    database = Database(home.places.home_database, HOME)
    ledger = SqliteLedger(database)
    for back in range(DAYS):
        at = now - timedelta(days=back)
        for number in range(2 + 5 * (back % 3)):
            kind = {"at": at, "task": KINDS[number % 3]}
            local = entry(provider="ollama", model_asked="gemma3:4b", local=True, **kind)
            answer = outcome(model_served="gemma3:4b", cost=Money(0), baseline=Money(21_300))
            ledger.note(local, answer)
            if number % 2:
                ledger.note(entry(**kind), outcome(cost=Money(0), cached="semantic"))
        for number in range(back % 4):
            cost = Money(9_000 + 1_700 * back)
            line = entry(at=at, task=KINDS[number % 3], worst_case=cost)
            paid = outcome(cost=cost, baseline=Money(2 * cost))
            ledger.settle(ledger.reserve(line, Budget()), paid)
    dear = entry(at=now - timedelta(days=9), provider="openrouter", worst_case=Money(900_000))
    served = outcome(
        model_served=HOSTILE.removeprefix("openrouter/"),
        cost=Money(700_000),
        baseline=Money(20_000),
    )
    ledger.settle(ledger.reserve(dear, Budget()), served)
    database.close()


def lose_a_call(home: Home) -> None:
    """A process that ends between asking and being told what it cost."""
    script = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from ledger import Budget, SqliteLedger\n"
        "from storage import Database\nfrom storage.migrations import HOME\n"
        "from tests.ledger.lines import entry\nfrom vocabulary import Money\n"
        "ledger = SqliteLedger(Database(Path(sys.argv[1]), HOME))\n"
        "line = entry(id='lost', at=datetime.now(UTC), worst_case=Money(120_000))\n"
        "ledger.reserve(line, Budget())\n"
    )
    subprocess.run([sys.executable, "-c", script, home.places.home_database], check=True, cwd=ROOT)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = made_home(tmp_path_factory.mktemp("home"))
    keep_books(home, datetime.now(UTC))
    lose_a_call(home)
    return home


def served(home: Home, era: Mode = "auto", *, apps: bool = True) -> Client:
    return Client(stdio(home), mode=era, extensions=[WITH_APPS] if apps else [])


async def read(client: Client, uri: str) -> TextResourceContents:
    [content] = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content


def whole(result: CallToolResult) -> dict[str, Any]:
    assert result.meta is not None
    report: dict[str, Any] = result.meta["homeward/costs"]
    return report


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_a_host_finds_the_page_by_the_tool_in_both_eras(books: Home, era: Mode) -> None:
    async with served(books, era) as client:
        extensions = client.server_capabilities.extensions
        tools = {tool.name: tool.meta for tool in (await client.list_tools()).tools}
        page = await read(client, "ui://homeward/costs")
        result = await client.call_tool("cost_report", {})
    # The older protocol has no place where a server could name them; hosts go by the tool.
    assert extensions == ({EXTENSION_ID: {}} if era == "auto" else None)
    assert tools == {
        **dict.fromkeys(("route_prompt", "check_allowed", "add_to_whitelist")),
        "cost_report": {"ui": {"resourceUri": "ui://homeward/costs"}},
    }
    assert page.mime_type == APP_MIME_TYPE
    assert page.meta == {"ui": {"prefersBorder": True}}
    assert page.text == PAGE.read_text(encoding="utf-8")
    assert whole(result)["requests"] == facts(result)["requests"] > 0


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_a_host_without_apps_gets_the_same_result_and_nothing_beside(
    books: Home, era: Mode
) -> None:
    async with served(books, era) as rich, served(books, era, apps=False) as plain:
        with_apps = await rich.call_tool("cost_report", {"by": "source"})
        without = await plain.call_tool("cost_report", {"by": "source"})
    assert facts(with_apps) == facts(without)
    assert with_apps.content == without.content
    assert "homeward/costs" not in (without.meta or {})


@pytest.mark.anyio
@pytest.mark.parametrize("period", PERIODS)
async def test_the_whole_report_is_the_resource_and_adds_up(books: Home, period: str) -> None:
    async with served(books) as client:
        report = whole(await client.call_tool("cost_report", {"period": period}))
        resource = await read(client, f"homeward://costs/{period}")
    assert json.loads(resource.text) == report
    assert resource.mime_type == "application/json"
    assert list(report["by"]) == ["model", "day", "task", "source"]
    for rows in report["by"].values():
        for figure in ("requests", "cost_usd", "saved_usd"):
            total = report[{"cost_usd": "spent_usd"}.get(figure, figure)]
            assert sum(row[figure] for row in rows) == pytest.approx(total)
        assert sum(row.get("unconfirmed_usd", 0) for row in rows) == pytest.approx(0.12)
    assert report["spent_usd"] + report["saved_usd"] == pytest.approx(report["baseline_usd"])
    assert report["unconfirmed_usd"] == pytest.approx(0.12)
    assert [(each["scope"], each["period"], each["limit_usd"]) for each in report["budget"]] == [
        ("all", "day", 1),
        ("all", "month", 50),
        ("provider", "month", 0.5),
    ]
    assert ("first" in report) == (period != "all")


@pytest.mark.anyio
async def test_a_person_may_ask_for_savings_and_is_helped_with_the_period(books: Home) -> None:
    from mcp.types import PromptReference, ResourceTemplateReference

    async with served(books, apps=False) as client:
        [prompt] = (await client.list_prompts()).prompts
        asked = await client.get_prompt("savings", {"period": "7d"})
        default = await client.get_prompt("savings", {})
        typed = [
            (await client.complete(ref, {"name": "period", "value": start})).completion.values
            for ref in (
                PromptReference(name="savings"),
                ResourceTemplateReference(uri="homeward://costs/{period}"),
            )
            for start in ("", "m", "x")
        ]
    assert (prompt.name, prompt.title) == ("savings", "Savings")
    assert [(each.name, each.required) for each in prompt.arguments or ()] == [("period", False)]
    assert '"period": "7d"' in asked.messages[0].content.text
    assert '"period": "month"' in default.messages[0].content.text
    assert typed == [list(PERIODS), ["month"], []] * 2


@pytest.mark.anyio
@pytest.mark.parametrize("given", [{"period": "fortnight"}, {"days": "7"}])
async def test_a_period_that_there_is_not_is_told_with_those_there_are(
    books: Home, given: dict[str, str]
) -> None:
    async with served(books, apps=False) as client:
        with pytest.raises(MCPError) as told:
            await client.get_prompt("savings", given)
    assert told.value.code == INVALID_PARAMS
    assert "period: one of today, 7d, month, all." in told.value.message


def test_the_page_is_small_and_names_no_address() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(page.encode()) < 30_000
    addresses = set(re.findall(r"[a-z]+://[^\s\"'`)]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of a format, fetched by nobody
    for banned in ("eval(", "innerHTML", "insertAdjacentHTML", "document.write", "import("):
        assert banned not in page


Seen = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def seen(books: Home, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Everything the browser showed; the pictures are in the folder that is printed."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "these tests need Chromium: apt-get install chromium (or google-chrome)"
    assert (ROOT / "node_modules" / "playwright-core").exists(), "run `make test`, or `npm ci`"
    folder = tmp_path_factory.mktemp("seen")
    given = anyio.run(results_of, books, made_home(folder / "empty"))
    given |= {"chromium": chromium, "html": PAGE.read_text(encoding="utf-8")}
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    script = ROOT / "tests" / "browser" / "look.mjs"
    done = subprocess.run(["node", script, folder], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    print(f"screenshots: {folder}")
    found: Seen = json.loads(done.stdout)
    return found


async def results_of(books: Home, empty: Home) -> dict[str, Any]:
    """What the server gives to a host with apps, to one without, and where nothing was asked."""

    async def asked(client: Client, **arguments: str) -> dict[str, Any]:
        return wire(await client.call_tool("cost_report", arguments))

    async with served(books) as rich, served(books, apps=False) as plain, served(empty) as new:
        whole = {period: await asked(rich, period=period) for period in PERIODS}
        short = await asked(plain, by="task")
        nothing = await asked(new)
    empty.settings("[budget]\nmonthly_usd = 'lots'\n")
    async with served(empty) as broken:
        return {"whole": whole, "short": short, "empty": nothing, "failed": await asked(broken)}


def wire(result: CallToolResult) -> dict[str, Any]:
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


PORTRAITS = ("light-360", "light-1280", "dark-360", "dark-1280")
OTHERS = ("month", "short", "empty", "failed", "contrast")


@pytest.mark.parametrize("scene", [*PORTRAITS, *OTHERS, "refused"])
def test_axe_finds_nothing_to_complain_of(seen: Seen, scene: str) -> None:
    assert seen[scene]["violations"] == []


def test_nothing_is_asked_of_the_world_and_nothing_goes_wrong(seen: Seen) -> None:
    shown = {name: scene for name, scene in seen.items() if name != "control"}
    assert {name: scene["requests"] for name, scene in shown.items() if scene["requests"]} == {}
    assert {name: scene["complaints"] for name, scene in shown.items() if scene["complaints"]} == {}


def test_the_browser_would_have_told_of_a_request_and_of_a_fault(seen: Seen) -> None:
    # The browser tells of it, and it arrives where everything that leaves has to pass.
    assert seen["control"]["requests"] == [seen["control"]["address"]] * 2
    assert any(line.startswith("image-alt") for line in seen["control"]["violations"])


@pytest.mark.parametrize("scene", [*PORTRAITS, *OTHERS])
def test_no_page_is_wider_than_the_screen(seen: Seen, scene: str) -> None:
    assert seen[scene]["overflow"] <= 0


@pytest.mark.parametrize("scene", PORTRAITS)
def test_the_page_says_who_it_is_and_how_high(seen: Seen, scene: str) -> None:
    [hello] = seen[scene]["initialize"]
    assert hello["params"] == {
        "protocolVersion": "2026-01-26",
        "appInfo": {"name": "homeward-costs", "version": "1.0.0"},
        "appCapabilities": {"availableDisplayModes": ["inline", "fullscreen"]},
    }
    assert seen[scene]["sizes"][-1]["height"] > 600


def test_it_is_dark_where_the_host_is_dark(seen: Seen) -> None:
    assert all(channel > 240 for channel in channels(seen["light-360"]["paper"]))
    assert all(channel < 60 for channel in channels(seen["dark-360"]["paper"]))


def channels(colour: str) -> Iterable[int]:
    return map(int, re.findall(r"\d+", colour))


def test_the_figures_are_those_of_the_server(seen: Seen, books: Home) -> None:
    async def report() -> dict[str, Any]:
        async with served(books) as client:
            return whole(await client.call_tool("cost_report", {"period": "all"}))

    figures = anyio.run(report)
    said = seen["light-1280"]["text"]
    for amount in ("spent_usd", "saved_usd", "baseline_usd", "unconfirmed_usd"):
        assert f"${figures[amount]:,.2f}" in said
    assert f"{figures['requests']:,}" in said
    assert figures["baseline"] in said
    for row in figures["by"]["model"]:
        assert row["name"] in said
    for source in ("Cache", "Local models", "Cloud models"):
        assert re.search(rf"{source} \d+% \(\d+\)", said)
    day, *_ = figures["budget"]
    assert f"${day['left_usd']:.2f} left of $1.00" in said
    assert "This month, provider openrouter: " in said


def test_a_name_is_only_ever_text(seen: Seen) -> None:
    for scene in PORTRAITS:
        assert HOSTILE in seen[scene]["text"]
        assert seen[scene]["images"] == 0


def test_what_did_not_pay_is_shown_below_zero(seen: Seen) -> None:
    assert "\N{MINUS SIGN}$0.68" in seen["light-360"]["text"]


def test_the_period_is_changed_from_the_keyboard(seen: Seen) -> None:
    keyboard = seen["keyboard"]
    assert keyboard["before"] == {"tag": "INPUT", "value": "all", "outline": "solid"}
    assert keyboard["after"]["value"] == "month"
    assert keyboard["calls"] == [{"name": "cost_report", "arguments": {"period": "month"}}]
    assert "Spent" in keyboard["month"]
    assert keyboard["next"] == {"tag": "SUMMARY", "outline": "solid"}
    assert keyboard["opened"]


def test_a_host_that_gives_little_is_shown_what_there_is(seen: Seen) -> None:
    said = seen["short"]["text"]
    assert "By kind of task" in said
    assert "summarisation" in said
    assert "By model" not in said
    assert "7 days" not in said  # it cannot call tools, so nothing can be switched


def test_where_nothing_was_asked_it_says_so_and_what_may_be_spent(seen: Seen) -> None:
    assert "Nothing was asked this month." in seen["empty"]["text"]
    assert "$50.00 left of $50.00" in seen["empty"]["text"]


def test_what_went_wrong_is_said_in_the_servers_words(seen: Seen) -> None:
    assert "homeward.toml, line 2: budget.monthly_usd" in seen["failed"]["text"]
    assert "Try again" in seen["failed"]["text"]
    assert "The server is away." in seen["refused"]["text"]
    assert seen["refused"]["chosen"] == "all"  # what is shown is what is chosen
    assert "not here" in seen["deaf"]["text"]


def test_waiting_is_said_and_a_cancelled_call_too(seen: Seen) -> None:
    waiting = seen["waiting"]
    assert "Waiting for the report" in waiting["before"]
    assert "The report was cancelled. The person said no." in waiting["after"]
    assert waiting["initialized"] == 1


def test_a_late_answer_does_not_replace_a_newer_one(seen: Seen) -> None:
    assert seen["late"]["busy"] == ["Loading …", "true"]
    assert seen["late"]["chosen"] == "7d"


def test_it_follows_the_host_and_answers_it_and_nobody_else(seen: Seen) -> None:
    protocol = seen["protocol"]
    assert all(channel > 240 for channel in channels(protocol["light"]))
    assert all(channel < 60 for channel in channels(protocol["dark"]["paper"]))
    assert protocol["dark"]["quiet"] == "rgb(200, 201, 202)"
    assert re.search(r"\d,\d\d", protocol["dark"]["figure"])  # as it is written in German
    assert protocol["after"] == protocol["before"]
    answers = {reply["id"]: reply for reply in protocol["replies"]}
    assert answers["a"]["result"] == answers["b"]["result"] == {}
    assert answers["c"]["error"]["code"] == -32601
