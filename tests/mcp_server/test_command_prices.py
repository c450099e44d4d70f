"""`homeward prices`: what models cost here, and a newer table only when the person wants it."""

import contextlib
import io
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from unittest.mock import patch

import anyio
import pytest
import typer

from ledger.errors import UnusablePrices
from ledger.refreshed import LARGEST, installed, read
from mcp_server.cli.prices_table import fetched, refresh_prices
from tests.homes import Home
from tests.ledger.publishing import published
from tests.mcp_server.commands import homeward
from tests.wire.listening import Listening, Reply, Request
from vocabulary import HomewardError

DEARER = published(claude_haiku_5_5={"input_mtok": 0.2, "output_mtok": 1.25})


@pytest.fixture
def cloud_home(home: Home) -> Home:
    """A home with a key for Anthropic, which nobody answers for: prices need nobody."""
    home.anthropic("http://127.0.0.1:9", "a-key-for-tests")
    return home


def serving(data: bytes, status: int = 200) -> Callable[[Request, Reply], Awaitable[None]]:
    async def answer(_: Request, reply: Reply) -> None:
        await reply.whole(status, data, content_type="application/json")

    return answer


@pytest.fixture
def publisher() -> Iterator[Listening]:
    with Listening(serving(DEARER)) as server:
        yield server


def refresh(home: Home, address: str) -> None:
    with patch.dict(os.environ, home.for_process(), clear=True):
        refresh_prices(yes=True, address=address)


# --- the list ---------------------------------------------------------------------------------


def test_every_cloud_model_is_listed_with_its_prices_and_whose_they_are(cloud_home: Home) -> None:
    said = homeward(cloud_home, "prices")
    assert said.status == 0
    line = next(line for line in said.out.splitlines() if "claude-haiku-5-5" in line)
    assert line.split() == [
        "anthropic/claude-haiku-5-5",
        *("0.1", "0.5", "0.01", "0.125", "0.05/0.25"),
        *("genai-prices", installed()),
    ]
    above = next(line for line in said.out.splitlines() if "above 100,000 tokens" in line)
    assert above.split()[3:] == ["0.5", "2.5", "0.05", "0.625", "0.25/1.25"]


def test_the_model_that_savings_are_counted_against_is_listed_too(home: Home) -> None:
    home.settings(
        '[routing]\nbaseline = "google/gemini-4-argon"\n'
        '[routing.baseline_by_task]\ntranslation = "mistral/nobody"\n'
    )
    said = homeward(home, "prices")
    assert "google/gemini-4-argon" in said.out
    assert "from 2026-12-01: 4/20" in said.out
    assert "mistral/nobody" in said.out
    assert "not known: refused" in said.out


def test_the_list_is_json_for_programs(cloud_home: Home) -> None:
    listed = json.loads(homeward(cloud_home, "prices", "--json").out)
    assert listed["notice"] == ""
    haiku = listed["models"]["anthropic/claude-haiku-5-5"]
    assert haiku["source"] == f"genai-prices {installed()}"
    assert haiku["usd_per_million"]["cache_write_1h"] == 0.2
    assert haiku["usd_per_million"]["above"][0]["input_tokens"] == 100_000
    assert haiku["usd_per_million"]["above"][0]["input"] == 0.5
    assert haiku["batch_usd_per_million"]["input"] == 0.05


