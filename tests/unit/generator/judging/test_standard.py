"""The standards fit the kinds: every stage has one, and it asks for what the prompt asks for."""

import re

import pytest

from generator_service.judging.standard import Standard, Words
from generator_service.kind import Stage
from generator_service.llm.schema import text_fields
from generator_service.registry import load_kinds

KINDS = load_kinds()
STAGES = [(kind.name, stage) for kind in KINDS.values() for stage in kind.stages]
IDS = [f"{kind}.{stage.key}" for kind, stage in STAGES]


@pytest.mark.parametrize("stage", [stage for _, stage in STAGES], ids=IDS)
def test_a_standard_limits_every_text_and_the_prompt_asks_for_it(stage: Stage) -> None:
    """A stage may have no standard."""
    if stage.standard == Standard():
        return
    assert set(stage.standard.lengths) == text_fields(stage.output)
    unsaid = {field for field, words in stage.standard.lengths.items() if str(words) not in stage.prompt}
    assert unsaid == ({"name"} if stage.together else set())


@pytest.mark.parametrize("stage", [stage for _, stage in STAGES], ids=IDS)
def test_every_number_of_words_in_a_prompt_is_that_of_the_standard(stage: Stage) -> None:
    asked = re.findall(r"(?:\d+ to|at most) \d+ words", stage.prompt)
    assert set(asked) <= {str(words) for words in stage.standard.lengths.values()}


@pytest.mark.parametrize(
    ("words", "text", "floor", "ceiling"),
    [
        (Words(50, 80), "50 to 80 words", 25, 128),
        (Words(2, 6), "2 to 6 words", 1, 9),
        (Words(0, 15), "at most 15 words", 2, 24),
        (Words(0, 3), "at most 3 words", 1, 4),
    ],
)
def test_a_length_is_judged_with_room_on_both_sides(words: Words, text: str, floor: int, ceiling: int) -> None:
    assert (str(words), words.floor, words.ceiling) == (text, floor, ceiling)
