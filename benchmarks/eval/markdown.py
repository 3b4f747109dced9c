"""Tables and numbers in Markdown."""

import re
from collections.abc import Iterable, Sequence

from benchmarks.eval.figure import Unit
from benchmarks.eval.ratio import Ratio

NOTHING = "—"
_MARKUP = re.compile(r"([\\*_\[<>#~])")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    """`numbers`: align every column after the first to the right."""
    rule = ["---", *["---:" if numbers else "---"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in [head, rule, *rows])


def cell(text: str) -> str:
    """The text as part of a table."""
    return text.replace("|", "\\|").replace("\n\n", "<br><br>").replace("\n", " ")


def verbatim(text: str) -> str:
    """A model's text, so that Markdown shows it as it is. It cannot contain links and code."""
    return _MARKUP.sub(r"\\\1", text).replace("]", "&#93;").replace("`", "&#96;")


def ratio(value: Ratio, unit: Unit) -> str:
    return number(value.value, unit)


def number(value: float | None, unit: Unit) -> str:
    """A share in per cent, and three digits or more of everything else."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.SHARE:
            return f"{value * 100:.1f} %"
        case Unit.USD:
            return f"${value:.6f}"
        case Unit.NUMBER:
            return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
