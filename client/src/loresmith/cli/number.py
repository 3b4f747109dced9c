"""Numbers on the command line, and what is said about those that are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import typer


def whole_number(least: float = -math.inf, most: float = math.inf) -> Callable[[str | int], int]:
    """The parser of an option that takes a whole number."""
    return lambda given: int(_within(least, most, given, int, "a whole number"))


def number(least: float) -> Callable[[str | float], float]:
    """The parser of an option that takes any number."""
    return lambda given: _within(least, math.inf, given, float, "a number")


def _within(least: float, most: float, given: str | float, kind: Callable[[str | float], float], name: str) -> float:
    try:
        value = kind(given)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise typer.BadParameter(f"must be {name}{_limits(least, most)}")
    return value


def _limits(least: float, most: float) -> str:
    if math.isfinite(most):
        return f", {least:g} to {most:g}"
    return f", at least {least:g}" if math.isfinite(least) else ""
