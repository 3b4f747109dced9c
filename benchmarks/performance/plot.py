"""Draws the plots as SVG."""

import sys
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style

from benchmarks.performance.section import Plot

# pygal installs an import hook for its plugins in the form of Python 3.3. Python would warn of it at each later import.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    colors=("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777"),  # Paul Tol's "bright"
    font_family="sans-serif",
    guide_stroke_color="#dddddd",
    major_guide_stroke_color="#dddddd",
    value_colors=("#000000",) * 7,
    value_font_size=12,
    opacity=0.6,
)
_LOOK: dict[str, Any] = {"style": _STYLE, "js": (), "width": 760, "height": 420, "explicit_size": True}


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
    """One line for each. `is_logarithmic` applies to both axes; every x that has a point is then labelled."""
    chart = pygal.XY(
        title=plot.title,
        x_title=plot.x,
        y_title=plot.y,
        logarithmic=plot.is_logarithmic,
        x_value_formatter=_text,
        value_formatter=_text,
        legend_at_bottom=True,
        dots_size=3,
        **_LOOK,
    )
    if plot.is_logarithmic:
        chart.x_labels = sorted({x for line in plot.lines for x, _ in line.points})
    for line in plot.lines:
        chart.add(line.name, line.points)
    return chart


def _text(value: float | tuple[float, float]) -> str:
    number = value[1] if isinstance(value, tuple) else value
    return f"{number:,.3g}" if abs(number) < 1000 else f"{number:,.0f}"