def test_a_price_that_is_guessed_says_so(home: Home) -> None:
    home.settings('[budget]\nunknown_prices = "estimate"\n')
    said = homeward(home, "prices", "show", "anthropic/claude-nobody", "--json")
    listed = json.loads(said.out)
    assert listed["estimated"] is True
    assert listed["source"] == f"estimate: dearest of anthropic (genai-prices {installed()})"
    assert "estimate: dearest of" in homeward(home, "prices", "show", "anthropic/no-one").out


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "ollama/tiny:latest: free"),
        (
            "[local]\nusd_per_hour = 0.25\n",
            "0.25 an hour of answering (homeward.toml, by the hour)",
        ),
        (
            "[local]\nwatts = 200\nusd_per_kwh = 0.3\n",
            "0.06 an hour of answering (homeward.toml, by the kWh)",
        ),
    ],
    ids=["free", "by the hour", "by the kWh"],
)
def test_local_models_are_listed_with_what_they_cost(
    settings: str, says: str, local_home: Home
) -> None:
    local_home.settings(settings)
    assert says in homeward(local_home, "prices").out


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[local]\nwatts = 200\n", "belong together"),
        ("[local]\nusd_per_kwh = 0.3\n", "belong together"),
        ("[local]\nusd_per_hour = 1\nwatts = 200\nusd_per_kwh = 0.3\n", "not both"),
        ('[budget]\nunknown_prices = "free"\n', "unknown_prices"),
        ('[prices."a/b"]\ninput_usd_per_million = 1\n', "output_usd_per_million"),
    ],
)
def test_settings_that_contradict_themselves_are_told(home: Home, settings: str, says: str) -> None:
    home.settings(settings)
    said = homeward(home, "prices")
    assert said.status == 1
    assert says in said.err


# --- one price --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "reads"),
    [("2026-11-30", 2.0), ("2026-12-01", 4.0), ("2026-12-01T00:30+01:00", 2.0)],
)
def test_a_price_can_be_asked_for_another_day(home: Home, at: str, reads: float) -> None:
    said = homeward(home, "prices", "show", "google/gemini-4-argon", "--at", at, "--json")
    assert json.loads(said.out)["usd_per_million"]["input"] == reads


def test_a_persons_own_price_is_shown_as_theirs(home: Home) -> None:
    home.settings(
        '[prices."mine/model"]\ninput_usd_per_million = 1\noutput_usd_per_million = 2\n'
        "cached_usd_per_million = 0.5\nbatch_output_usd_per_million = 1.5\n"
    )
    listed = json.loads(homeward(home, "prices", "show", "mine/model", "--json").out)
    assert listed["source"] == "homeward.toml"
    assert listed["usd_per_million"]["cached"] == 0.5
    assert listed["batch_usd_per_million"]["input"] == 1
    assert listed["batch_usd_per_million"]["output"] == 1.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("claude",), "is no model"), (("a/b", "--at", "Christmas"), "is no date")],
)
def test_what_cannot_be_meant_is_told(home: Home, arguments: tuple[str, ...], says: str) -> None:
    said = homeward(home, "prices", "show", *arguments)
    assert said.status == 1
    assert says in said.err


def test_a_model_without_a_known_price_is_no_error(home: Home) -> None:
    said = homeward(home, "prices", "show", "openai/nobody", "--json")
    assert said.status == 0
    assert json.loads(said.out)["known"] is False


# --- a newer table ----------------------------------------------------------------------------


