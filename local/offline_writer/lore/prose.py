"""Joins pieces of text into well-formed English."""

import re
from collections.abc import Iterable
from typing import NamedTuple

#: The end of a text after which a sentence begins.
_SENTENCE_START = re.compile(r"(?:^|[.!?\n][\"'”)]*\s+|^[\"“(])$")
_ENDS_IN_ARTICLE = re.compile(r"\b([Aa])n?( )$")
#: How much of the text's end these two patterns need. Searching all of it for each token would take most of the time.
_LOOK_BACK = 8
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_SPACES = re.compile(r"\s+")
#: Words that begin with a vowel in writing and a consonant in speech.
_SPOKEN_CONSONANT = re.compile(r"(?:uni[^nm]|unit|use|usu|uto|ubi|eu|ewe|one\b|once\b|u-)", re.IGNORECASE)
#: Words that begin with a consonant in writing and a vowel in speech.
_SPOKEN_VOWEL = re.compile(r"(?:hour|heir|honest|honou?r|8|11\b|18(?:\d\d)?s?\b|x-ray)", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of text. A `given` piece, such as a name, keeps its spelling."""

    text: str
    given: bool = False


def clean(text: str) -> str:
    """The text on one line: control characters and runs of white space become single spaces."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()


def article(word: str) -> str:
    """`a` or `an`, for the word that follows: by spelling, with a list of common exceptions."""
    if _SPOKEN_VOWEL.match(word):
        return "an"
    if _SPOKEN_CONSONANT.match(word):
        return "a"
    return "an" if word[:1].lower() in set("aeiouàáâäåæèéêëìíîïòóôöøùúûü") else "a"


def capitalised(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:] if _FIRST_LETTER.match(text) else text


def uncapitalised(text: str) -> str:
    """The text with its first letter in lower case, for the middle of a sentence."""
    return text[:1].lower() + text[1:]


def assemble(tokens: Iterable[Token]) -> str:
    """Join tokens: correct articles, capitals at the start of sentences, no double spaces or full stops."""
    text = ""
    for token in tokens:
        text = _joined(text, token)
    return text.strip()


def _joined(text: str, token: Token) -> str:
    addition = token.text
    if not token.given and (not text or text[-1].isspace()):
        addition = addition.lstrip(" ")
    if not addition:
        return text
    if not token.given and addition[0] in ".,;" and text.rstrip()[-1:] in {".", "!", "?"}:
        addition = addition[1:] if addition[0] == "." else addition
    if addition[0] in ".,;:" and text.endswith(","):
        text = text[:-1]
    if found := _ENDS_IN_ARTICLE.search(text, max(0, len(text) - _LOOK_BACK)):
        text = text[: found.start()] + _cased_article(found[1], addition) + " "
    return text + _fitted(text, addition, given=token.given)


def _cased_article(letter: str, following: str) -> str:
    fitting = article(following)
    return fitting.capitalize() if letter == "A" else fitting


def _fitted(text: str, addition: str, *, given: bool) -> str:
    if not addition:
        return addition
    opens_sentence = _SENTENCE_START.search(text, max(0, len(text) - _LOOK_BACK)) is not None or not text
    if opens_sentence:
        return capitalised(addition)
    if not given:
        return addition
    return "the " + addition[4:] if addition.startswith("The ") else addition
