"""`homeward costs reconcile`: what differs from a provider's export, and the exit status."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from ledger import SqliteLedger
from tests.homes import Home
from tests.ledger.lines import entry, outcome
from tests.mcp_server.commands import homeward
from tests.mcp_server.costing import NOW, books
from vocabulary import Money, Usage

__all__ = ["books"]
DAY = (NOW - timedelta(days=3)).date()
ON_THAT_DAY = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
COLUMNS = (
    "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_read,"
    "usage_output_tokens\n"
)
BILL = "usage_date_utc,model,token_type,cost_usd\n"


@pytest.fixture
def spent(home: Home, books: SqliteLedger) -> Home:
    """A home that asked Claude Haiku for two dollars, in two calls."""
    for _ in range(2):
        used = Usage(input_tokens=1000, output_tokens=300, cached_tokens=200)
        books.note(entry(at=ON_THAT_DAY), outcome(cost=Money(1_000_000), usage=used))
    return home


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "provider.csv"


@pytest.mark.parametrize(
    "text",
    [
        f"{COLUMNS}{DAY},claude-haiku-5-5-20261001,1600,400,600\n",
        f"{BILL}{DAY},Claude Haiku 5.5,input,1.50\n{DAY},Claude Haiku 5.5,output,0.50\n",
    ],
    ids=["usage", "cost"],
)
def test_books_and_export_that_agree_end_with_status_0(
    spent: Home, export: Path, text: str
) -> None:
    export.write_text(text, encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert "They agree; 1 day of a model compared." in said.out
    assert said.status == 0


def test_differences_are_listed_largest_first_with_their_reasons_and_status_1(
    spent: Home, export: Path
) -> None:
    more = f"{DAY},Claude Opus 5.5,output,0.25\n{DAY},Claude Opus 5,output,9.00\n"
    export.write_text(f"{BILL}{DAY},Claude Haiku 5.5,input,2.00\n{more}", encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert said.status == 1
    assert re.findall(r"claude-[\w-]+", said.out) == ["claude-opus-5", "claude-opus-5-5"]
    assert "+$9.000000" in said.out
    assert said.out.count("Only at the provider: calls that were not made through Homeward.") == 1
    assert "In all $11.25 at the provider, $2.00 in the books: +$9.25" in said.out
    assert "They differ in 2; 3 days of a model compared." in said.out


def test_programs_read_the_same_as_json(spent: Home, export: Path) -> None:
    export.write_text(f"{COLUMNS}{DAY},claude-haiku-5-5,1601,400,600\n", encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export), "--json")
    told = json.loads(said.out)
    assert (said.status, told["agrees"], told["provider"]) == (1, False, "anthropic")
    [difference] = told["differences"]
    assert difference["provider"] == {"input": 2001, "cached": 400, "output": 600}
    assert difference["books"] == {"input": 2000, "cached": 400, "output": 600}
    assert (difference["difference_usd"], difference["counts"]) == (None, True)


@pytest.mark.parametrize("width", ["60", "120"])
def test_differences_fit_the_terminal(spent: Home, export: Path, width: str) -> None:
    lines = "".join(f"{DAY},{'Claude Very Long Name ' * 3}{n},output,1{n}.00\n" for n in range(50))
    export.write_text(BILL + lines, encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export), COLUMNS=width)
    assert max(map(cell_len, said.out.splitlines())) <= int(width)
    assert "11 smaller ones are not shown; --json gives all." in " ".join(said.out.split())


def test_days_may_be_said_where_the_export_has_no_line_of_them(spent: Home, export: Path) -> None:
    export.write_text(BILL, encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert (said.status, "Say it with --from and --to." in said.err) == (1, True)
    between = ("--from", str(DAY), "--to", str(DAY))
    said = homeward(spent, "costs", "reconcile", str(export), *between)
    assert (said.status, "-$2.000000" in said.out) == (1, True)
    said = homeward(spent, "costs", "reconcile", str(export), "--from", "2026-01-02", *between[2:])
    assert said.status == 1
    said = homeward(
        spent, "costs", "reconcile", str(export), "--from", str(DAY), "--to", "2020-02-02"
    )
    assert f"No day lies from {DAY} to 2020-02-02." in said.err


def test_an_unknown_column_is_named(spent: Home, export: Path) -> None:
    text = f"{COLUMNS.rstrip()},novel\x1b_tokens\n{DAY},claude-haiku-5-5,1600,400,600,7\n"
    export.write_text(text, encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert "Not read, because unknown here: novel?_tokens." in said.out


def test_a_line_that_cannot_be_read_is_one_sentence(spent: Home, export: Path) -> None:
    export.write_text(f"{BILL}{DAY},m,output,lots\n", encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert (said.status, said.out) == (1, "")
    assert f"{export}, line 2: “lots” is no amount of money. Export the file anew" in said.err


def test_where_there_is_no_money_tokens_are_listed(spent: Home, export: Path) -> None:
    export.write_text(f"{COLUMNS}{DAY},claude-haiku-5-5,11600,400,600\n", encoding="utf-8")
    said = homeward(spent, "costs", "reconcile", str(export))
    assert said.status == 1
    assert ["12,600", "2,600", "+10,000", "1"] in [
        line.split()[2:] for line in said.out.splitlines()
    ]
    assert "The export has no money in it." in said.out


def test_many_differences_too_small_to_list_are_told_together(
    home: Home, books: SqliteLedger, export: Path
) -> None:
    for number in range(3):
        model = {"model_asked": f"m{number}", "provider": "openrouter"}
        served = outcome(cost=Money(1_000_000), model_served=f"m{number}")
        books.note(entry(at=ON_THAT_DAY, **model), served)
    lines = "".join(f"{DAY},m{number},1.009,1\n" for number in range(3))
    export.write_text(f"Date,Slug,Usage,Requests\n{lines}", encoding="utf-8")
    said = homeward(home, "costs", "reconcile", str(export))
    assert said.status == 1
    assert "They differ in all, though by too little on each; 3 days of a model" in said.out
