"""The offline writer's text fits the schema, differs from piece to piece, and reads well."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from generator_service.kind import Kind
from generator_service.registry import load_kinds
from local.offline_writer.lore.theme import KEYWORDS, NEUTRAL, grammar_of
from local.offline_writer.wire.completion import AnswerWriter
from tests.offline_job import ask, names, pieces

KINDS = load_kinds()
THEMES = [
    "fantasy", "cyberpunk", "post-apocalyptic", "norse-mythology", "space opera", "western", "steampunk",
    "a drowned library",
]  # fmt: skip
CONTEXT = {
    "setting": {"name": "Low Tarn", "description": "A drowned market town."},
    "event": {"name": "The Night of Unlit Lamps", "description": "Every flame went out at once."},
}


def test_a_thousand_characters_have_over_nine_hundred_names() -> None:
    writer = AnswerWriter(seed=1)
    jobs = [3] * 200 + [10] * 40
    found = [
        each["name"]
        for count in jobs
        for each in names(writer, KINDS["character"], {"theme": "norse-mythology", "count": count})
    ]
    assert not [name for name in found if re.search(r"\d", name)]
    assert len(set(found)) > 900


@pytest.mark.parametrize("kind", ["character", "faction", "setting", "event", "relic"])
@pytest.mark.parametrize("theme", THEMES)
def test_no_name_contains_a_number(kind: str, theme: str) -> None:
    writer = AnswerWriter(seed=5)
    found = [each["name"] for _ in range(10) for each in names(writer, KINDS[kind], {"theme": theme, "count": 10})]
    assert not [name for name in found if re.search(r"\d", name)]
    assert len(set(found[:30])) == 30


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("theme", THEMES)
def test_the_pieces_of_a_job_differ_in_every_text(kind: Kind, theme: str) -> None:
    writer = AnswerWriter(seed=2)
    for _ in range(5):
        made = pieces(writer, kind, {"theme": theme, "count": 1 if kind.name == "world" else 3, "context": CONTEXT})
        for stage in made[0]:
            values = [json.dumps(piece[stage]) for piece in made]
            assert len(set(values)) == len(values), stage


def test_taken_names_are_not_proposed_again() -> None:
    writer = AnswerWriter(seed=4)
    taken: list[str] = []
    for _ in range(20):
        proposed = [
            each["name"]
            for each in names(writer, KINDS["character"], {"theme": "post-apocalyptic", "count": 10, "avoid": taken})
        ]
        assert not set(proposed) & set(taken)
        assert len(set(proposed)) == 10
        taken += proposed


def test_a_seed_makes_texts_reproducible_and_without_one_each_process_differs() -> None:
    same = [pieces(AnswerWriter(seed=5), KINDS["character"], {"count": 2}) for _ in range(2)]
    fresh = [names(AnswerWriter(seed=None), KINDS["character"], {}) for _ in range(2)]
    assert same[0] == same[1]
    assert fresh[0] != fresh[1]


def test_jobs_with_the_same_theme_get_different_names() -> None:
    writer = AnswerWriter(seed=6)
    jobs = [tuple(each["name"] for each in names(writer, KINDS["relic"], {})) for _ in range(20)]
    assert len(set(jobs)) == 20


class Reward(BaseModel):
    gold: int = Field(ge=10, le=500)
    item: str = Field(min_length=3, max_length=60)


class Quest(BaseModel):
    objective: str = Field(min_length=10, max_length=300)
    difficulty: str
    steps: list[str] = Field(min_length=2, max_length=4)
    reward: Reward | None


def test_an_unknown_kind_gets_readable_text() -> None:
    data = {"kind": "quest", "stage": "all", "theme": "fantasy", "difficulty": "hard"}
    quest = Quest.model_validate(ask(AnswerWriter(seed=8), "quest_all", Quest.model_json_schema(), data))
    assert quest.difficulty == "hard"
    assert len(quest.objective.split()) > 3


@given(theme=st.text(max_size=80), kind=st.text(max_size=20), seed=st.integers(0, 1000))
@settings(max_examples=60)
def test_any_theme_and_kind_can_be_written(theme: str, kind: str, seed: int) -> None:
    data = {"kind": kind, "stage": "x", "theme": theme, "number": 1, "of": 1}
    Quest.model_validate(ask(AnswerWriter(seed), "odd", Quest.model_json_schema(), data))


def test_a_request_without_data_can_be_written() -> None:
    Quest.model_validate(ask(AnswerWriter(seed=9), "quest_all", Quest.model_json_schema(), None))


def test_every_word_set_has_its_own_words() -> None:
    """A theme with another theme's words would not be a theme."""
    roles = {name: grammar_of(name).rules["role"] for name in (*KEYWORDS, NEUTRAL)}
    assert len(set(map(tuple, roles.values()))) == len(roles)
