"""The life cycle is drawn once, in docs/architecture.md, from the table in chalicelib/domain/lifecycle.py."""

import re
from collections.abc import Iterator
from pathlib import Path

from chalicelib.domain.lifecycle import ABSENT, TERMINAL, TRANSITIONS, Action

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
_START_OR_END = "[*]"


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, target, action in _arrows():
        arrows.setdefault((source, target), []).append(action)
    lines = [f"    {source} --> {target}: {', '.join(actions)}" for (source, target), actions in arrows.items()]
    ends = [f"    {status} --> {_START_OR_END}" for status in sorted(TERMINAL)]
    return "\n".join(["stateDiagram-v2", *lines, *ends])


def _arrows() -> Iterator[tuple[str, str, str]]:
    for action, (sources, target) in TRANSITIONS.items():
        for source in sorted(sources):
            # A discarded job is gone: the table has no status for that.
            end = _START_OR_END if action is Action.DISCARD else (target or source)
            yield (_START_OR_END if source == ABSENT else source), end, action


def test_the_drawn_life_cycle_is_that_of_the_table() -> None:
    """If this fails, paste the expected text into the document."""
    blocks = re.findall(r"```mermaid\n(.*?)\n```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert [block for block in blocks if block.startswith("stateDiagram")] == [diagram()]
