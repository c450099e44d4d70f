"""Draws curves of quality recovered over strong calls: an SVG, readable on light and dark."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.chart import COLOURS, STYLE
from bench.routing.curve import recovered
from bench.routing.rows import Array, Rows

WIDTH, HEIGHT, LEFT, TOP, SIDE = 300, 260, 44, 34, 180
POINTS = np.linspace(0, 1, 41)
HIGHEST = 1.2


def draw(path: Path, panels: Sequence[tuple[Rows, Mapping[str, Array]]]) -> None:
    """Write one panel for each file of rows, side by side; the straight line is chance."""
    drawn = "".join(
        f'<g transform="translate({number * WIDTH} 0)">{_panel(rows, ways)}</g>'
        for number, (rows, ways) in enumerate(panels)
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}"'
        f' role="img"><style>{STYLE}</style>{drawn}</svg>\n',
        encoding="utf-8",
    )


def _at(x: float, y: float) -> str:
    return f"{LEFT + x * SIDE * 1.3:.1f},{TOP + (HIGHEST - y) / HIGHEST * SIDE:.1f}"


def _panel(rows: Rows, ways: Mapping[str, Array]) -> str:
    parts = [f'<text class="title" x="{LEFT}" y="14">{rows.name[:40]}</text>']
    for share in (0, 0.5, 1):
        x, y = _at(share, share).split(",")
        across = f"{LEFT + SIDE * 1.3:.1f}"
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{across}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y}" dy="4" text-anchor="end">{share:.0%}</text>')
        parts.append(f'<text x="{x}" y="{TOP + SIDE + 15}" text-anchor="middle">{share:.0%}</text>')
    parts.append(
        f'<text x="{LEFT + SIDE * 0.65}" y="{HEIGHT - 12}" text-anchor="middle">'
        "calls to the strong model</text>"
    )
    start, end = _at(0, 0), _at(1, 1)
    parts.append(f'<polyline class="grid" fill="none" points="{start} {end}"/>')
    for number, (name, scores) in enumerate(ways.items()):
        shares, gap = recovered(scores, rows)
        line = " ".join(
            _at(x, y) for x, y in zip(POINTS, np.interp(POINTS, shares, gap), strict=True)
        )
        colour = COLOURS[number]
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{line}"/>'
            f'<text x="{LEFT + 66 * number}" y="28" style="fill:{colour}">{name}</text>'
        )
    return "".join(parts)
