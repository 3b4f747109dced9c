"""The offline writer's text fits the schema, differs from piece to piece, and reads well."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from generator_service.kind import Kind, Output, Stage
from generator_service.llm.answer import read_parts
from generator_service.llm.ask import Answer, Part
from generator_service.llm.form import form_of
from generator_service.llm.reply import Reply
from generator_service.registry import load_kinds
from generator_service.writing.naming import batch_schema
from local.offline_writer.lore.theme import KEYWORDS, NEUTRAL, grammar_of
from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest

KINDS = load_kinds()
THEMES = ["fantasy", "cyberpunk", "post-apocalyptic", "norse-mythology", "steampunk", "a drowned library"]
CONTEXT = {
    "setting": {"name": "Low Tarn", "description": "A drowned market town."},
    "event": {"name": "The Night of Unlit Lamps", "description": "Every flame went out at once."},
}


def ask(writer: AnswerWriter, name: str, schema: dict[str, Any], data: dict[str, Any] | None) -> Any:
    text = "Write." if data is None else f"Write.\n<data>\n{json.dumps(data)}\n</data>"
    request = CompletionRequest.model_validate(
        {
            "model": "m",
            "messages": [{"role": "system", "content": "Rules."}, {"role": "user", "content": text}],
            "response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}},
        }
    )
    return json.loads(writer.write(request))


def written(writer: AnswerWriter, output: type[Output], name: str, data: dict[str, Any]) -> dict[str, Any]:
    """An answer, checked against the generator's own model."""
    return output.model_validate(ask(writer, name, output.model_json_schema(), data)).model_dump()


def names(writer: AnswerWriter, kind: Kind, theme: str, count: int, avoid: list[str]) -> list[dict[str, Any]]:
    schema = batch_schema(kind.stages[0].output, "names", count)
    data = {"kind": kind.name, "stage": "names", "theme": theme, "count": count, "avoid": avoid, "context": CONTEXT}
    return list(written(writer, schema, f"{kind.name}_names", data)["names"])


def pieces(writer: AnswerWriter, kind: Kind, theme: str, count: int) -> list[dict[str, Any]]:
    """The outputs of all stages of all pieces of one job."""
    together = kind.stages[0].together
    made = names(writer, kind, theme, count, []) if together else [{} for _ in range(count)]
    for number, piece in enumerate(made, start=1):
        for call in kind.calls[1:] if together else kind.calls:
            piece.update(continued(writer, call, _data(kind, call, theme, piece, number, count)))
    return made


def continued(writer: AnswerWriter, call: Sequence[Stage], data: dict[str, Any]) -> dict[str, Any]:
    """The fields of the stages of one call, checked against the generator's own models."""
    parts = tuple(Part(stage.key, stage.output) for stage in call)
    name = f"{data['kind']}_{'_'.join(stage.key for stage in call)}"
    answer = ask(writer, name, form_of(parts).model_json_schema(), data)
    verdicts = read_parts(Reply(json.dumps(answer)), parts, parts)
    fields: dict[str, Any] = {}
    for verdict in verdicts.values():
        assert isinstance(verdict, Answer)
        fields |= verdict.output.model_dump()
    return fields


def _data(
    kind: Kind, call: Sequence[Stage], theme: str, piece: dict[str, Any], number: int, count: int
) -> dict[str, Any]:
    keys = [stage.key for stage in call]
    stages = {"stages": keys} if len(keys) > 1 else {"stage": keys[0]}
    head = {"kind": kind.name, **stages, "theme": theme, "number": number, "of": count, "context": CONTEXT}
    return head | ({"piece": piece} if piece else {})


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


def test_a_thousand_characters_have_over_nine_hundred_names() -> None:
    writer = AnswerWriter(seed=1)
    jobs = [3] * 200 + [10] * 40
    found = [each["name"] for count in jobs for each in names(writer, KINDS["character"], "norse-mythology", count, [])]
    assert not [name for name in found if re.search(r"\d", name)]
    assert len(set(found)) > 900


@pytest.mark.parametrize("kind", ["character", "faction", "setting", "event", "relic"])
@pytest.mark.parametrize("theme", THEMES)
def test_no_name_contains_a_number(kind: str, theme: str) -> None:
    writer = AnswerWriter(seed=5)
    found = [each["name"] for _ in range(10) for each in names(writer, KINDS[kind], theme, 10, [])]
    assert not [name for name in found if re.search(r"\d", name)]
    assert len(set(found[:30])) == 30


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("theme", THEMES)
def test_the_pieces_of_a_job_differ_in_every_text(kind: Kind, theme: str) -> None:
    writer = AnswerWriter(seed=2)
    for _ in range(5):
        made = pieces(writer, kind, theme, 1 if kind.name == "world" else 3)
        for field in (name for name, value in made[0].items() if not isinstance(value, int)):
            values = [json.dumps(piece[field]) for piece in made]
            assert len(set(values)) == len(values), field


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("theme", THEMES)
def test_the_prose_is_clean(kind: Kind, theme: str) -> None:
    writer = AnswerWriter(seed=3)
    for _ in range(10):
        for text in texts(pieces(writer, kind, theme, 1)):
            assert not re.search(r"[{}|\[\]]|  |\s[.,;:]|\.\.(?!\.)|\bNone\b", text), text
            assert not re.search(r"\b[Aa] [aeioAEIO]\w+(?<!one)(?<!once)(?<!useful)\b", text.replace("a one", "")), text
            assert text == text.strip()


def test_taken_names_are_not_proposed_again() -> None:
    writer = AnswerWriter(seed=4)
    taken: list[str] = []
    for _ in range(20):
        proposed = [each["name"] for each in names(writer, KINDS["character"], "post-apocalyptic", 10, taken)]
        assert not set(proposed) & set(taken)
        assert len(set(proposed)) == 10
        taken += proposed


def test_a_seed_makes_texts_reproducible_and_without_one_each_process_differs() -> None:
    same = [pieces(AnswerWriter(seed=5), KINDS["character"], "fantasy", 2) for _ in range(2)]
    fresh = [names(AnswerWriter(seed=None), KINDS["character"], "fantasy", 3, []) for _ in range(2)]
    assert same[0] == same[1]
    assert fresh[0] != fresh[1]


def test_jobs_with_the_same_theme_get_different_names() -> None:
    writer = AnswerWriter(seed=6)
    jobs = [tuple(each["name"] for each in names(writer, KINDS["relic"], "fantasy", 3, [])) for _ in range(20)]
    assert len(set(jobs)) == 20


def test_a_world_uses_the_pieces_by_name() -> None:
    (world,) = pieces(AnswerWriter(seed=7), KINDS["world"], "steampunk", 1)
    text = json.dumps(world)
    assert "Low Tarn" in text
    assert "Night of Unlit Lamps" in text


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