def test_a_refresh_shows_what_changes_and_is_used_from_then_on(
    cloud_home: Home, publisher: Listening, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh(cloud_home, publisher.address + "/data.json")
    shown = capsys.readouterr().out
    [line] = [line for line in shown.splitlines() if line.lstrip().startswith("anthropic/")]
    assert line.split() == [
        "anthropic/claude-haiku-5-5",
        *("0.1+/0.5+", "(0.05+/0.25+)"),
        *("0.2/1.25", "(0.2/1.25)"),
    ]
    kept = read(cloud_home.places.prices)
    assert kept is not None
    assert kept.data == DEARER
    listed = json.loads(homeward(cloud_home, "prices", "--json").out)
    haiku = listed["models"]["anthropic/claude-haiku-5-5"]
    assert haiku["source"] == f"genai-prices {kept.on} refreshed"
    assert haiku["usd_per_million"]["input"] == 0.2
    again = homeward(cloud_home, "prices", "reset")
    assert f"Prices are those of genai-prices {installed()}." in again.out
    listed = json.loads(homeward(cloud_home, "prices", "--json").out)
    assert listed["models"]["anthropic/claude-haiku-5-5"]["usd_per_million"]["input"] == 0.1


def test_a_refresh_sends_one_request_without_a_body(cloud_home: Home, publisher: Listening) -> None:
    refresh(cloud_home, publisher.address + "/data.json")
    [request] = publisher.requests
    assert (request.method, request.path, request.body) == ("GET", "/data.json", b"")
    assert "a-key-for-tests" not in str(request.headers)


def test_nothing_is_fetched_without_a_person_or_their_word(cloud_home: Home) -> None:
    said = homeward(cloud_home, "prices", "refresh")
    assert said.status == 1
    assert "Run this in a terminal, or say --yes." in said.err
    assert not cloud_home.places.prices.exists()


class Typing(io.StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("word", "used"), [("y", True), ("n", False), ("", False)])
def test_a_person_at_a_terminal_decides(
    word: str,
    used: bool,
    cloud_home: Home,
    publisher: Listening,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", Typing(f"{word}\n"))
    seen = patch.dict(os.environ, cloud_home.for_process(), clear=True)
    with seen, contextlib.suppress(typer.Abort):
        refresh_prices(yes=False, address=publisher.address)
    assert "claude-haiku-5-5" in capsys.readouterr().out
    assert cloud_home.places.prices.exists() is used


def test_a_table_that_changes_nothing_here_says_so(
    cloud_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    with Listening(serving(published())) as server:
        refresh(cloud_home, server.address)
    assert "No price of the 4 models known or used here changes." in capsys.readouterr().out


def test_a_model_that_is_no_longer_listed_is_shown_as_refused(
    cloud_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    with Listening(serving(published(claude_haiku_5_5={}))) as server:
        refresh(cloud_home, server.address)
    assert "not known: refused" in capsys.readouterr().out


def test_a_damaged_table_is_told_and_the_installed_one_stands(
    cloud_home: Home, publisher: Listening
) -> None:
    refresh(cloud_home, publisher.address)
    file = cloud_home.places.prices
    file.write_bytes(file.read_bytes()[:-5])
    said = homeward(cloud_home, "prices")
    assert said.status == 0
    assert "is damaged, so the installed one is used." in said.out
    assert f"genai-prices {installed()}" in said.out
    assert "refreshed" not in said.out.replace("prices refresh", "")


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"[]", b'[{"id": "x"}]'], ids=["nothing", "a page", "none", "half"]
)
def test_what_is_no_table_changes_nothing(cloud_home: Home, data: bytes) -> None:
    with Listening(serving(data)) as server, pytest.raises(typer.Exit) as ended:
        refresh(cloud_home, server.address)
    assert ended.value.exit_code == 1
    assert not cloud_home.places.prices.exists()


async def _endless(_: Request, reply: Reply) -> None:
    await reply.begin(200)
    for _ in range(LARGEST // 2**20 + 1):
        await reply.piece(b" " * 2**20)
    await reply.end()


async def _redirects(_: Request, reply: Reply) -> None:
    await reply.whole(302, b"", location="https://elsewhere.example/data.json")


async def _silent(_: Request, reply: Reply) -> None:
    await anyio.sleep_forever()


async def _breaks_off(_: Request, reply: Reply) -> None:
    await reply.begin(200)
    await reply.piece(b"[")
    reply.slam()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (serving(b"[]", 404), "status 404"),
        (_endless, "far more than a price table"),
        (_redirects, "elsewhere|redirect|another"),
        (_silent, "took too long"),
        (_breaks_off, "could not be fetched"),
    ],
    ids=["not there", "endless", "elsewhere", "silent", "breaks off"],
)
async def test_a_publisher_that_fails_is_told_in_a_sentence(
    handler: Callable[[Request, Reply], Awaitable[None]], says: str
) -> None:
    with Listening(handler) as server, pytest.raises(HomewardError, match=says):
        await fetched(server.address, within_s=1.0 if handler is _silent else 30.0)
    assert len(server.requests) == 1


@pytest.mark.anyio
async def test_no_other_host_is_ever_asked(publisher: Listening) -> None:
    assert await fetched(publisher.address) == DEARER
    with pytest.raises(HomewardError):
        await fetched("http://example.com/data.json")
    with pytest.raises(UnusablePrices):
        await fetched("http://127.0.0.1:9/data.json", within_s=5)
