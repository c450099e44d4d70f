"""`homeward review`: what a person is shown of what cost money, and the change it makes."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from storage import Database
from storage.migrations import CACHE
from switchboard import Request
from switchboard.request import Answer
from tests.homes import HARD, NOBODY, Home
from tests.mcp_server.commands import Terminal, homeward
from tests.wire.scribe import Scribe

COLOURS = "What colour is a ripe banana?"


@dataclass
class Town:
    """A home with a weak model at home and a cloud, which note every call."""

    home: Home
    local: Scribe
    cloud: Scribe

    def ask(self, *prompts: str, **more: Any) -> list[Answer]:
        async def answers() -> list[Answer]:
            async with self.home.app() as app:
                return [
                    await app.switchboard.answer(
                        Request(prompt=each, caller="homeward ask", origin="terminal", **more)
                    )
                    for each in prompts
                ]

        return anyio.run(answers)

    def facts(self, *arguments: str) -> dict[str, Any]:
        said = homeward(self.home, "review", "--json", *arguments)
        assert said.status == 0, said.err
        found: dict[str, Any] = json.loads(said.out)
        return found


@pytest.fixture
def town(home: Home) -> Iterator[Town]:
    with Scribe(lambda _: ["Yellow."]) as local, Scribe(lambda _: ["Yellow."]) as cloud:
        home.environ["LMSTUDIO_BASE_URL"] = f"{local.address}/v1"
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        home.settings('[models."lmstudio/tiny"]\nquality = 0.2\n[routing]\nexplore = 0.0\n')
        yield Town(home=home, local=local, cloud=cloud)


def test_in_a_fresh_home_there_is_nothing_to_review(home: Home) -> None:
    said = homeward(home, "review")
    assert (said.status, said.out) == (
        0,
        "There is nothing to review: no request cost money in the last 7 days.\n",
    )
    facts = json.loads(homeward(home, "review", "--json", "--days", "1").out)
    assert (facts["requests"], facts["rows"], facts["suggestion"]) == (0, [], None)


def test_a_dear_answer_is_asked_for_again_at_home_and_compared(town: Town) -> None:
    [answer] = town.ask(COLOURS)
    assert not answer.local
    asked_of_cloud = len(town.cloud.heard)
    facts = town.facts()
    [row] = facts["rows"]
    assert row["id"] == answer.request_id
    assert row["cost_usd"] == facts["cost_usd"] > 0
    assert row["why"] == "chosen at once"
    assert row["cheaper"]["by"] == "replay"
    assert row["cheaper"]["model"] == "lmstudio/tiny"
    assert "it agrees by 100%" in row["cheaper"]["says"]
    assert facts["asked_again"] == 1
    assert len(town.cloud.heard) == asked_of_cloud  # nothing new was sent to a cloud
    assert len(town.local.heard) == 1


def test_a_real_model_is_asked_again(full_home: Home) -> None:
    answer = homeward(full_home, "ask", HARD, "--max-tokens", "20")
    assert " · cloud · " in answer.err, answer.err
    facts = json.loads(homeward(full_home, "review", "--json").out)
    [row] = facts["rows"]
    assert row["id"] in answer.err
    assert row["cost_usd"] > 0
    assert facts["says"].startswith("Too little is known")


def test_a_question_is_shown_at_a_terminal_and_nowhere_else_unless_wanted(town: Town) -> None:
    town.ask(COLOURS)
    quiet = homeward(town.home, "review", "--no-replay")
    assert COLOURS not in quiet.everything
    assert "anthropic/claude-haiku" in quiet.out
    assert "question" not in town.facts("--no-replay")["rows"][0]
    assert town.facts("--no-replay", "--texts")["rows"][0]["question"] == COLOURS
    with Terminal(town.home, "review", "--no-replay") as terminal:
        assert terminal.end() == 0
    assert COLOURS in terminal.seen
    assert town.local.heard == []


def test_asking_again_leaves_no_trace(town: Town) -> None:
    town.ask(COLOURS)

    def traces() -> tuple[Any, ...]:
        costs = json.loads(homeward(town.home, "costs", "--json").out)
        kept = json.loads(homeward(town.home, "cache", "stats", "--json").out)
        learned = json.loads(homeward(town.home, "router", "stats", "--json").out)
        return costs["requests"], kept["entries"], learned["requests"]

    before = traces()
    assert town.facts()["asked_again"] == 1
    assert traces() == before


def test_another_answer_at_home_would_not_have_done(town: Town) -> None:
    town.ask(COLOURS)
    town.local.answering = lambda _: ["Purple with green stripes."]
    [row] = town.facts()["rows"]
    assert (row["cheaper"]["by"], row["cheaper"]["would_do"]) == ("replay", False)


def test_a_request_with_more_than_its_question_is_not_asked_again(town: Town) -> None:
    town.ask(COLOURS, system="Answer like a pirate.")
    facts = town.facts()
    assert facts["asked_again"] == 0
    assert [row["cheaper"]["by"] for row in facts["rows"]] == ["forecast"]


def test_a_dead_model_at_home_is_told_and_the_rest_is_shown(town: Town) -> None:
    town.ask(COLOURS)
    town.home.environ["LMSTUDIO_BASE_URL"] = f"{NOBODY}/v1"
    facts = town.facts()
    assert facts["requests"] == 1
    assert "Nothing was asked again, for there is no model at home." in facts["notices"][0]


def test_one_word_on_the_cheap_answer_settles_it(town: Town) -> None:
    """The cheap answer was called bad; the question then went to a cloud."""
    town.home.settings('[models."lmstudio/tiny"]\nquality = 0.9\n')
    [cheap] = town.ask(COLOURS)
    assert cheap.local
    homeward(town.home, "feedback", cheap.request_id, "better")
    dear = homeward(town.home, "ask", COLOURS, "--improve", cheap.request_id)
    assert dear.status == 0, dear.err
    facts = town.facts("--no-replay")
    assert facts["requests"] == 1
    assert facts["cheaper"]["could"]["requests"] == 0
    [row] = facts["rows"]
    assert row["why"] == "a better answer than an earlier one was asked for"
    assert (row["cheaper"]["model"], row["cheaper"]["would_do"]) == ("lmstudio/tiny", False)


def test_the_cheapest_of_those_there_are_is_not_said_to_be_asked_for_by_name(town: Town) -> None:
    del town.home.environ["LMSTUDIO_BASE_URL"]
    town.ask(COLOURS)
    [row] = town.facts("--no-replay")["rows"]
    assert row["why"] == "the cheapest of those that could answer"
    assert row["cheaper"]["says"] == "no cheaper model was considered"


@pytest.mark.parametrize("columns", ["60", "80", "120", "40"])
def test_ids_and_money_are_whole_at_every_width(town: Town, columns: str) -> None:
    answers = [each for each in town.ask(COLOURS, HARD) if not each.local]
    assert len(answers) == 2
    said = homeward(town.home, "review", "--no-replay", "--texts", COLUMNS=columns).out
    table = said.partition("not known: ")[2]
    for answer in answers:
        rows = [line for line in table.splitlines() if answer.request_id in line]
        assert f"${answer.cost / 1e6:.6f}" in rows[0]
        assert len(rows[0].rstrip()) <= int(columns)
    assert "…" not in table.partition("What was asked")[0]
    assert said.count("chosen at once") == 1  # below the table, however many rows it is of
    assert COLOURS in " ".join(said.split())


@pytest.mark.parametrize("spoil", ["books", "cache"])
def test_what_is_damaged_is_told(town: Town, spoil: str) -> None:
    town.ask(COLOURS)
    places = town.home.places
    file = places.home_database if spoil == "books" else places.cache_database
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    file.write_bytes(b"no database" * 1000)
    said = homeward(town.home, "review")
    if spoil == "books":
        assert said.status == 1
        assert "is damaged." in said.err
    else:
        assert said.status == 0
        assert "The cache was damaged and has been moved" in said.out


def test_a_locked_cache_leaves_out_the_questions(town: Town) -> None:
    town.ask(COLOURS)
    with closing(Database(town.home.places.cache_database, CACHE)) as database:
        database.rows("pragma locking_mode = exclusive")
        with database.transaction():
            facts = town.facts("--texts")
    assert facts["requests"] == 1
    assert "question" not in facts["rows"][0]
    assert "What was asked is not known." in facts["notices"][0]


# --- the change -----------------------------------------------------------------------------


@pytest.fixture
def suggested(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """So much is known of answers asked again at home that a change is suggested."""
    monkeypatch.setattr("switchboard.suggesting.LEAST_REPLAYED", 1)
    monkeypatch.setattr("switchboard.suggesting.wilson", lambda good, total: good / total)
    town.ask(COLOURS)
    return town


def test_a_change_is_suggested_from_what_was_asked_again(suggested: Town) -> None:
    facts = suggested.facts()
    best = facts["suggestion"]
    assert best["rests_on"] == "replay"
    assert best["setting"].startswith("routing.")
    low, high = best["saves_usd_a_week"][1:]
    assert low <= best["saves_usd_a_week"][0] <= high
    assert "Too little is known for more than a hint" in facts["says"]
    said = homeward(suggested.home, "review")
    assert f"Set {best['setting']} from " in said.out
    assert "`homeward review --apply`" in said.out


def test_a_change_is_shown_written_and_can_be_undone(suggested: Town) -> None:
    path = suggested.home.places.settings
    before = path.read_bytes()
    key = suggested.facts()["suggestion"]["setting"].removeprefix("routing.")
    refused = homeward(suggested.home, "review", "--apply", stdin=b"n\n")
    assert refused.status == 1
    assert path.read_bytes() == before
    said = homeward(suggested.home, "review", "--apply", stdin=b"y\n")
    assert said.status == 0, said.err
    assert f"+{key} = " in said.out
    assert f"{key} = " in path.read_text(encoding="utf-8")
    [copy] = path.parent.glob("homeward.toml.*.bak")
    assert copy.read_bytes() == before
    assert f'Undo: mv "{copy}" "{path}"' in said.out
    assert homeward(suggested.home, "config", "show").status == 0


def test_a_program_that_applies_says_so(suggested: Town) -> None:
    assert homeward(suggested.home, "review", "--apply", "--json").status == 2
    assert suggested.facts("--apply", "--yes")["applied"] is True


def test_without_a_suggestion_nothing_is_applied(town: Town) -> None:
    before = town.home.places.settings.read_bytes()
    said = homeward(town.home, "review", "--apply", "--yes")
    assert (said.status, said.out.splitlines()[-1]) == (0, "There is nothing to apply.")
    assert town.home.places.settings.read_bytes() == before
