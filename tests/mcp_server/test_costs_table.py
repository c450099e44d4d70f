"""The table of `homeward costs` fits its terminal, and says what its figures are."""

import io
import re
from datetime import date, timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from ledger import Budget, Left, Limit, Report
from ledger.budgets import LimitLeft
from mcp_server.cli.costs_signs import amount, bar, in_short, shown, spark
from mcp_server.cli.costs_table import show_report
from tests.mcp_server.costing import NAMES, RENEWS, group, report
from vocabulary import Money

BASELINE = "anthropic/claude-fable-5-2"
BY_MODEL = report(group(NAMES[0], 12_345_678_901), group(NAMES[1], 100), group(NAMES[2]))
BY_DAY = report(*(group(f"2026-11-0{n}", n % 4 * 1000) for n in (1, 2, 3, 4, 6)), by="day")


def printed(
    model: Report = BY_MODEL,
    days: Report = BY_DAY,
    *,
    width: int = 120,
    encoding: str = "utf-8",
    budget: Budget | None = None,
) -> str:
    """What a terminal of this width and encoding is sent; an unprintable sign is an error."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    out = Console(file=file, width=width, highlight=False, color_system=None)
    limits = budget or Budget(monthly=Money(50_000_000))
    show_report(out, model, days, baseline=BASELINE, budget=limits)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.fixture(autouse=True)
def no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONIOENCODING", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_wider_than_the_terminal(width: int, encoding: str) -> None:
    assert max(map(cell_len, printed(width=width, encoding=encoding).splitlines())) <= width


@pytest.mark.parametrize("width", [60, 120])
def test_amounts_are_whole_and_right_aligned(width: int) -> None:
    lines = printed(width=width).splitlines()
    found = [re.search(r"\$[\d,.]+(?= )", line) for line in lines[1:]][:13]
    amounts = [match for match in found if match]
    assert [match.group() for match in amounts] == [
        "$12,345.678901",
        "$0.000100",
        "$0.000000",
        "$12,345.679001",
    ]
    assert len({match.end() for match in amounts}) == 1


def test_a_wide_terminal_shows_whole_numbers_and_bars() -> None:
    told = printed(width=140)
    head, first = told.splitlines()[:2]
    assert head.split() == [
        *("model", "requests", "tokens", "in", "tokens", "out", "spent", "saved"),
        *("share", "of", "spent"),
    ]
    assert "1,234,567" in first
    assert re.search(r"100% █+", first)


def test_a_narrow_one_shows_short_numbers_and_all_of_every_name() -> None:
    lines = printed(report(group(NAMES[0], 5), group(NAMES[1], 6)), width=60).splitlines()
    assert lines[0].split() == ["model", "req.", "in", "out", "spent", "saved"]
    assert "1.2M" in lines[1]
    names = "".join(line.partition("  ")[0].strip() for line in lines[1 : lines.index("")])
    assert names == f"{NAMES[0]}{NAMES[1]}all"


def test_where_money_needs_the_room_tokens_are_left_out() -> None:
    assert printed(width=60).splitlines()[0].split() == ["model", "req.", "spent", "saved"]
    assert printed(width=40).splitlines()[0].split() == ["model", "spent", "saved"]


def test_the_sum_stands_below_several_lines_only() -> None:
    assert re.search(r"^all ", printed(), re.MULTILINE)
    assert not re.search(r"^all ", printed(report(group(NAMES[0], 5))), re.MULTILINE)


def test_where_nothing_was_spent_the_bars_are_of_requests() -> None:
    told = printed(report(group("ollama/a", requests=3), group("ollama/b", requests=1)))
    assert "share of requests" in told
    assert " 75% " in told


def test_money_lost_on_trying_is_shown_as_negative() -> None:
    assert "-$0.500000" in printed(report(group("m", 1_500_000, baseline=Money(1_000_000))))


def test_spend_by_day_is_one_line_with_its_height_said() -> None:
    told = printed()
    assert "▃▆█·▆··" not in told.splitlines()[0]
    assert re.search(r"^▃▆█·", told, re.MULTILINE)
    assert "Spent by day, 2026-11-01 – 2026-11-0" in told
    assert "most on 2026-11-03: $0.003." in told


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(report(by="day"), id="nothing at all"),
        pytest.param(report(group("2026-11-01"), by="day"), id="nothing spent"),
        pytest.param(report(group("2026-11-01", 9), by="day", period="today"), id="one day"),
        pytest.param(
            report(group("2026-11-01", 9), by="day", period="all", first=None, last=None),
            id="one day of all",
        ),
    ],
)
def test_without_several_days_of_spending_there_is_no_such_line(days: Report) -> None:
    assert "Spent by" not in printed(days=days)


def test_a_long_time_is_put_together_to_fit() -> None:
    first = date(2024, 1, 1)
    rows = [group(str(first + timedelta(n)), 5) for n in range(400)]
    told = printed(days=report(*rows, by="day", period="all", first=None, last=None), width=60)
    assert "Spent by 7 days, 2024-01-01" in told
    assert max(map(cell_len, told.splitlines())) <= 60


def test_the_baseline_and_what_is_not_counted_are_said_in_words() -> None:
    told = printed()
    assert f"Saved is against {BASELINE}: what the same tokens would have cost there." in told
    assert "The assistant's own tokens for handing work over are not counted." in told


def test_what_is_left_of_every_limit_is_said_with_when_it_renews() -> None:
    part = Limit(scope="provider", name="openai", daily=Money(2_000_000))
    left = Left(
        day=Money(500_000),
        month=Money(0),
        day_renews=RENEWS,
        month_renews=RENEWS,
        limits=(LimitLeft(limit=part, day=Money(1_250_000), month=None),),
    )
    budget = Budget(monthly=Money(50_000_000), daily=Money(1_000_000), limits=(part,))
    told = printed(report(left=left), budget=budget)
    assert (
        "Budget left: today 0.50 USD, month 0.00 USD. Renewed: the day's 1.00 USD on "
        "2026-12-01 00:00, the month's 50.00 USD on 2026-12-01 00:00."
    ) in " ".join(told.split())
    assert "Left for provider openai: today 1.25 USD; the limit is today 2.00 USD." in told


def test_a_limit_below_a_cent_is_told_whole() -> None:
    part = Limit(scope="provider", name="openai", daily=Money(100))
    left = Left(
        day=Money(4),
        month=None,
        day_renews=RENEWS,
        month_renews=RENEWS,
        limits=(LimitLeft(limit=part, day=Money(20), month=None),),
    )
    told = printed(report(left=left), budget=Budget(monthly=None, daily=Money(100), limits=(part,)))
    assert "Budget left: today 0.000004 USD. Renewed: the day's 0.0001 USD on " in told
    assert "Left for provider openai: today 0.00002 USD; the limit is today 0.0001 USD." in told


def test_a_budget_without_a_limit_is_said_to_be_so() -> None:
    left = Left(day=None, month=None, day_renews=RENEWS, month_renews=RENEWS)
    assert "Budget left: no limit.\n" in printed(report(left=left), budget=Budget())


def test_what_was_never_confirmed_is_said() -> None:
    told = printed(report(group("m", 5000), unconfirmed=Money(4000)))
    assert "$0.004 is the worst case of calls whose count never came" in told


def test_names_cannot_speak_to_the_terminal() -> None:
    told = printed(report(group("evil\x1b[2J\rname[bold]")))
    assert "evil?[2J?name[bold]" in told


def test_a_terminal_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    told = printed(report(group("modèle", 100)), encoding="ascii")
    assert "mod?le" in told
    assert "100% ####" in told
    assert "2026-11-01 - 2026-11-0" in told
    monkeypatch.setenv("LC_ALL", "de_DE.ISO-8859-15")
    assert printed().isascii()
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert not printed().isascii()


@pytest.mark.parametrize(
    ("amounts", "line", "plain"),
    [
        ([], "", ""),
        ([0, 0], "··", "__"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█", ".:-=+*#@"),
        ([1, 0, 1_000_000], "▁·█", "._@"),
        ([5], "█", "@"),
    ],
)
def test_a_line_of_bars_tells_nothing_from_little(
    amounts: list[int], line: str, plain: str
) -> None:
    assert (spark(amounts), spark(amounts, plain=True)) == (line, plain)


@pytest.mark.parametrize(
    ("share", "drawn", "plain"),
    [(0, "", ""), (1, "████", "####"), (0.5, "██", "##"), (0.3, "█▎", "#"), (0.01, "", "")],
)
def test_a_bar_is_as_long_as_its_share(share: float, drawn: str, plain: str) -> None:
    assert (bar(share, 4), bar(share, 4, plain=True)) == (drawn, plain)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (99_949, "99.9k"),
        (99_999, "100k"),
        (999_949, "1000k"),
        (1_234_567, "1.2M"),
        (5_000_000_000, "5.0G"),
        (7 * 10**12, "7.0T"),
    ],
)
def test_large_counts_in_short(count: int, text: str) -> None:
    assert in_short(count) == text


def test_amounts_to_the_micro_dollar() -> None:
    assert [amount(Money(n)) for n in (0, -1, 1_234_567_890)] == [
        "$0.000000",
        "-$0.000001",
        "$1,234.567890",
    ]
    assert shown("a\tb") == "a?b"
