"""Chooses the language that a job is written in."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from foundation.language_tag import DEFAULT_LANGUAGE, english_name, group
from generator_service.language.identification import identify

#: The language of a text in Latin letters is clear if the text has this many words and the best guess this probability.
#: With fewer words, "Les Misérables" would be French.
_PREMISE_WORDS, _PREMISE_PROBABILITY = 5, 0.5
_THEME_WORDS, _THEME_PROBABILITY = 4, 0.6
#: The language is not clear if the text may be English with this probability. With these numbers, none of 14,955
#: English phrases of four to eight words is taken for another language.
_ENGLISH_PROBABILITY = 0.02
#: In other scripts, this many letters make the language clear: "Δ" alone is not Greek.
_LETTERS = 2
#: Languages with many times more writers than their close relatives. Between two guesses, they count three times as
#: likely: Indonesian before Malay, and Russian before Ukrainian for a word that both have.
_WIDELY_WRITTEN = frozenset({"ar", "bn", "de", "en", "es", "fa", "fr", "hi", "id", "ja", "pt", "ru", "zh"})
_WIDELY_WRITTEN_FACTOR = 3


class Choice(NamedTuple):
    """The language of a job."""

    language: str
    #: What the caller should know, as sentences.
    notes: Sequence[str] = ()


def choose(wanted: str, llm_languages: Sequence[str]) -> Choice:
    """The wanted language, or the LLM's first language if the LLM does not write the wanted one.

    `llm_languages`: the languages that it writes; empty if it writes all.
    """
    if not llm_languages or group(wanted) in map(group, llm_languages):
        return Choice(wanted)
    language = llm_languages[0]
    name = english_name(wanted)
    return Choice(
        language, [f"the text is in {english_name(language)}, because the writer in use cannot write {name}."]
    )


def wanted_language(language: str | None, premise: str | None, theme: str) -> str:
    """The tag of the language that the caller asks for.

    Without `language`, it is the language of the premise, or of the theme, if that is clear. Otherwise it is English.
    """
    return (
        language
        or _language_of(premise or "", _PREMISE_WORDS, _PREMISE_PROBABILITY)
        or _language_of(theme, _THEME_WORDS, _THEME_PROBABILITY)
        or DEFAULT_LANGUAGE
    )


def _language_of(text: str, least_words: int, least_probability: float) -> str | None:
    """The language that the text is clearly in, or None."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < _LETTERS:
        return None
    is_latin = 2 * sum(map(_is_latin, letters)) > len(letters)
    if is_latin and len(text.split()) < least_words:
        return None
    guesses = identify(text)
    if not guesses or (is_latin and not _is_clear(guesses, least_probability)):
        return None
    return max(guesses, key=_weight)[0]


def _is_clear(guesses: Sequence[tuple[str, float]], least_probability: float) -> bool:
    best, probability = guesses[0]
    may_be_english = best != DEFAULT_LANGUAGE and dict(guesses).get(DEFAULT_LANGUAGE, 0.0) >= _ENGLISH_PROBABILITY
    return probability >= least_probability and not may_be_english


def _weight(guess: tuple[str, float]) -> float:
    language, probability = guess
    return probability * (_WIDELY_WRITTEN_FACTOR if language in _WIDELY_WRITTEN else 1)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
