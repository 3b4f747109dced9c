"""The text that callers may send: normalised, bounded, and free of what no one can see."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

#: Unicode categories that are refused: control, format (bidirectional overrides), surrogate, private use, unassigned,
#: line and paragraph separators.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Letters, marks and symbols that show nothing: Hangul fillers, the braille pattern without dots, the grapheme joiner,
#: inherent vowels of Khmer.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Zero-width joiner and non-joiner are letters' own business in many scripts, and in emoji; so are variation selectors.
#: Each may follow something visible, once: in a row they hide text.
_JOINERS = frozenset("\u200d\u200c")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
_LINE_BREAKS = frozenset("\n\t")
_NOTHING = frozenset[str]()
#: Marks on one letter (UAX #15, 13, "Stream-Safe Text Format"). Normalising takes time with the square of their number.
_MOST_MARKS = 30
#: Vowels of Tibetan that are no marks themselves, and are taken apart into two.
_TWO_MARKS = frozenset("\u0f73\u0f75\u0f81")


def _normalized(text: Any) -> Any:
    """NFC, before anything is measured: it can make a text longer."""
    if not isinstance(text, str) or text.isascii():
        return text
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks > _MOST_MARKS:
            raise ValueError(f"must not have more than {_MOST_MARKS} marks on one letter")
    return unicodedata.normalize("NFC", text)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0 or character in _TWO_MARKS


def _clean(text: str, allowed: frozenset[str]) -> str:
    before = " "
    for character in text:
        if not (character in allowed or _may_stand(character, before)):
            raise ValueError("must not contain control or invisible characters")
        before = character
    return text


def _may_stand(character: str, before: str) -> bool:
    if character in _JOINERS:
        return not before.isspace() and before not in _JOINERS
    if character in _SELECTORS:
        return not before.isspace() and before not in _JOINERS and before not in _SELECTORS
    return character not in _BLANK and unicodedata.category(character) not in _REFUSED


def _line(text: str) -> str:
    return _visible(_clean(text, _NOTHING))


def _prose(text: str) -> str:
    return _visible(_clean(text, _LINE_BREAKS))


def _visible(text: str) -> str:
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise ValueError("must not be empty")
    return text


def clean_json(value: JsonValue) -> JsonValue:
    """The same with all its text, keys too, normalised. Raises `ValueError` for text that is refused."""
    match value:
        case str():
            return _clean(_normalized(value), _LINE_BREAKS)
        case list():
            return [clean_json(item) for item in value]
        case dict():
            cleaned = {_clean(_normalized(name), _NOTHING): clean_json(item) for name, item in value.items()}
            if len(cleaned) < len(value):
                raise ValueError("must not have a key twice, however it is written")
            return cleaned
    return value


#: Says in the API's description what `_clean` refuses; JSON Schema's patterns cannot.
_FORM = Field(json_schema_extra={"format": "printable"})

#: One short line, such as a theme: 1 to 80 characters.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    BeforeValidator(_normalized),
    AfterValidator(_line),
    _FORM,
]
#: A name: 1 to 120 characters.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    BeforeValidator(_normalized),
    AfterValidator(_line),
    _FORM,
]
#: Prose, with paragraphs: 1 to 4,000 characters.
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    BeforeValidator(_normalized),
    AfterValidator(_prose),
    _FORM,
]
