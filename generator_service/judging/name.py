"""Finds names that a reader of their script would confuse."""

import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from generator_service.judging.script import HAN, main_script
from generator_service.judging.title import is_title
from generator_service.judging.word import tokens

#: Scripts in which a letter with a mark still reads as that letter. In others, marks are vowels or other sounds.
_SCRIPTS_WITH_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")
#: Letters that Unicode does not decompose, with their plain spelling.
_PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "ŋ": "n",
    }
)

#: Signs of the scripts of India in which two spellings of one name often differ: the dot of borrowed sounds, and the
#: nasal signs. Names of the characters in Unicode.
_OVERLOOKED = ("SIGN NUKTA", "SIGN ANUSVARA", "SIGN CANDRABINDU", "SIGN BINDI", "TIPPI")
_NASAL_LETTERS = ("LETTER NGA", "LETTER NYA", "LETTER NNA", "LETTER NA", "LETTER MA")
#: Forms of one letter in Arabic, Persian and Urdu, and the stroke that only stretches a word.
_ARABIC_FORMS = str.maketrans(
    {
        "\u0649": "\u064a",  # alef maksura, as yeh
        "\u06cc": "\u064a",  # Farsi yeh
        "\u06a9": "\u0643",  # keheh, as kaf
        "\u0629": "\u0647",  # teh marbuta, as heh
        "\u06c1": "\u0647",  # heh goal
        "\u06d5": "\u0647",  # ae
        "\u0671": "\u0627",  # alef wasla, as alef
        "\u0640": "",  # tatweel
    }
)
#: Scripts in which vowels are mostly left out.
_SCRIPTS_WITHOUT_VOWELS = ("ARABIC", "HEBREW")
#: Katakana and hiragana write the same sounds.
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {0x30FC: None}

#: Shorter names differ enough in one letter: "Mara", "Mira".
MIN_LETTERS = 6
#: Only this many letters of a name are compared, because the time grows with the square of their number.
MAX_LETTERS = 40
#: difflib's ratio of two names that are easily confused: one letter of seven differs.
CONFUSABLE = 0.85
#: Shorter first words are initials, short titles and particles: "J.", "Dr", "de".
_MIN_FIRST_NAME = 3


def similar(name: str, other: str, *, of_people: bool = False) -> bool:
    """Whether a reader would take the two for the same name, or confuse them at the table.

    `of_people`: the same first name is enough. It is the first word that is not a title.
    """
    if name_key(name) == name_key(other):
        return True
    ours, theirs = _reading_keys(name, other)
    if ours == theirs:
        return bool(ours)
    if min(len(ours), len(theirs)) >= MIN_LETTERS and _is_confusable(ours[:MAX_LETTERS], theirs[:MAX_LETTERS]):
        return True
    return of_people and (first := _first_name(name)) != "" and first == _first_name(other)


@lru_cache(maxsize=2048)
def name_key(name: str) -> str:
    """Equal for names that look the same to a reader of their script: "Zoë  of Ys" and "zoe of ys". "" if blank."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(_distinguishing(letters)).translate(_PLAIN_LETTERS)


def _distinguishing(letters: str) -> Iterable[str]:
    base_has_accents = False
    for letter in letters:
        if unicodedata.category(letter).startswith("M"):
            if not base_has_accents:
                yield letter
        elif letter.isalnum():
            base_has_accents = unicodedata.name(letter, "").startswith(_SCRIPTS_WITH_ACCENTS)
            yield letter


def _is_confusable(key: str, other: str) -> bool:
    # The ratio may depend on the order of the two. The quick ratios are upper bounds of it.
    first, second = sorted((key, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= CONFUSABLE for ratio in ratios)


def _reading_keys(name: str, other: str) -> tuple[str, str]:
    """The keys without what a reader overlooks. Vowel signs count only if both names have some."""
    keys = reading_key(name), reading_key(other)
    if main_script(name) in _SCRIPTS_WITHOUT_VOWELS:
        bare = _without_marks(keys[0]), _without_marks(keys[1])
        if bare[0] == keys[0] or bare[1] == keys[1]:
            return bare
    return keys


@lru_cache(maxsize=2048)
def reading_key(name: str) -> str:
    """`name_key` without differences of spelling that a reader overlooks: signs of nasal and borrowed sounds, the
    length of vowels in the scripts of India, forms of a letter in Arabic, katakana for hiragana."""
    return "".join(_heard(name_key(name).translate(_ARABIC_FORMS).translate(_HIRAGANA)))


def _heard(letters: str) -> Iterator[str]:
    for index, letter in enumerate(letters):
        named = unicodedata.name(letter, "")
        before = unicodedata.name(letters[index - 1], "") if index else ""
        after = unicodedata.name(letters[index + 1], "") if index + 1 < len(letters) else ""
        is_nasal_sign = named.endswith(_NASAL_LETTERS) and after.endswith("SIGN VIRAMA")
        if is_nasal_sign or named.endswith(_OVERLOOKED):
            continue
        if named.endswith("SIGN VIRAMA") and before.endswith(_NASAL_LETTERS):
            continue
        yield _short_vowel(letter, named)


def _short_vowel(letter: str, named: str) -> str:
    for long, short in ((" II", " I"), (" UU", " U")):
        if named.endswith(long):
            try:
                return unicodedata.lookup(named.removesuffix(long) + short)
            except KeyError:
                return letter
    return letter


def _without_marks(key: str) -> str:
    return "".join(letter for letter in key if not unicodedata.category(letter).startswith("M"))


@lru_cache(maxsize=2048)
def _first_name(name: str) -> str:
    """The first word that is not a title. "" if there is none, or if the script writes the family name first."""
    if main_script(name) in (HAN, "HANGUL"):
        return ""
    words = (word for word in tokens(name) if len(word) >= _MIN_FIRST_NAME and not is_title(word))
    return next(words, "")
