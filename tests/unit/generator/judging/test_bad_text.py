"""Each rule finds its fault in texts of a small model, and explains it to the model and to the user."""

from typing import Any

import pytest

from foundation.json_value import Json
from generator_service.judging.judge import judge
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule, Weakness
from generator_service.registry import load_kinds
from tests.unit.generator.judging.prose import PROSE

STANDARDS = {name: {stage.key: stage.standard for stage in kind.stages} for name, kind in load_kinds().items()}
CHARACTER, WORLD = STANDARDS["character"], STANDARDS["world"]
PARAGRAPH = "The dance of the light is a beautiful thing that can bring people together in harmony and peace."


def found(output: Json, standard: Standard, **around: Any) -> list[tuple[Rule, str]]:
    return [(weakness.rule, weakness.field) for weakness in judge(output, standard, Surroundings(**around))]


def only(output: Json, standard: Standard, **around: Any) -> Weakness:
    (weakness,) = judge(output, standard, Surroundings(**around))
    return weakness


def test_a_backstory_of_one_word_is_too_short_and_not_a_sentence() -> None:
    assert found({"backstory": "Elara"}, CHARACTER["backstory"]) == [
        (Rule.TOO_SHORT, "backstory"),
        (Rule.UNFINISHED, "backstory"),
        (Rule.FORBIDDEN_NAME, "backstory"),
    ]


def test_a_made_up_address_is_not_a_trait() -> None:
    traits = ["https://www.example.org/elven-traits/", "counts the exits aloud", "keeps every receipt he ever got"]
    output: Json = {"traits": traits, "flaw": {"name": "Old Pride", "description": "He never asks for help when lost."}}
    assert (Rule.NOT_PLAIN, "traits[0]") in found(output, CHARACTER["traits"])


def test_skills_that_are_the_same_paragraph_are_found() -> None:
    assert (Rule.REPEATS_ITSELF, "skills[1]") in found({"skills": [PARAGRAPH] * 3}, CHARACTER["skills"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Picks any lock in the dark", "picks any lock, in the dark!"),
        ("can hold her breath for four minutes", "can hold her breath for five minutes"),
        ("暗闇でどんな錠でも開ける", "暗闇でどんな錠でも開けられる"),
    ],
)
def test_list_entries_that_say_nearly_the_same_are_found(first: str, second: str) -> None:
    skills = {"skills": [first, "reads water", second]}
    assert found(skills, CHARACTER["skills"]) == [(Rule.REPEATS_ITSELF, "skills[2]")]


def test_list_entries_that_only_begin_alike_are_different() -> None:
    skills = {"skills": ["knows every smuggler by name", "knows every tide by its sound", "knows three dead languages"]}
    assert found(skills, CHARACTER["skills"]) == []


def test_a_field_that_is_a_copy_of_another_is_found() -> None:
    concept = "A ferryman who never learned to swim."
    assert (Rule.REPEATS_OTHER_FIELD, "backstory") in found(
        {"backstory": concept}, CHARACTER["backstory"], piece={"name": "Osk", "concept": concept}
    )


def test_a_long_context_name_is_not_a_repetition_but_a_sentence_about_it_is() -> None:
    """All pieces of a job name the same pieces of the context."""
    name = "The Night of the Eleven Unlit Lamps on the Long Quay of Low Tarn"
    context = {"event": name}
    first = f"She was six at {name}, and has kept a candle ever since."
    second = f"He lost an oar at {name} and never went back for it."
    standard = Standard(context="all")
    assert found({"history": second}, standard, context=context, others=[{"history": first}]) == []
    said = f"After {name} nobody on that side of the harbour would sell a candle to a stranger again."
    (weakness,) = judge({"history": said}, standard, Surroundings(context=context, others=[{"history": f"Oh. {said}"}]))
    assert weakness.rule is Rule.REPEATS_OTHER_PIECE
    assert f'"After {name} nobody on' in weakness.for_model


def test_a_quest_may_have_the_title_of_its_story() -> None:
    quest = {"title": "The Drowned Bell", "description": " ".join(PROSE["en"])}
    assert found(quest, WORLD["quest"], piece={"title": "The Drowned Bell"}) == []


