"""The text that callers may send: without invisible characters, normalised and limited in length.

People paste text. It may contain invisible soft hyphens, zero-width spaces and direction marks, so these are dropped
rather than refused. Emoji and scripts that are newer than this Python's Unicode data are kept. Control characters,
surrogates and noncharacters are refused: no one sends them on purpose.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints
from typing_extensions import TypeAliasType

from foundation import language_tag
from foundation.visible_text import MOST_MARKS, SEEN_FORMATS, is_mark, is_noncharacter, is_shown, without_invisible

#: Everything that ends a line (Unicode Standard, 5.8 "Newline Guidelines").
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
#: Control characters that are white space. Prose may contain them, and one line may begin and end with them.
_WHITE_CONTROLS = frozenset("\t\n\r\v\f\x85")
#: How many characters of a path a message shows.
_MOST_SHOWN = 80
_CONTROL_NAMES = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}


def line(text: str) -> str:
    """The text as one line. Raises `ValueError` for a character that is refused."""
    first, end = _edge_length(text), len(text) - _edge_length(reversed(text))
    _check(text[first:end], first + 1, permitted=frozenset())
    return _composed(without_invisible(_LINE_BREAK.sub(" ", text)))


def prose(text: str) -> str:
    """Clean text that may contain line breaks and tabs, as `line` does for one line. Lines end with "\\n"."""
    _check(text, 1, permitted=_WHITE_CONTROLS)
    return _composed(without_invisible(_LINE_BREAK.sub("\n", text)))


def trimmed(text: str) -> str:
    """The text without surrounding white space and without invisible characters."""
    return without_invisible(text).strip()


def _edge_length(text: Iterable[str]) -> int:
    """How many characters at the start are white space or invisible."""
    return sum(1 for _ in takewhile(_is_edge, text))


def _is_edge(character: str) -> bool:
    return character in _WHITE_CONTROLS or unicodedata.category(character)[0] == "Z" or not is_shown(character, " ")


def _check(text: str, first: int, *, permitted: frozenset[str]) -> None:
    """Raises `ValueError` for a refused character. `first` is the 1-based position of the text's first character."""
    if text.isascii() and text.isprintable():
        return
    for position, character in enumerate(text, first):
        if character not in permitted and (refused := _refused(character)):
            raise ValueError(f"must not contain {refused} (character {position})")


def _refused(character: str) -> str | None:
    """The name of this character if it is refused, else None."""
    code = ord(character)
    if is_noncharacter(character):
        return f"the noncharacter U+{code:04X}"
    match unicodedata.category(character):
        case "Cc":
            return _CONTROL_NAMES.get(character, f"the control character U+{code:04X}")
        case "Cs":
            return f"the unpaired surrogate U+{code:04X}"
    return None


def _composed(text: str) -> str:
    """Normalise to NFC. This comes before lengths are checked, because it can make a text longer."""
    if text.isascii():
        return text
    marks = 0
    for position, character in enumerate(text, 1):
        for part in unicodedata.normalize("NFD", character):
            marks = marks + 1 if is_mark(part) else 0
        if marks > MOST_MARKS:
            raise ValueError(f"must not have more than {MOST_MARKS} marks on one letter (character {position})")
    return unicodedata.normalize("NFC", text)


def not_blank(text: str) -> str:
    """The text, which must have something visible. Raises `ValueError`."""
    if not any(_is_visible(character) for character in text):
        raise ValueError("must not be empty")
    return text


def _is_visible(character: str) -> bool:
    """Visible on its own, unlike marks and joiners. Unassigned characters are emoji and scripts newer than our data."""
    category = unicodedata.category(character)
    return category[0] in "LNPS" or category == "Cn" or character in SEEN_FORMATS


def clean_json(value: JsonValue, path: str = "") -> JsonValue:
    """The value with all its text cleaned, including keys. The `ValueError` says which text is refused and why."""
    match value:
        case str():
            return _cleaned(value, prose, path)
        case list():
            return [clean_json(item, _below(path, str(index))) for index, item in enumerate(value)]
        case dict():
            return _clean_object(value, path)
    return value


def _clean_object(value: dict[str, JsonValue], path: str) -> JsonValue:
    cleaned: dict[str, JsonValue] = {}
    for name, item in value.items():
        key = _cleaned(name, line, _below(path, "(key)"))
        cleaned[key] = clean_json(item, _below(path, key))
    if len(cleaned) < len(value):
        raise ValueError(_located("must not have the same key twice, in any spelling", path))
    return cleaned


def _cleaned(text: str, clean: Callable[[str], str], path: str) -> str:
    """Clean one text. Empty text is accepted, but text with only invisible characters is refused."""
    try:
        cleaned = clean(text)
    except ValueError as fault:
        raise ValueError(_located(str(fault), path)) from None
    if text and not cleaned:
        raise ValueError(_located("must not be empty", path))
    return cleaned


def _below(path: str, step: str) -> str:
    """The path of a part of a value, cut off just past the length that a message shows."""
    return (f"{path}.{step}" if path else step)[: _MOST_SHOWN + 1]


def _located(message: str, path: str) -> str:
    shown = path if len(path) <= _MOST_SHOWN else f"{path[:_MOST_SHOWN]}..."
    return f"{message}, in {shown}" if path else message


def _if_text(clean: Callable[[str], str]) -> Callable[[object], object]:
    """Apply `clean` to text only. The next check refuses anything else."""
    return lambda value: clean(value) if isinstance(value, str) else value


as_prose = _if_text(prose)

#: Documents in the schema what `_check` refuses. A JSON Schema pattern cannot express it.
_FORM = Field(json_schema_extra={"format": "printable"})

PrintableText = Annotated[str, _FORM]
#: Any JSON value, for schemas.
PrintableJson = TypeAliasType(
    "PrintableJson",
    "bool | int | float | PrintableText | list[PrintableJson] | dict[PrintableText, PrintableJson] | None",
)

#: One short line, such as a theme: 1 to 80 characters.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    BeforeValidator(_if_text(line)),
    AfterValidator(not_blank),
    _FORM,
]
#: A name: 1 to 120 characters.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    BeforeValidator(_if_text(line)),
    AfterValidator(not_blank),
    _FORM,
]
#: What must be true of everything that is written, in a few sentences: 1 to 1,000 characters.
Premise = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    BeforeValidator(as_prose),
    AfterValidator(not_blank),
    _FORM,
]
#: The tag of a language (BCP 47), in its usual case.
LanguageTag = Annotated[
    str, AfterValidator(language_tag.canonical), Field(json_schema_extra={"format": "language-tag"})
]
#: Prose, with paragraphs: 1 to 4,000 characters.
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    BeforeValidator(as_prose),
    AfterValidator(not_blank),
    _FORM,
]
