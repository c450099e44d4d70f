"""`homeward costs`: one report as a table, as JSON, as CSV; in a fresh home too."""

import csv
import io
import json
from pathlib import Path

import pytest

from ledger import SqliteLedger
from mcp_server.cli.costs import inert
from tests.homes import Home
from tests.ledger.lines import entry, outcome
from tests.mcp_server.commands import homeward
from tests.mcp_server.costing import NOW, books
from vocabulary import Money

__all__ = ["books"]
PNG = b"\x89PNG\r\n\x1a\n"


def test_in_a_fresh_home_everything_is_zero_and_nothing_fails(home: Home, tmp_path: Path) -> None:
    said = homeward(home, "costs", "--json")
    told = json.loads(said.out)
    assert (said.status, told["spent_usd"], told["requests"], told["groups"]) == (0, 0, 0, [])
    assert None not in told.values()  # left out, as the tool `cost_report` leaves it out
    assert homeward(home, "costs").out.startswith("month: spent 0.000000 USD, saved 0.000000 USD")
    assert homeward(home, "costs", "--csv").out.splitlines() == [
        "model,attempts,requests,answered,tokens_in,tokens_out,"
        "spent_usd,saved_usd,baseline_usd,unconfirmed_usd"
    ]
    assert homeward(home, "costs", "--png", str(tmp_path / "a.png")).status == 0
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_lines_for_a_spreadsheet_hold_plain_numbers_and_no_formula(
    home: Home, books: SqliteLedger
) -> None:
    books.note(entry(at=NOW, provider='=cmd|" /C calc"!A0', model_asked="m,1"), outcome())
    books.note(entry(at=NOW, provider="@b"), outcome(cost=Money(2_000_000), baseline=Money(0)))
    rows = list(csv.DictReader(io.StringIO(homeward(home, "costs", "--csv").out)))
    assert [row["model"][:3] for row in rows] == ["'@b", "'=c"]
    assert (rows[0]["spent_usd"], rows[0]["saved_usd"]) == ("2.000000", "-2.000000")
    assert (rows[1]["spent_usd"], rows[1]["tokens_in"]) == ("0.000400", "100")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", " =1", "\t=1", "\r@x", "'=1"])
def test_a_name_that_a_spreadsheet_would_run_is_made_text(name: str) -> None:
    assert inert(name) == f"'{name}"
    assert inert(f"a{name}") == f"a{name}"


def test_one_form_of_output_at_a_time(home: Home) -> None:
    said = homeward(home, "costs", "--json", "--csv")
    assert (said.status, "Say one of --json, --csv." in said.err) == (2, True)


def test_nothing_is_coloured_where_there_is_no_terminal(home: Home, books: SqliteLedger) -> None:
    books.note(entry(at=NOW), outcome())
    assert "\x1b" not in homeward(home, "costs").out
