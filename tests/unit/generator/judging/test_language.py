"""A text is in the wrong language only if it is long and certainly in another language."""

import pytest

from generator_service.judging.judge import judge
from generator_service.judging.language import MIN_WORDS, other_language
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule
from generator_service.judging.word import count_words
from tests.unit.generator.judging.prose import PROSE

TEXT = PROSE["en"][0]


class Identifier:
    """Gives the same answer for every text."""

    def __init__(self, **probabilities: float) -> None:
        self.found = sorted(probabilities.items(), key=lambda pair: -pair[1])

    def __call__(self, text: str) -> list[tuple[str, float]]:
        return self.found


ENGLISH = Identifier(en=0.97, de=0.02, ja=0.01)


@pytest.mark.parametrize("wanted", ["de", "de-AT", "DE", "ja", "hu"])
def test_a_text_in_another_language_is_found(wanted: str) -> None:
    assert other_language(TEXT, wanted, ENGLISH) == "en"


@pytest.mark.parametrize("wanted", ["en", "en-GB"])
def test_a_text_in_the_language_is_good(wanted: str) -> None:
    assert other_language(TEXT, wanted, ENGLISH) is None


@pytest.mark.parametrize(
    ("wanted", "identify"),
    [
        ("de", Identifier(en=0.7, de=0.05)),
        ("de", Identifier(en=0.85, de=0.15)),
        ("nn", Identifier(nb=0.99, nn=0.01)),
        ("sr-Latn", Identifier(hr=0.9, sr=0.05)),
    ],
)
def test_a_doubtful_language_is_not_judged(wanted: str, identify: Identifier) -> None:
    assert other_language(TEXT, wanted, identify) is None


def test_a_short_text_is_not_judged_but_short_texts_together_are() -> None:
    traits = ["counts the exits of rooms", "keeps old bread in his pocket", "never sits down first"]
    around = Surroundings(language="de", identify=ENGLISH)
    assert other_language(traits[0], "de", ENGLISH) is None
    assert [each.rule for each in judge({"traits": traits}, Standard(), around)] == [Rule.WRONG_LANGUAGE]


def test_names_are_not_judged() -> None:
    name = {"name": "The Very Long and Winding Name of a Ferry That Never Left the Quay"}
    around = Surroundings(language="de", identify=ENGLISH)
    assert judge(name, Standard(names=("name",)), around) == []


@pytest.mark.parametrize("text", PROSE["en"])
def test_text_that_is_certainly_english_need_not_be_identified(text: str) -> None:
    """Identifying the language takes more time than all other rules together."""
    assert other_language(text, "en", Identifier(de=1.0)) is None


@pytest.mark.parametrize("text", [text for language, texts in PROSE.items() if language != "en" for text in texts])
def test_text_in_another_language_is_never_certainly_english(text: str) -> None:
    assert count_words(text) < MIN_WORDS or other_language(text, "en", Identifier(de=1.0)) == "de"


def test_without_a_language_nothing_is_judged() -> None:
    assert judge({"text": TEXT}, Standard(), Surroundings(identify=ENGLISH)) == []
