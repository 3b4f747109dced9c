"""No rule finds fault with good prose, in any language."""

from typing import Any

import pytest

from foundation.json_value import Json
from generator_service.judging.judge import judge
from generator_service.judging.sentence import is_finished
from generator_service.judging.standard import Standard, Words
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule
from generator_service.judging.word import count_words
from tests.unit.generator.judging.prose import PROSE

STANDARD = Standard(
    lengths={"summary": Words(50, 80), "history": Words(50, 80)},
    sentences=("summary", "history"),
    distinct_entries=("summary",),
)


def rules(output: Json, standard: Standard = STANDARD, **around: Any) -> list[Rule]:
    return [weakness.rule for weakness in judge(output, standard, Surroundings(**around))]


@pytest.mark.parametrize("language", PROSE)
def test_good_prose_breaks_no_rule(language: str) -> None:
    first, second = PROSE[language]
    others = [
        dict(zip(("summary", "history"), texts, strict=True)) for name, texts in PROSE.items() if name != language
    ]
    assert rules({"history": second}, piece={"summary": first}, others=others) == []


@pytest.mark.parametrize("language", PROSE)
def test_the_length_of_a_text_is_measured_alike_in_every_language(language: str) -> None:
    """The texts say the same, so each has about as many words as the English one: 0.6 to 1.6 times as many."""
    for text, english in zip(PROSE[language], PROSE["en"], strict=True):
        assert 0.55 < count_words(text) / count_words(english) < 1.6


@pytest.mark.parametrize("language", [name for name in PROSE if name != "th"])
def test_a_text_that_is_cut_off_anywhere_within_a_sentence_is_found(language: str) -> None:
    text = " ".join(PROSE[language])
    cuts = (text[:end] for end in range(20, len(text)))
    taken = [cut for cut in cuts if is_finished(cut)]
    assert {cut.rstrip("\"'“”»«」’ ")[-1] for cut in taken} <= set(".?!。？！؟։।;")


@pytest.mark.parametrize("language", PROSE)
def test_a_paragraph_that_is_said_twice_is_found_wherever_it_stands(language: str) -> None:
    first, second = PROSE[language]
    assert Rule.REPEATS_ITSELF in rules({"summary": f"{first}\n\n{second}\n\n{first}"})
    assert Rule.REPEATS_OTHER_FIELD in rules({"summary": first, "history": f"{second} {first}"})
    assert Rule.REPEATS_OTHER_FIELD in rules({"history": f"{second} {first}"}, piece={"summary": first})
    assert Rule.REPEATS_OTHER_PIECE in rules({"history": f"{second} {first}"}, others=[{"summary": first}])


@pytest.mark.parametrize("language", PROSE)
def test_a_text_of_one_word_and_an_endless_one_are_found(language: str) -> None:
    text = " ".join(PROSE[language])
    assert rules({"summary": text[:4]}, Standard(lengths=STANDARD.lengths)) == [Rule.TOO_SHORT]
    assert Rule.TOO_LONG in rules({"summary": text * 3})
