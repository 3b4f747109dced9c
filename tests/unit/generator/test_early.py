"""A part of an answer is taken early only if it cannot change any more."""

import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from generator_service.kind import Output
from generator_service.llm.answer import judge, read_parts
from generator_service.llm.ask import Answer, Part
from generator_service.llm.early import EarlyReader, closed_parts
from generator_service.llm.form import as_object
from generator_service.llm.reply import Reply
from generator_service.text import Phrase, Prose


class Look(Output):
    look: Prose


class Numbers(Output):
    health: Annotated[int, Field(ge=0, le=150)]
    traits: Annotated[list[Phrase], Field(min_length=1, max_length=3)]


class Past(Output):
    past: Prose


PARTS = (Part("look", Look), Part("numbers", Numbers), Part("past", Past))
KEYS = [part.key for part in PARTS]
WHOLE = {"look": 'Tall, "very".', "numbers": {"health": 90, "traits": ["loud", "kind"]}, "past": "Once {upon} a time."}


def grown(text: str, cuts: list[int]) -> list[str]:
    """The text as it grows."""
    return [text[:cut] for cut in sorted({*(cut % (len(text) + 1) for cut in cuts), len(text)})]


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("", []),
        ("{", []),
        ('{"look": "Tall', []),
        ('{"look": "Tall."', []),
        ('{"look": "Tall.", "numbers"', []),
        ('{"look": "Tall.", "numbers": ', []),
        ('{"look": "Tall.", "numbers": {', ["look"]),
        ('{"look": "Tall.", "past": "On', ["look"]),
        ('```json\n{"look": "Tall.", "past": "On', ["look"]),
        ('\ufeff {"look": "Tall.", "past": "On', ["look"]),
        ('{"look": "Tall.", "numbers": {"health": 9, "traits": []}, "past": "', ["look", "numbers"]),
        ('{"look": "Tall.", "past": "Once."}', ["look"]),
        ('<think>{"look": "Tall.", "past": "On', []),
        ('Sure! {"look": "Tall.", "past": "On', []),
        ('{"answer": {"look": "Tall.", "past": "On', []),
        ('{"look": "Tall.", "other": "On', []),
        ('[{"look": "Tall.", "past": "On', []),
        ('{look: "Tall.", "past": "On', []),
        ('{"look": "Tall,\nvery.", "past": "On', []),
    ],
)
def test_a_part_is_closed_when_the_value_of_the_next_one_has_begun(text: str, closed: list[str]) -> None:
    assert list(closed_parts(text, KEYS)) == closed


def test_a_reader_returns_each_part_once() -> None:
    reader = EarlyReader(KEYS)
    found = [key for text in grown(json.dumps(WHOLE), list(range(200))) for key, _ in reader.read(text)]
    assert found == ["look", "numbers"]


def test_a_runaway_answer_is_not_read_while_it_grows() -> None:
    assert list(EarlyReader(KEYS).read('{"look": "' + "x" * 50_000 + '", "past": "On')) == []


#: Without special tokens, which are dropped only from a whole answer.
texts = st.text(min_size=1, max_size=60).filter(lambda text: "<" not in text)
answers = st.fixed_dictionaries(
    {
        "look": texts | st.fixed_dictionaries({"look": texts}),
        "numbers": st.fixed_dictionaries({"health": st.integers(-5, 200), "traits": st.lists(texts, max_size=4)}),
        "past": texts,
    }
)
frames = st.sampled_from(["{}", "```json\n{}\n```", "  {}\n", "{} I hope this helps.", "\ufeff{}"])


@given(
    answer=answers,
    frame=frames,
    indent=st.sampled_from([None, 2]),
    is_ascii=st.booleans(),
    cuts=st.lists(st.integers(0)),
)
def test_early_parts_are_those_that_the_whole_answer_gives(
    answer: dict[str, Any], frame: str, indent: int | None, is_ascii: bool, cuts: list[int]
) -> None:
    text = frame.replace("{}", json.dumps(answer, indent=indent, ensure_ascii=is_ascii))
    reader, early = EarlyReader(KEYS), {}
    parts = {part.key: part for part in PARTS}
    for so_far in grown(text, cuts):
        for key, value in reader.read(so_far):
            early[key] = judge(parts[key], as_object(parts[key], value))
    whole = read_parts(Reply(text), PARTS, PARTS)
    assert {key: verdict for key, verdict in early.items() if isinstance(verdict, Answer)} == {
        key: whole[key] for key, verdict in early.items() if isinstance(verdict, Answer)
    }
    assert all(isinstance(whole[key], Answer) is isinstance(verdict, Answer) for key, verdict in early.items())
