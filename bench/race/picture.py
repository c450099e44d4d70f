"""Draws docs/assets/race.svg with matplotlib: readable on light and dark, bars as long as what they
stand for.
"""

from collections.abc import Mapping
from typing import Any

from bench.race.measure import ROOT
from bench.race.rows import BEGUN, COLUMNS, rows

PICTURE = ROOT / "docs" / "assets" / "race.svg"
PANELS = {
    BEGUN: "Start, s",
    "resident then, MB": "Resident then, MB",
    "`tools/list`, bytes": "tools/list, bytes",
    "in process: a call, p50, ms": "A call in process, ms",
    "as a server (stdio; the proxy HTTP): a call, p50, ms": "A call as a server, ms",
    "as a server: calls a second, 16 at once": "Calls a second, 16 at once",
}
OURS, OTHERS, FLOOR, INK = "#2f81f7", "#8957e5", "#8c959f", "#6e7781"


def draw(results: Mapping[str, Any]) -> None:
    """A panel for each of the measures, bars of the best rounds."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "race", "font.size": 9, "text.color": INK})
    mpl.rcParams.update({"xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK})
    figure, axes = plt.subplots(2, 3, figsize=(11, 4.6), layout="constrained")
    by = {row.what: row for row in rows(results)}
    for axis, (what, title) in zip(axes.flat, PANELS.items(), strict=True):
        row = by[what]
        there = [column for column in COLUMNS if column in row.cells][::-1]
        values = [row.cells[column].best for column in there]
        colours = [{"Homeward": OURS, "floor": FLOOR}.get(column, OTHERS) for column in there]
        # A floor may be far beyond those who race; its figure is told, and its bar cut.
        longest = max(row.cells[column].best for column in there if column != "floor")
        shown = [min(value, longest) for value in values]
        axis.barh(there, shown, color=colours)
        axis.set(title=title, xlim=(0, longest * 1.5))
        for place, (value, end) in enumerate(zip(values, shown, strict=True)):
            label = f" {value:,.{row.digits}f}" if value > 0.05 else " stood still"
            axis.text(end, place, label + " (cut)" * (end < value), va="center")
        axis.spines[["top", "right"]].set_visible(False)
        axis.minorticks_off()
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, transparent=True, metadata={"Date": None})
    plt.close(figure)
