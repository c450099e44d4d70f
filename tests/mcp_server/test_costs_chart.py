"""Charts of costs: drawn without a display, the same bytes for the same figures."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger import SqliteLedger
from ledger.daily import Slice
from mcp_server.cli.costs_chart import draw
from tests.homes import Home
from tests.ledger.lines import entry, outcome
from tests.mcp_server.commands import homeward
from tests.mcp_server.costing import NOW, books, report
from vocabulary import Money

__all__ = ["books"]
PNG = b"\x89PNG\r\n\x1a\n"


def test_charts_are_written_and_the_same_figures_give_the_same_bytes(
    home: Home, books: SqliteLedger, tmp_path: Path
) -> None:
    for days in range(3):
        books.note(entry(at=NOW - timedelta(days=days)), outcome(cost=Money(5_000_000)))
    for name in ("one", "two"):
        files = [str(tmp_path / f"{name}.{kind}") for kind in ("png", "svg")]
        said = homeward(home, "costs", "--period", "7d", "--png", files[0], "--svg", files[1])
        assert said.out.splitlines() == [f"Wrote {file}" for file in files]
    png, svg = ((tmp_path / f"one.{kind}").read_bytes() for kind in ("png", "svg"))
    assert png.startswith(PNG)
    assert b"<text" in svg
    assert b"anthropic/claude-haiku-5-5-20261001" in svg
    assert b"<dc:date>" not in svg
    assert (png, svg) == tuple((tmp_path / f"two.{kind}").read_bytes() for kind in ("png", "svg"))


def test_a_chart_leaves_what_is_printed_alone(home: Home, tmp_path: Path) -> None:
    said = homeward(home, "costs", "--json", "--svg", str(tmp_path / "a.svg"))
    assert '"period":"month"' in said.out
    assert (tmp_path / "a.svg").exists()


def test_drawing_changes_nothing_of_the_process(home: Home, tmp_path: Path) -> None:
    import matplotlib as mpl

    ours = ("svg.fonttype", "svg.hashsalt", "font.size", "font.family", "hatch.linewidth")
    before = {name: mpl.rcParams[name] for name in ours}
    assert homeward(home, "costs", "--svg", str(tmp_path / "a.svg")).status == 0
    assert {name: mpl.rcParams[name] for name in ours} == before
    assert "matplotlib.pyplot" not in sys.modules


def slice_of(day: date, name: str, spent: int, baseline: int = 0) -> Slice:
    return Slice(day=day, name=name, spent=Money(spent), baseline=Money(baseline))


def test_the_bars_are_as_high_as_the_money_and_savings_may_be_below_zero() -> None:
    first = date(2026, 11, 1)
    slices = [
        slice_of(first, "a", 2_000_000, 5_000_000),
        slice_of(first, "b", 1_000_000, 0),
        slice_of(first + timedelta(2), "a", 500_000, 500_000),
    ]
    above, below = draw(slices, report(first=first, last=first + timedelta(6)), baseline="x").axes
    assert [[patch.get_height() for patch in bars][:3] for bars in above.containers] == [
        [2.0, 0.0, 0.5],
        [1.0, 0.0, 0.0],
    ]
    assert above.containers[1][0].get_y() == 2.0
    assert [[patch.get_height() for patch in bars][:3] for bars in below.containers] == [
        [3.0, 0.0, 0.0],
        [-1.0, 0.0, 0.0],
    ]
    assert below.containers[1][0].get_y() == 0.0


def test_what_has_no_colour_of_its_own_is_drawn_together() -> None:
    slices = [slice_of(date(2026, 11, 1), f"_m{n}$", 1000 * (n + 1)) for n in range(9)]
    figure = draw(slices, report(), baseline="x")
    [legend] = figure.legends
    assert len(legend.get_texts()) == 6
    assert legend.get_texts()[-1].get_text() == "others"
    assert r"_m8\$" in legend.get_texts()[0].get_text()
    assert figure.axes[0].containers[-1][0].get_height() == pytest.approx(0.01)


@pytest.mark.parametrize(("days", "bars"), [(92, 92), (200, 30), (800, 27)])
def test_long_times_are_drawn_by_week_and_by_month(days: int, bars: int) -> None:
    first = date(2024, 1, 1)
    slices = [slice_of(first + timedelta(n), "a", 1000) for n in range(days)]
    figure = draw(slices, report(first=None, last=None, period="all"), baseline="x")
    heights = [patch.get_height() for patch in figure.axes[0].containers[0]]
    assert sum(heights) == pytest.approx(days / 1000)
    assert abs(len(heights) - bars) <= 1


def test_without_the_library_the_person_is_told_what_to_install(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = homeward(home, "costs", "--png", str(tmp_path / "a.png"))
    assert said.status == 1
    assert "pip install 'homeward[charts]'" in said.err


@pytest.mark.parametrize(
    ("file", "words"), [("no/such/a.png", "does not exist"), (".", "cannot be written")]
)
def test_a_chart_that_cannot_be_written_is_an_error(
    home: Home, tmp_path: Path, file: str, words: str
) -> None:
    said = homeward(home, "costs", "--png", str(tmp_path / file))
    assert (said.status, words in said.err) == (1, True)