def test_a_weakness_says_what_to_write_instead() -> None:
    weakness = only({"appearance": "Tall."}, CHARACTER["appearance"])
    assert weakness.for_model == "`appearance` has 1 word; write 50 to 80 words."
    assert weakness.for_user == "appearance is too short: 1 word instead of 50 to 80 words."


def test_a_weakness_names_its_field_in_words_and_a_length_that_can_be_reached() -> None:
    """A game master reads it. Entries are counted from 1. "1 word instead of at most 15 words" would be no fault."""
    output: Json = {
        "traits": ["Brave.", "Brave.", "counts the exits"],
        "flaw": {"name": "Too Kind", "description": "Pays."},
    }
    assert [weakness.for_user for weakness in judge(output, CHARACTER["traits"], Surroundings())] == [
        "entry 1 of traits is too short: 1 word instead of 2 to 15 words.",
        "entry 2 of traits is too short: 1 word instead of 2 to 15 words.",
        "description of flaw is too short: 1 word instead of 10 to 40 words.",
        "entry 2 of traits says the same as entry 1 of traits.",
    ]


def test_a_text_that_ignores_the_pieces_of_the_context_is_found() -> None:
    """A world must use every piece, and a quest at least one."""
    context = {"setting": "Low Tarn", "character": "Ilse Brandt", "relic": "The Salt Crown"}
    paragraphs = list(PROSE["en"])
    story = {"title": "The Twelfth", "paragraphs": [paragraphs[0] * 2, paragraphs[1] * 2]}
    weakness = next(
        each
        for each in judge(story, WORLD["story"], Surroundings(context=context))
        if each.rule is Rule.IGNORES_CONTEXT
    )
    assert '"The Salt Crown"' in weakness.for_model
    assert "Low Tarn" not in weakness.for_model
    quest = {"title": "The Twelfth", "description": paragraphs[1]}
    assert (Rule.IGNORES_CONTEXT, "") in found(quest, WORLD["quest"], context=context)
    assert found({"title": "The Twelfth", "description": " ".join(paragraphs)}, WORLD["quest"], context=context) == []


def test_only_the_roles_that_a_stage_declares_must_be_named() -> None:
    history = {"history": " ".join(PROSE["en"])}
    standard = STANDARDS["relic"]["history"]
    assert found(history, standard, context={"setting": "Low Tarn", "faction": "The Tallymen"}) == []
    assert found(history, standard, context={"event": "The Night of Ash"}) == [(Rule.IGNORES_CONTEXT, "")]


def test_a_name_that_can_be_mistaken_for_a_taken_one_is_found() -> None:
    name = {"name": "मिरा शर्मा", "concept": "a ferrywoman who cannot swim"}
    assert found(name, CHARACTER["name"], taken=["मीरा शर्मा"]) == [(Rule.SIMILAR_NAME, "name")]
    assert found(name, CHARACTER["name"], taken=["रोहन वर्मा"]) == []


@pytest.mark.parametrize(
    ("language", "name", "other"), [("vi", "Nguyễn Thị Lan", "Nguyễn Văn Hùng"), ("hu", "Nagy Éva", "Nagy István")]
)
def test_people_with_the_same_family_name_differ_where_it_comes_first(language: str, name: str, other: str) -> None:
    named = {"name": name, "concept": "a ferrywoman who cannot swim"}
    assert found(named, CHARACTER["name"], taken=[other], language=language) == []
    assert found(named, CHARACTER["name"], taken=[other]) == [(Rule.SIMILAR_NAME, "name")]


def test_the_callers_words_may_be_used_even_if_they_are_forbidden() -> None:
    output = {"backstory": " ".join([*PROSE["en"], "Elara wove the tapestry."])}
    assert [rule for rule, _ in found(output, CHARACTER["backstory"])] == [Rule.FORBIDDEN_NAME, Rule.FORBIDDEN_PHRASE]
    assert found(output, CHARACTER["backstory"], given=["Elara's court", "tapestries of Low Tarn"]) == []


def test_numbers_are_not_judged() -> None:
    assert found({"health": 90, "stress": 3}, CHARACTER["stats"]) == []
