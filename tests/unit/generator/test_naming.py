"""Each piece gets a different name. Names that repeat are asked for again."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from generator_service.kind import Named
from generator_service.writing.naming import NameRules, batch_schema, distinct, free_initial


class Proposer:
    """Proposes the given names, round by round, and records the questions."""

    def __init__(self, *rounds: Sequence[str]) -> None:
        self.rounds = list(rounds)
        self.asked: list[tuple[int, list[str]]] = []
        self.initials: list[str | None] = []

    async def __call__(self, count: int, taken: Sequence[str], initial: str | None = None) -> Sequence[Any]:
        self.asked.append((count, list(taken)))
        self.initials.append(initial)
        return [SimpleNamespace(name=name) for name in self.rounds.pop(0)]


async def rounds_of(propose: Proposer, count: int, taken: Sequence[str] = ()) -> list[list[str]]:
    return [[p.name for p in accepted] async for accepted in distinct(propose, count, taken)]


async def test_good_names_take_one_call() -> None:
    propose = Proposer(["Ada", "Bo", "Cy"])
    assert await rounds_of(propose, 3) == [["Ada", "Bo", "Cy"]]


async def test_only_missing_names_are_asked_for_again_and_good_ones_must_be_avoided() -> None:
    propose = Proposer(["Ada", "ADA", "  "], ["Bo", "Äda"], ["Cy"])
    assert await rounds_of(propose, 3, ["Zed"]) == [["Ada"], ["Bo"], ["Cy"]]
    assert propose.asked == [(3, ["Zed"]), (2, ["Zed", "Ada"]), (1, ["Zed", "Ada", "Bo"])]


async def test_if_a_name_keeps_repeating_the_next_one_is_asked_for_with_another_initial() -> None:
    """A weak model proposes the same name for all pieces, even if told not to."""
    propose = Proposer(["Ilse"] * 3, ["Ilse"] * 2, ["Mara"], ["Tove"])
    assert await rounds_of(propose, 3) == [["Ilse"], [], ["Mara"], ["Tove"]]
    assert [count for count, _ in propose.asked] == [3, 2, 1, 1]
    assert propose.initials == [None, None, "M", "B"]


async def test_a_model_that_proposes_no_new_names_is_given_up() -> None:
    """Each question has an initial that was not tried before."""
    propose = Proposer(*[["Zed"]] * 9)
    assert await rounds_of(propose, 5, ["Zed"]) == [[], [], [], []]
    assert propose.initials == [None, None, "M", "B"]


async def test_of_too_many_names_the_first_good_ones_are_used() -> None:
    assert await rounds_of(Proposer(["Ada", "Ada", "Bo", "Cy"]), 2) == [["Ada", "Bo"]]


def test_a_free_initial_is_one_that_few_or_no_names_have() -> None:
    assert free_initial([]) == "M"
    assert free_initial(["Mara", "B\u00e4r", "永夜"]) == "T"
    assert free_initial([f"{letter}a" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["Mo"]) == "B"


def test_in_other_scripts_the_initials_in_use_are_excluded() -> None:
    """An alphabet to choose from would have to be kept for each script."""
    assert free_initial(["मीरा", "मोहन", "रवि"]) == "none of these: म, र"
    assert free_initial(["김민수", "이영희"]) == "none of these: 김, 이"


async def test_names_that_are_easily_confused_are_asked_for_again() -> None:
    propose = Proposer(["मीरा शर्मा", "मिरा शर्मा"], ["रोहन वर्मा"])
    assert await rounds_of(propose, 2) == [["मीरा शर्मा"], ["रोहन वर्मा"]]
    assert propose.asked[-1] == (1, ["मीरा शर्मा", "मिरा शर्मा"])


async def test_people_need_different_first_names() -> None:
    rounds = ["Mara Venn", "Mara Tull"], ["Osk Tull"]
    people = distinct(Proposer(*rounds), 2, (), NameRules(of_people=True))
    assert [[each.name for each in accepted] async for accepted in people] == [["Mara Venn"], ["Osk Tull"]]


async def test_a_forbidden_name_is_asked_for_again_unless_the_caller_uses_it() -> None:
    assert await rounds_of(Proposer(["Elara Voss", "Bo"], ["Ilse"]), 2) == [["Bo"], ["Ilse"]]
    rules = NameRules(given=["the court of Elara"])
    allowed = distinct(Proposer(["Elara Voss", "Bo"]), 2, (), rules)
    assert [[each.name for each in accepted] async for accepted in allowed] == [["Elara Voss", "Bo"]]


async def test_a_weak_name_is_taken_if_nothing_better_comes() -> None:
    """A piece with a weak name is better than no piece, and asking once more is enough to pay for."""
    propose = Proposer(["Elara"] * 3, ["Elara", "Elara Voss"], ["Lyra"])
    assert await rounds_of(propose, 3) == [[], [], ["Elara", "Elara Voss"], ["Lyra"]]
    assert propose.initials == [None, None, "M"]


def test_a_call_for_names_asks_for_the_missing_number_and_accepts_any() -> None:
    """Missing names are asked for again anyway, so rejecting the answer would only cost another call."""
    form = batch_schema(Named, "names", 2)
    asked = form.model_json_schema()["properties"]["names"]
    assert (asked["minItems"], asked["maxItems"]) == (2, 2)
    names = [{"name": name, "concept": "c"} for name in ("Ada", "Bo", "Cy")]
    for given in (names, names[:2], names[:1]):
        form.model_validate({"names": given})
    with pytest.raises(ValidationError):
        form.model_validate({"names": []})
