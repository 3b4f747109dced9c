"""The text that callers may send: normalised, bounded, and free of what no one can see."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

#: Unicode categories that are refused: control, format (bidirectional overrides), surrogate, private use, unassigned,
#: line and paragraph separators.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Letters and symbols that show nothing: Hangul fillers, the braille pattern without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Zero-width joiner and non-joiner are letters' own business in many scripts, and in emoji.
_ALLOWED = frozenset({"\u200d", "\u200c"})
_ALLOWED_IN_PROSE = _ALLOWED | {"\n", "\t"}


def _normalized(text: Any) -> Any:
    """NFC, before anything is measured: it can make a text longer."""
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else text


def _clean(text: str, allowed: frozenset[str]) -> str:
    if any(unicodedata.category(c) in _REFUSED and c not in allowed for c in text):
        raise ValueError("must not contain control or invisible characters")
    return text


def _line(text: str) -> str:
    return _visible(_clean(text, _ALLOWED))


def _prose(text: str) -> str:
    return _visible(_clean(text, _ALLOWED_IN_PROSE))


def _visible(text: str) -> str:
    if not any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANK for c in text):
        raise ValueError("must not be empty")
    return text


def clean_json(value: JsonValue) -> JsonValue:
    """The same with all its text, keys too, normalised. Raises `ValueError` for text that is refused."""
    match value:
        case str():
            return _clean(_normalized(value), _ALLOWED_IN_PROSE)
        case list():
            return [clean_json(item) for item in value]
        case dict():
            cleaned = {_clean(_normalized(name), _ALLOWED): clean_json(item) for name, item in value.items()}
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
