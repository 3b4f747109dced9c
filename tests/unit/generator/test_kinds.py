"""The kinds, and the check that every kind must pass."""

import dataclasses
from collections.abc import Mapping
from graphlib import CycleError
from typing import Any

import pytest
from pydantic import BaseModel

from generator_service.kind import Kind, Named, Output, Piece, Stage
from generator_service.llm.schema import strict_faults, strict_schema
from generator_service.registry import MAX_CRITICAL_PATH, check, critical_path, load_kinds
from generator_service.text import Prose

KINDS = load_kinds()

#: Job system guide, "Generation stages per type" and its messages.
GUIDE = {
    "character": ["names", "appearances", "backstories", "traits", "skills", "stats"],
    "setting": ["names", "landscapes", "cultures", "histories", "economies", "summaries"],
    "faction": ["names", "ideologies", "appearances", "summaries"],
    "event": ["names", "descriptions", "impacts"],
    "relic": ["names", "descriptions", "histories"],
    "world": ["story", "quest"],
}


class Text(Output):
    text: Prose


def stage(key: str, *after: str, output: type[Output] = Text) -> Stage:
    return Stage(key=key, message="...", prompt="...", output=output, after=after)


def kind(*stages: Stage, shared: tuple[tuple[str, ...], ...] = ()) -> Kind:
    return Kind(name="odd", plural="odds", stages=stages, shared_calls=shared)


def test_the_registry_has_the_kinds_of_the_guide() -> None:
    assert set(KINDS) >= set(GUIDE)


@pytest.mark.parametrize("name", GUIDE)
def test_stages_have_the_messages_of_the_guide(name: str) -> None:
    assert [stage.message for stage in KINDS[name].stages] == [f"Generated {plural}..." for plural in GUIDE[name]]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_passes_the_check_and_needs_at_most_three_calls_one_after_another(kind: Kind) -> None:
    assert check(kind) == []
    assert critical_path(kind.graph) <= MAX_CRITICAL_PATH


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.document is None])
def test_names_are_written_together_so_that_they_differ(name: str) -> None:
    first, *others = KINDS[name].stages
    assert (first.key, first.together) == ("name", True)
    assert not any(stage.together for stage in others)


@pytest.mark.parametrize(
    ("name", "calls", "in_a_row"),
    [
        ("character", ["name", "appearance backstory", "traits skills stats"], 2),
        ("setting", ["name", "landscape culture", "history economy", "summary"], 3),
        ("faction", ["name", "ideology appearance summary"], 2),
        ("event", ["name", "description impact"], 2),
        ("relic", ["name", "description history"], 2),
        ("world", ["story quest"], 1),
    ],
)
def test_stages_that_follow_one_another_share_a_call(name: str, calls: list[str], in_a_row: int) -> None:
    kind = KINDS[name]
    assert [" ".join(stage.key for stage in call) for call in kind.calls] == calls
    assert critical_path(kind.graph) == in_a_row


def test_a_stage_gets_its_direct_and_indirect_prerequisites() -> None:
    character = KINDS["character"]
    assert [before.key for before in character.before(character.stage["stats"])] == ["name", "traits"]


@pytest.mark.parametrize(
    ("odd", "fault"),
    [
        (kind(stage("a", "b"), stage("b", "a")), "cycle"),
        (kind(stage("a", "nowhere")), "nowhere, which is not a stage"),
        (kind(stage("a"), stage("a")), "declared twice"),
        (kind(stage("a"), stage("b", "a"), stage("c", "b"), stage("d", "c")), "4 calls one after another"),
        (kind(), "0 calls one after another"),
        (kind(stage("a"), stage("b"), shared=(("a", "nowhere"),)), "nowhere shares a call, but is not a stage"),
        (kind(stage("a"), stage("b"), shared=(("a", "b"), ("b",))), "b shares a call twice"),
        (kind(stage("a"), stage("b", "a"), shared=(("b", "a"),)), "b: comes before a, which it needs"),
        (kind(stage("a", "a"), stage("b"), shared=(("a", "b"),)), "a: comes before a, which it needs"),
        (kind(stage("a"), stage("b", "a"), stage("c", "b"), shared=(("a", "c"),)), "cycle"),
        (
            kind(dataclasses.replace(stage("a", output=Named), together=True), stage("b"), shared=(("a", "b"),)),
            "cannot share a call",
        ),
        (kind(dataclasses.replace(stage("a"), together=True)), "together"),
        (kind(stage("a"), dataclasses.replace(stage("b", "a", output=Named), together=True)), "together"),
    ],
)
def test_an_invalid_kind_is_rejected_with_the_reason(odd: Kind, fault: str) -> None:
    assert fault in " ".join(check(odd))


