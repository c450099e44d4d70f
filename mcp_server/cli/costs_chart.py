"""A chart of days: what was spent, and below it what was saved, divided by name.

Made with matplotlib's own objects, never its global state, so no display is needed and nothing of
the process changes. The same figures give the same bytes.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ledger import Report
from ledger.daily import Slice
from mcp_server.cli.costs_signs import shown
from mcp_server.cli.lines import Unreadable
from vocabulary import HomewardError, Money

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["png", "svg"]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Okabe and Ito's palette, told apart by colour-blind people too; hatches do it without colour."""
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---")
REST = "#999999"
SIZE = (8.0, 5.2)
"""Inches; fits the width of a page held upright, at 200 dots an inch."""
DPI = 200
MOST_DAYS, MOST_WEEKS = 92, 92 * 7
"""Days up to which each has a bar of its own, and then each week; after that each month has."""

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "homeward",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "hatch.linewidth": 0.4,
}


class NoCharts(HomewardError):
    """The library that draws is not installed."""


def write_chart(
    path: Path,
    kind: Kind,
    slices: Sequence[Slice],
    report: Report,
    *,
    baseline: str,
) -> None:
    """Draw the slices of a report's days to a file; what is there is overwritten.

    Raises:
        NoCharts: matplotlib is not installed.
        Unreadable: the file cannot be written.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise NoCharts(
            "Charts need matplotlib, which is not installed.",
            fix="Install it with `pip install 'homeward[charts]'`.",
        ) from error
    if not path.absolute().parent.is_dir():
        raise Unreadable(f"The folder of {path} does not exist.", fix="Make it, or name another.")
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": "Homeward"}
    with mpl.rc_context(_STYLE):
        figure = draw(slices, report, baseline=baseline)
        try:
            figure.savefig(path, format=kind, dpi=DPI, metadata=metadata)
        except OSError as error:
            raise Unreadable(
                f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
            ) from error


def draw(slices: Sequence[Slice], report: Report, *, baseline: str) -> "Figure":
    """The figure: what was spent above, what was saved below, on one axis of time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    bars, labels = _bars(slices, report)
    names = _names(slices)
    _stacks(above, [(bars[each.day], each.name, each.spent) for each in slices], names, labels)
    saved = [(bars[each.day], each.name, Money(each.baseline - each.spent)) for each in slices]
    _stacks(below, saved, names, labels)
    below.axhline(0, color="#444444", linewidth=0.6)
    above.set_ylabel("spent (USD)")
    below.set_ylabel("saved (USD)")
    below.set_xlabel(f"saved: against {_literal(baseline)} for the same tokens", fontsize=8)
    if not report.spent:
        middle = above.transAxes
        above.text(0.5, 0.5, "Nothing was spent.", ha="center", va="center", transform=middle)
    _time(below, labels)
    if names:
        shapes, words = above.get_legend_handles_labels()
        figure.legend(shapes, words, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    figure.suptitle(_title(report), x=0.01, ha="left", fontsize=11)
    return figure


def _names(slices: Sequence[Slice]) -> list[str]:
    """The names with a colour of their own, dearest first; `""` stands for the rest."""
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in slices:
        spent, baseline = totals[each.name]
        totals[each.name] = spent + each.spent, baseline + each.baseline
    names = sorted(totals, key=lambda name: (*(-amount for amount in totals[name]), name))
    return names if len(names) <= len(COLOURS) else [*names[: len(COLOURS) - 1], ""]


def _stacks(
    axes: "Axes",
    parts: Sequence[tuple[int, str, Money]],
    names: Sequence[str],
    labels: Sequence[str],
) -> None:
    """Amounts by bar and name, one upon the other; what is below zero is stacked downwards."""
    heights = {name: [0.0] * len(labels) for name in names}
    for bar, name, amount in parts:
        heights[name if name in heights else ""][bar] += amount / 1e6
    up, down = [0.0] * len(labels), [0.0] * len(labels)
    for place, name in enumerate(names):
        base = [up[n] if height >= 0 else down[n] for n, height in enumerate(heights[name])]
        axes.bar(
            range(len(labels)),
            heights[name],
            width=0.82,
            bottom=base,
            label=_literal(name) if name else "others",
            color=COLOURS[place] if name else REST,
            hatch=HATCHES[place] if name else "",
            edgecolor="white",
            linewidth=0.3,
        )
        for n, height in enumerate(heights[name]):
            (up if height >= 0 else down)[n] += height
    if not any(up) and not any(down):
        axes.set_ylim(0, 1)
    _tidy(axes)


def _tidy(axes: "Axes") -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(_dollars)
    axes.tick_params(labelsize=8)


def _dollars(value: float, _: float = 0) -> str:
    """A mark on the axis, to as many digits as it has."""
    text = f"{value:,.6f}".rstrip("0")
    whole, _dot, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


def _time(axes: "Axes", labels: Sequence[str]) -> None:
    every = -(-len(labels) // 10)
    places = range(0, len(labels), every)
    axes.set_xticks(list(places), [labels[place] for place in places])
    axes.set_xlim(-0.6, max(len(labels), 1) - 0.4)


def _bars(slices: Sequence[Slice], report: Report) -> tuple[dict[date, int], list[str]]:
    """Which bar a day belongs to, and what stands below each bar."""
    days = [each.day for each in slices]
    first = report.first or min(days, default=date.today())
    last = max([first, *days, min(report.last or date.min, date.today())])
    every = [first + timedelta(n) for n in range((last - first).days + 1)]
    bars: dict[date, int] = {}
    labels: list[str] = []
    for day in every:
        label = _label(day, len(every))
        if not labels or labels[-1] != label:
            labels.append(label)
        bars[day] = len(labels) - 1
    return bars, labels


def _label(day: date, days: int) -> str:
    if days <= MOST_DAYS:
        return f"{day:%m-%d}"
    if days <= MOST_WEEKS:
        return f"{day - timedelta(day.weekday()):%Y-%m-%d}"
    return f"{day:%Y-%m}"


def _title(report: Report) -> str:
    when = report.period if report.first is None else f"{report.first} to {report.last}"
    return (
        f"Homeward, {when}: spent {report.spent / 1e6:,.2f} USD, "
        f"saved {report.saved / 1e6:,.2f} USD"
    )


def _literal(name: str) -> str:
    """A name as it is: a dollar sign would begin a formula, an underscore hides from the legend."""
    text = shown(name if len(name) <= 36 else f"{name[:35]}…").replace("$", r"\$")
    return f"\N{ZERO WIDTH SPACE}{text}" if text.startswith("_") else text
