"""Draws growth: panels of lines over powers of ten, an SVG that is readable on light and dark."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 300, 250, 44, 34, 10, 44
COLOURS = ("#2f81f7", "#d29922", "#8957e5", "#3fb950")
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #57606a }
.title { font-weight: 600; fill: #1f2328 }
.grid { stroke: #8c959f; stroke-opacity: .3 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .title { fill: #f0f6fc } }
"""
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines by name; dashed where the name is of a bar that must not be passed."""

    title: str
    lines: Mapping[str, Points]
    dashed: frozenset[str] = frozenset()


def draw(path: Path, panels: Sequence[Panel], *, x_title: str) -> None:
    """Write the panels side by side."""
    drawn = "".join(
        f'<g transform="translate({number * WIDTH} 0)">{_panel(panel, x_title)}</g>'
        for number, panel in enumerate(panels)
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}"'
        f' role="img"><style>{STYLE}</style>{drawn}</svg>\n',
        encoding="utf-8",
    )


def _panel(panel: Panel, x_title: str) -> str:
    points = [point for line in panel.lines.values() for point in line]
    (x0, x1), (y0, y1) = (_decades([point[axis] for point in points]) for axis in (0, 1))

    def at(x: float, y: float) -> str:
        return (
            f"{LEFT + (math.log10(x) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT):.1f},"
            f"{HEIGHT - BOTTOM - (math.log10(y) - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM):.1f}"
        )

    parts = [f'<text class="title" x="{LEFT}" y="14">{panel.title}</text>']
    for power in range(y0, y1 + 1):
        (x, y), (end, _) = (at(10.0**side, 10.0**power).split(",") for side in (x0, x1))
        parts.append(f'<line class="grid" x1="{x}" x2="{end}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text x="{LEFT - 5}" y="{y}" dy="4" text-anchor="end">{10.0**power:g}</text>'
        )
    for power in range(x0, x1 + 1):
        x, _ = at(10.0**power, 10.0**y0).split(",")
        label = {3: "1k", 4: "10k", 5: "100k", 6: "1M"}.get(power, f"{10**power}")
        parts.append(
            f'<text x="{x}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{label}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{x_title}</text>')
    for number, (name, line) in enumerate(panel.lines.items()):
        dash, colour = ' stroke-dasharray="4 3"' * (name in panel.dashed), COLOURS[number]
        path = " ".join(at(x, y) for x, y in line)
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="{path}"/>'
        )
        name_x = LEFT + 66 * number
        parts.append(f'<text x="{name_x}" y="28" style="fill:{colour}">{name}</text>')
    return "".join(parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) - 1e-9)
    return low, max(high, low + 1)
