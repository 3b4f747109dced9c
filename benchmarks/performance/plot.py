"""Draws the plots as SVG."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygal
from pygal.style import CleanStyle

from benchmarks.performance.section import Plot

_LOOK: dict[str, Any] = {"style": CleanStyle, "js": (), "width": 760, "height": 420, "explicit_size": True}


def draw(plot: Plot, path: Path) -> None:
    """Write the plot to this file."""
    are_bars = all(len(line.points) == 1 for line in plot.lines)
    chart = _bars(plot) if are_bars else _lines(plot)
    path.write_bytes(chart.render(disable_xml_declaration=False))


def _bars(plot: Plot) -> Any:
    """A bar for each line."""
    chart = pygal.HorizontalBar(
        title=plot.title, x_title=plot.y, print_values=True, show_legend=False, logarithmic=plot.is_logarithmic, **_LOOK
    )
    # pygal draws the first value at the bottom.
    lines = list(reversed(plot.lines))
    chart.x_labels = [line.name for line in lines]
    chart.add("", [line.points[0][1] for line in lines], formatter=_text)
    return chart


def _lines(plot: Plot) -> Any:
    """A line each. On logarithmic axes, every x that has a point is labelled."""
    place: Callable[[float], float] = math.log10 if plot.is_logarithmic else float
    chart = pygal.XY(
        title=plot.title,
        x_title=plot.x,
        y_title=plot.y,
        logarithmic=plot.is_logarithmic,
        x_value_formatter=lambda x: _text(10**x if plot.is_logarithmic else x),
        value_formatter=_text,
        legend_at_bottom=True,
        dots_size=3,
        **_LOOK,
    )
    if plot.is_logarithmic:
        chart.x_labels = sorted({place(x) for line in plot.lines for x, _ in line.points})
    for line in plot.lines:
        chart.add(line.name, [(place(x), y) for x, y in line.points])
    return chart


def _text(value: float | tuple[float, float]) -> str:
    number = value[1] if isinstance(value, tuple) else value
    return f"{number:,.3g}" if abs(number) < 1000 else f"{number:,.0f}"
