"""Forbidden names and phrases are found as whole words, and ordinary words that resemble them are not."""

import pytest

from generator_service.forbidden import NAME_BEGINNINGS, NAME_ENDINGS, NAMES, PHRASES
from generator_service.judging.forbidden_word import forbidden_names, forbidden_phrases


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["{} Venn", "Old {}", "{}'s ferry", "{}\u2019s ferry", "The {} Lamp", "({})"])
def test_a_forbidden_name_is_found_in_any_place(name: str, form: str) -> None:
    assert forbidden_names(form.format(name), []) == [name]
    assert forbidden_names(form.format(name.upper()), []) == [name.upper()]


@pytest.mark.parametrize("compound", [f"{beginning}fen" for beginning in NAME_BEGINNINGS])
@pytest.mark.parametrize("form", ["{}", "{} Keep", "the lords of {}"])
def test_a_compound_with_a_forbidden_beginning_is_found(compound: str, form: str) -> None:
    assert forbidden_names(form.format(compound), []) == [compound]


@pytest.mark.parametrize("compound", [f"White{ending}" for ending in NAME_ENDINGS] + ["Storm-Haven", "Shadow-Fen"])
def test_a_compound_with_a_forbidden_ending_or_a_hyphen_is_found(compound: str) -> None:
    assert forbidden_names(f"The road to {compound} is closed.", []) == [compound]


@pytest.mark.parametrize(
    "text",
    [
        "She sang an aria while a zephyr moved the reeds.",
        "Whispers reached him. Storms came. Shadows fell.",
        "Whispering is forbidden here. Stormy weather; Shadowy figures; Shadowed lanes.",
        "A haven for thieves. Haven Street. Safe havens.",
        "Shadow, Storm and Whisper are three dogs.",
        "Arianna and Kaela and Thornefield.",
        "Stormed and Shadowing and Whisperers",
    ],
)
def test_ordinary_words_are_not_forbidden_names(text: str) -> None:
    assert forbidden_names(text, []) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it-IT", "Aria fredda entra dalla finestra."),
        ("nl", "Jachthaven en Vissershaven liggen leeg."),
        ("da", "Urtehaven lugter af timian."),
        ("sv", "Stormens spår syns överallt."),
    ],
)
def test_the_ordinary_words_of_the_language_are_not_forbidden_names(language: str, text: str) -> None:
    assert forbidden_names(text, [], language) == []
    assert forbidden_names(text, [], "en") != []
    assert forbidden_names(f"{text} Elara", [], language) == ["Elara"]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_forbidden_phrase_is_found_in_any_case(phrase: str) -> None:
    assert forbidden_phrases(f"It is a {phrase} the sea.", []) == [phrase]
    assert forbidden_phrases(f"{phrase.capitalize()} the sea.", []) == [phrase.capitalize()]


@pytest.mark.parametrize("text", ["The abundance of fish.", "An echo.", "He whispers to her.", "They testament."])
def test_a_part_of_a_phrase_or_of_a_word_is_not_forbidden(text: str) -> None:
    assert forbidden_phrases(text, []) == []


def test_each_name_and_phrase_is_reported_once() -> None:
    assert forbidden_names("Elara met Kael. Elara left.", []) == ["Elara", "Kael"]
    assert forbidden_phrases("Echoes, echoes, and tapestries.", []) == ["tapestries", "Echoes"]


def test_the_callers_names_and_phrases_are_allowed() -> None:
    assert forbidden_names("Stormhold and Elara, but not Kael", ["the fall of Stormhold", "elara"]) == ["Kael"]
    assert forbidden_phrases("A tapestry of echoes.", ["Tapestries"]) == ["echoes"]
