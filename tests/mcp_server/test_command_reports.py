"""`homeward models` and `homeward costs`: for people a table, for programs JSON."""

import json
import re

import pytest

from tests.homes import EASY, HARD, Home
from tests.mcp_server.commands import homeward
from tests.wire.faulty import Faulty

ZEROS = ("spent_usd", "saved_usd", "requests", "hit_rate", "local_share", "ms_p50")


def line_of(table: str, name: str) -> str:
    return next(line for line in table.splitlines() if name in line)


# --- models ---------------------------------------------------------------------------------


def test_every_model_is_listed_with_where_it_runs_its_price_and_whether_it_may_be_used(
    full_home: Home,
) -> None:
    full_home.openai("https://api.openai.com/v1")
    said = homeward(full_home, "models")
    assert said.status == 0
    local = line_of(said.out, "ollama/tiny:latest")
    assert " free " in local
    assert local.rstrip().endswith("yes")
    allowed = line_of(said.out, "anthropic/claude-haiku-5-5")
    assert allowed.rstrip().endswith("yes")
    assert re.search(r" [0-9.]+, [0-9.]+ ", allowed)
    assert line_of(said.out, "openai/gpt-6-luna").rstrip().endswith("no")
    assert "`homeward whitelist add cloud_api api.openai.com`" in said.out


def test_a_model_without_a_known_price_is_said_to_be_refused(full_home: Home) -> None:
    full_home.settings('[models."anthropic/claude-nobody-knows"]\nquality = 0.99\n')
    assert "unknown: refused" in line_of(homeward(full_home, "models").out, "nobody-knows")
    listed = json.loads(homeward(full_home, "models", "--json").out)
    [model] = [model for model in listed["models"] if "nobody" in model["id"]]
    assert model["usd_per_million"] is None


def test_the_list_is_json_for_programs(full_home: Home) -> None:
    said = homeward(full_home, "models", "--json")
    listed = json.loads(said.out)
    by_id = {model["id"]: model for model in listed["models"]}
    assert listed["not_answering"] == {}
    assert by_id["ollama/tiny:latest"] == {
        "id": "ollama/tiny:latest",
        "where": "local",
        "context": 4096,
        "quality": by_id["ollama/tiny:latest"]["quality"],
        "usd_per_million": [0.0, 0.0],
        "allowed": True,
    }
    reads, writes = by_id["anthropic/claude-haiku-5-5"]["usd_per_million"]
    assert 0 < reads < writes


def test_a_server_that_is_down_is_named_with_what_starts_it(home: Home) -> None:
    said = homeward(home, "models")
    assert said.status == 0
    assert "No model was found." in said.out
    assert "Nothing answers for Ollama at 127.0.0.1." in said.out
    assert "`ollama serve`" in said.out
    listed = json.loads(homeward(home, "models", "--json").out)
    assert listed["models"] == []
    assert "Nothing answers for Ollama" in listed["not_answering"]["ollama"]


def test_one_server_that_cannot_be_read_hides_no_other(local_home: Home, faulty: Faulty) -> None:
    local_home.settings(f'[providers.vllm]\naddress = "{faulty.at("nonsense")}"\n')
    said = homeward(local_home, "models")
    assert "ollama/tiny:latest" in said.out
    assert "vLLM at 127.0.0.1 gave an answer that cannot be read." in said.out


# --- costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["today", "7d", "month", "all"])
@pytest.mark.parametrize("by", ["model", "day", "task", "source"])
def test_in_a_fresh_home_every_report_is_valid_json_with_zeros(
    home: Home, period: str, by: str
) -> None:
    said = homeward(home, "costs", "--period", period, "--by", by, "--json")
    assert said.status == 0
    report = json.loads(said.out)
    assert report["period"] == period
    assert [report[name] for name in ZEROS] == [0] * len(ZEROS)
    assert report["groups"] == []
    assert report["left_month_usd"] == 50


def test_in_a_fresh_home_a_person_reads_the_same(home: Home) -> None:
    said = homeward(home, "costs")
    assert said.status == 0
    assert "month: spent 0.000000 USD" in said.out
    assert "Budget left: month 50.00 USD." in said.out


def test_what_was_spent_is_shown_by_where_it_went(full_home: Home) -> None:
    for prompt in (EASY, HARD, EASY):
        assert homeward(full_home, "ask", prompt, "--max-tokens", "40").status == 0
    report = json.loads(homeward(full_home, "costs", "--by", "source", "--json").out)
    spent = {group["name"]: group["cost_usd"] for group in report["groups"]}
    assert spent.keys() == {"cache", "local", "cloud"}
    assert report["spent_usd"] == spent["cloud"] > 0
    table = homeward(full_home, "costs", "--by", "source").out
    assert f"${spent['cloud']:.6f}" in line_of(table, "cloud")
    assert "3 requests, 33% cached" in table


def test_names_in_a_report_are_shown_as_they_are_not_as_markup(local_home: Home) -> None:
    local_home.settings('[models."ollama/tiny:latest"]\nquality = 0.7\n')
    homeward(local_home, "ask", EASY, "--max-tokens", "40")
    assert "ollama/tiny:latest" in homeward(local_home, "costs", "--by", "model").out


@pytest.mark.parametrize(
    "option", [("--period", "year"), ("--by", "colour")], ids=["period", "grouping"]
)
def test_an_unknown_period_or_grouping_is_a_usage_error(
    home: Home, option: tuple[str, str]
) -> None:
    said = homeward(home, "costs", *option)
    assert said.status == 2
    assert option[1] in said.err


def test_only_when_told_are_the_allowed_clouds_asked_what_they_have(full_home: Home) -> None:
    quiet = homeward(full_home, "models")
    asked = homeward(full_home, "models", "--ask-clouds")
    assert "anthropic/claude-" in quiet.out
    assert "anthropic/claude-" not in asked.out  # this one has the tests' tiny model only
