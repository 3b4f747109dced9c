"""The text that callers may send: normalised, bounded, and free of what no one can see."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

#: Unicode categories that are refused: control, format (bidirectional overrides), surrogate, private use, unassigned.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Zero-width joiner and non-joiner are letters' own business in many scripts, and in emoji.
_ALLOWED = frozenset({"\u200d", "\u200c"})


def _clean(text: str, allowed: frozenset[str]) -> str:
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(c) in _REFUSED and c not in allowed for c in text):
        raise ValueError("must not contain control or invisible characters")
    return text


def _line(text: str) -> str:
    return _clean(text, _ALLOWED)


def _prose(text: str) -> str:
    return _clean(text, _ALLOWED | {"\n", "\t"})


def clean_json(value: JsonValue) -> JsonValue:
    """The same with all its text, keys too, normalised. Raises `ValueError` for text that is refused."""
    match value:
        case str():
            return _prose(value)
        case list():
            return [clean_json(item) for item in value]
        case dict():
            return {_line(name): clean_json(item) for name, item in value.items()}
    return value


#: Says in the API's description what `_clean` refuses; JSON Schema's patterns cannot.
_FORM = Field(json_schema_extra={"format": "printable"})

#: One short line, such as a theme: 1 to 80 characters.
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_line), _FORM
]
#: A name: 1 to 120 characters.
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_line), _FORM
]
#: Prose, with paragraphs: 1 to 4,000 characters.
Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_prose), _FORM
]
