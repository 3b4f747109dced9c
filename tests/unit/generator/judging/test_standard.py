"""The standards fit the kinds: every stage has one, and it asks for what the prompt asks for."""

import re

import pytest

from generator_service.judging.leaf import leaves
from generator_service.judging.stage_standard import STANDARDS
from generator_service.judging.standard import Words
from generator_service.kind import Stage
from generator_service.llm.schema import strict_schema
from generator_service.registry import load_kinds
from tests.unit.generator.answering import Answering

KINDS = load_kinds()
STAGES = [(kind.name, stage) for kind in KINDS.values() for stage in kind.stages]
IDS = [f"{kind}.{stage.key}" for kind, stage in STAGES]


def test_every_stage_has_a_standard() -> None:
    assert {kind: list(standards) for kind, standards in STANDARDS.items()} == {
        kind.name: [stage.key for stage in kind.stages] for kind in KINDS.values()
    }


@pytest.mark.parametrize(("kind", "stage"), STAGES, ids=IDS)
def test_a_standard_names_only_fields_that_the_stage_has_and_limits_every_text(kind: str, stage: Stage) -> None:
    standard = STANDARDS[kind][stage.key]
    written = Answering().fill(strict_schema(stage.output))
    fields = {leaf.field for leaf in leaves(written)}
    assert set(standard.lengths) == fields
    assert {*standard.sentences, *standard.names, *standard.distinct_entries} <= fields


@pytest.mark.parametrize(("kind", "stage"), STAGES, ids=IDS)
def test_the_lengths_are_those_of_the_prompt(kind: str, stage: Stage) -> None:
    asked = re.findall(r"(\d+) to (\d+) words", stage.prompt) + [
        ("0", most) for most in re.findall(r"at most (\d+) words", stage.prompt)
    ]
    lengths = STANDARDS[kind][stage.key].lengths.values()
    assert {Words(int(least), int(most)) for least, most in asked} <= set(lengths)


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
