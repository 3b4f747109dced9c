"""The life cycle is drawn once, in docs/architecture.md, from the table in chalicelib/domain/lifecycle.py."""

from pathlib import Path

import pytest

from chalicelib.domain.lifecycle_diagram import diagram, with_diagram

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
DIAGRAM = "```mermaid\nstateDiagram-v2\n    a --> b: c\n```\n"


def test_the_drawn_life_cycle_is_that_of_the_table() -> None:
    """If this fails, run `make docs`."""
    document = DOCUMENT.read_text(encoding="utf-8")
    assert document == with_diagram(document)


def test_only_the_state_diagram_is_replaced() -> None:
    other = "```mermaid\nflowchart LR\n    a --> b\n```\n"
    assert with_diagram(f"{other}Text.\n{DIAGRAM}{other}") == f"{other}Text.\n```mermaid\n{diagram()}\n```\n{other}"


@pytest.mark.parametrize("document", ["", DIAGRAM * 2])
def test_a_document_without_its_one_diagram_is_refused(document: str) -> None:
    """`make docs` would otherwise change nothing, or the wrong place, without a word."""
    with pytest.raises(ValueError, match="must have one state diagram"):
        with_diagram(document)
