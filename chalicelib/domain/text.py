"""The text that callers may send: without invisible characters, normalized and limited in length.

People paste text. It may contain invisible soft hyphens, zero-width spaces and direction marks, so these are dropped
rather than refused. Emoji and scripts that are newer than this Python's Unicode data are kept. Control characters,
surrogates and noncharacters are refused: no one sends them on purpose. The generator cleans a model's text by the same
rules (generator_service/text.py).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

#: Visible format characters (category Cf): signs written over or around numbers and words (Unicode's
#: Prepended_Concatenation_Mark), and the joiners of hieroglyphs.
_SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
) | frozenset(map(chr, range(0x13430, 0x13440)))
#: Letters, marks and symbols that show nothing: Hangul fillers, the braille pattern without dots, the grapheme joiner,
#: inherent vowels of Khmer.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Reserved for invisible characters (Unicode's Default_Ignorable_Code_Point).
_RESERVED_BLANK = frozenset(map(chr, (0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
#: Many scripts and emoji need the zero-width joiner and non-joiner, and variation selectors. One is kept after each
#: visible character: several in a row can hide text.
_JOINERS = frozenset("\u200d\u200c")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
#: A flag such as England's is a black flag, the region's code in tag characters, and an end tag (UTS #51, "emoji tag
#: sequence"). It is kept whole; anywhere else, tag characters can hide text.
_TOKEN = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f|.", re.DOTALL)
#: Everything that ends a line (Unicode Standard, 5.8 "Newline Guidelines").
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
#: Control characters that are white space. Prose may contain them, and one line may begin and end with them.
_WHITE_CONTROLS = frozenset("\t\n\r\v\f\x85")
#: Marks on one letter (UAX #15, 13, "Stream-Safe Text Format"). Normalizing takes time with the square of their number.
_MOST_MARKS = 30
#: How many characters of a path a message shows.
_MOST_SHOWN = 80
_CONTROL_NAMES = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}


def line(text: str) -> str:
    """The text as one line. Raises `ValueError` for a character that is refused."""
    first, end = _edge_length(text), len(text) - _edge_length(reversed(text))
    _check(text[first:end], first + 1, permitted=frozenset())
    return _composed(_shown(_LINE_BREAK.sub(" ", text)))


def prose(text: str) -> str:
    """The same for text with lines and tabs; its lines end with "\\n"."""
    _check(text, 1, permitted=_WHITE_CONTROLS)
    return _composed(_shown(_LINE_BREAK.sub("\n", text)))


def trimmed(text: str) -> str:
    """The text without surrounding white space and without invisible characters."""
    return _shown(text).strip()


def _edge_length(text: Iterable[str]) -> int:
    """How many characters at the start are white space or invisible."""
    return sum(1 for _ in takewhile(_is_edge, text))


def _is_edge(character: str) -> bool:
    return character in _WHITE_CONTROLS or unicodedata.category(character)[0] == "Z" or not _is_shown(character, " ")


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
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return f"the noncharacter U+{code:04X}"
    match unicodedata.category(character):
        case "Cc":
            return _CONTROL_NAMES.get(character, f"the control character U+{code:04X}")
        case "Cs":
            return f"the unpaired surrogate U+{code:04X}"
    return None


def _shown(text: str) -> str:
    """The text without invisible characters."""
    if text.isascii():
        return text
    kept: list[str] = []
    before = " "
    for token in _TOKEN.findall(text):
        if len(token) > 1 or _is_shown(token, before):
            kept.append(token)
            before = token[-1]
    return "".join(kept)


def _is_shown(character: str, before: str) -> bool:
    if character in _JOINERS:
        return not before.isspace() and before not in _JOINERS
    if character in _SELECTORS:
        return not before.isspace() and before not in _JOINERS and before not in _SELECTORS
    if character in _BLANK or character in _RESERVED_BLANK:
        return False
    return character in _SEEN_FORMATS or unicodedata.category(character) not in ("Cf", "Co")


def _composed(text: str) -> str:
    """NFC, before anything is measured: it can make a text longer."""
    if text.isascii():
        return text
    marks = 0
    for position, character in enumerate(text, 1):
        for part in unicodedata.normalize("NFD", character):
            marks = marks + 1 if _is_mark(part) else 0
        if marks > _MOST_MARKS:
            raise ValueError(f"must not have more than {_MOST_MARKS} marks on one letter (character {position})")
    return unicodedata.normalize("NFC", text)


def _is_mark(character: str) -> bool:
    """True also for a character that is not a mark itself but decomposes into marks."""
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) != 0


def _not_blank(text: str) -> str:
    if not any(_is_visible(character) for character in text):
        raise ValueError("must not be empty")
    return text


def _is_visible(character: str) -> bool:
    """Visible on its own, unlike marks and joiners. Unassigned characters are emoji and scripts newer than our data."""
    category = unicodedata.category(character)
    return category[0] in "LNPS" or category == "Cn" or character in _SEEN_FORMATS


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
    """Empty text is accepted, but invisible text is refused."""
    try:
        cleaned = clean(text)
    except ValueError as fault:
        raise ValueError(_located(str(fault), path)) from None
    if text and not cleaned:
        raise ValueError(_located("must not be empty", path))
    return cleaned


def _below(path: str, step: str) -> str:
    """Cut off just past the length that a message shows."""
    return (f"{path}.{step}" if path else step)[: _MOST_SHOWN + 1]


def _located(message: str, path: str) -> str:
    shown = path if len(path) <= _MOST_SHOWN else f"{path[:_MOST_SHOWN]}..."
    return f"{message}, in {shown}" if path else message


def _if_text(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    """For values of unknown type: leaves anything but text for the next check to refuse."""
    return lambda value: clean(value) if isinstance(value, str) else value


#: Tells readers of the API's description what `_check` refuses; JSON Schema patterns cannot express it.
_FORM = Field(json_schema_extra={"format": "printable"})

#: One short line, such as a theme: 1 to 80 characters.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    BeforeValidator(_if_text(line)),
    AfterValidator(_not_blank),
    _FORM,
]
#: A name: 1 to 120 characters.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    BeforeValidator(_if_text(line)),
    AfterValidator(_not_blank),
    _FORM,
]
#: Prose, with paragraphs: 1 to 4,000 characters.
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    BeforeValidator(_if_text(prose)),
    AfterValidator(_not_blank),
    _FORM,
]
