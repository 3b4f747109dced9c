"""`python -m chalicelib.domain.lifecycle_diagram FILE`: draws the life cycle in a Markdown file, from its table."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from chalicelib.domain.lifecycle import ABSENT, TERMINAL, TRANSITIONS, Action

_START_OR_END = "[*]"
_DIAGRAM = re.compile(r"(?<=```mermaid\n)stateDiagram-v2\n.*?(?=\n```)", re.DOTALL)


def with_diagram(document: str) -> str:
    """The document with its one state diagram redrawn. Raises `ValueError` if it has none or several."""
    drawn, count = _DIAGRAM.subn(lambda _: diagram(), document)
    if count != 1:
        raise ValueError(f"the document must have one state diagram, and has {count}")
    return drawn


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


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_diagram(file.read_text(encoding="utf-8")), encoding="utf-8")