def test_a_cycle_has_no_critical_path() -> None:
    with pytest.raises(CycleError):
        critical_path({"a": ("b",), "b": ("a",)})


class Loose(BaseModel):
    free: dict[str, str]


class Optional(Output):
    maybe: str = "default"


class Anything(Output):
    thing: Any


@pytest.mark.parametrize(
    ("model", "fault"),
    [(Loose, "forbid unknown fields"), (Loose, "free-form"), (Optional, "required"), (Anything, "free-form")],
)
def test_an_output_that_strict_mode_rejects_is_reported_at_start(model: type[BaseModel], fault: str) -> None:
    assert fault in " ".join(strict_faults(model))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_schemas_have_no_keyword_that_strict_mode_rejects(kind: Kind) -> None:
    for stage in kind.stages:
        text = str(strict_schema(stage.output))
        assert not any(f"'{word}'" in text for word in ("minLength", "maxLength", "default", "pattern", "anyOf"))


def test_a_field_called_title_stays_in_the_schema() -> None:
    story = KINDS["world"].stage["story"].output
    assert set(strict_schema(story)["properties"]) == {"title", "paragraphs"}


def _piece(kind: Kind, outputs: Mapping[str, Output], language: str) -> Piece:
    return kind.piece({key: kind.stage[key].as_details(output) for key, output in outputs.items()}, language)


def test_a_complete_character_has_its_stats_as_one_object() -> None:
    stats = {"health": 90, "stress": 5, "knowledge": 9, "empathy": 8, "resilience": 15}
    stats |= {"creativity": 12, "influence": 11, "perception": 18}
    traits = {"traits": ["a", "b", "c"], "flaw": {"name": "Pride", "description": "Never asks."}}
    written = {
        "name": {"name": "Osk", "concept": "a ferryman"},
        "appearance": {"appearance": "Tall."},
        "backstory": {"backstory": "Once."},
        "traits": traits,
        "skills": {"skills": ["x", "y", "z"]},
        "stats": stats,
    }
    character = KINDS["character"]
    outputs = {key: character.stage[key].output.model_validate(value) for key, value in written.items()}
    piece = _piece(character, outputs, "de")
    assert (piece["name"], piece["description"], piece["type"]) == ("Osk", "Once.", "character")
    assert piece["language"] == "de"
    assert piece["details"] == {
        "concept": "a ferryman",
        "appearance": "Tall.",
        **traits,
        "skills": ["x", "y", "z"],
        "stats": stats,
    }


def test_a_piece_has_nulls_until_something_is_written() -> None:
    assert KINDS["relic"].piece({}, "en") == {
        "name": None,
        "description": None,
        "type": "relic",
        "language": "en",
        "details": {},
    }


def test_the_paragraphs_of_a_world_are_separated_by_empty_lines() -> None:
    world = KINDS["world"]
    story = world.stage["story"].output.model_validate({"title": "Low Tarn", "paragraphs": ["One.\n", "Two."]})
    quest = world.stage["quest"].output.model_validate({"title": "The Bell", "description": "Find it."})
    assert world.document is not None
    assert world.document(_piece(world, {"story": story, "quest": quest}, "en")) == {
        "language": "en",
        "title": "Low Tarn",
        "story": "One.\n\nTwo.",
        "quest": {"title": "The Bell", "description": "Find it."},
    }
