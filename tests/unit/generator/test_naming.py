"""Names that differ: asked for together, and again where they do not."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from generator_service.kind import Named
from generator_service.naming import batch_schema, distinct


class Proposer:
    """Proposes the given names, round by round, and notes what it was asked for."""

    def __init__(self, *rounds: Sequence[str]) -> None:
        self.rounds = list(rounds)
        self.asked: list[tuple[int, list[str]]] = []

    async def __call__(self, count: int, taken: Sequence[str]) -> Sequence[Any]:
        self.asked.append((count, list(taken)))
        return [SimpleNamespace(name=name) for name in self.rounds.pop(0)]


async def rounds_of(propose: Proposer, count: int, taken: Sequence[str] = ()) -> list[list[str]]:
    return [[p.name for p in accepted] async for accepted in distinct(propose, count, taken)]


async def test_good_names_take_one_call() -> None:
    propose = Proposer(["Ada", "Bo", "Cy"])
    assert await rounds_of(propose, 3) == [["Ada", "Bo", "Cy"]]


async def test_only_missing_names_are_asked_for_again_and_the_good_ones_are_to_be_avoided() -> None:
    propose = Proposer(["Ada", "ADA", "  "], ["Bo", "Äda"], ["Cy"])
    assert await rounds_of(propose, 3, ["Zed"]) == [["Ada"], ["Bo"], ["Cy"]]
    assert propose.asked == [(3, ["Zed"]), (2, ["Zed", "Ada"]), (1, ["Zed", "Ada", "Bo"])]


async def test_names_are_asked_for_again_at_most_twice() -> None:
    propose = Proposer(["Zed"], ["zed"], ["ZED"], ["Ada"])
    assert await rounds_of(propose, 1, ["Zed"]) == [[], [], []]
    assert len(propose.asked) == 3


def test_the_form_of_a_names_call_wants_exactly_as_many_as_are_missing() -> None:
    form = batch_schema(Named, "names", 2)
    names = [{"name": name, "concept": "c"} for name in ("Ada", "Bo", "Cy")]
    form.model_validate({"names": names[:2]})
    for wrong in (names, names[:1]):
        with pytest.raises(ValidationError):
            form.model_validate({"names": wrong})
