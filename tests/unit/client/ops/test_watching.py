"""`loresmith ops top`, whose stage may become unreachable while it is watched."""

import asyncio
import io
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live

from loresmith.ops.error import OpsError
from loresmith.ops.watching import watch
from tests.unit.chalicelib.operator import Operator


class Stage:
    """Functions whose reads succeed or fail in turn."""

    class target:  # noqa: N801
        name = "the stage prod"

    def __init__(self, *works: bool) -> None:
        self._figures = asyncio.run(Operator().read("status"))
        self._works = iter(works)

    def read(self, _operation: str) -> dict[str, Any]:
        if not next(self._works):
            raise OpsError("The stage prod cannot be reached.")
        found: dict[str, Any] = self._figures
        return found


def watched(*works: bool) -> str:
    """What is on the screen in the end."""
    stage: Any = Stage(*works)
    paper = io.StringIO()
    with Live(console=Console(file=paper, width=120), auto_refresh=False) as live:
        watch(stage, live, every_s=0, updates=len(works))
    return paper.getvalue()


def test_the_figures_stay_while_the_stage_cannot_be_reached() -> None:
    told = watched(True, False)
    assert "These figures are old. The stage prod cannot be reached. Trying again ..." in told
    assert "Running\nnone" in told


def test_new_figures_replace_the_warning() -> None:
    assert "These figures are old" not in watched(True, False, True)


def test_a_stage_that_cannot_be_reached_at_first_is_an_error() -> None:
    with pytest.raises(OpsError, match="cannot be reached"):
        watched(False)
