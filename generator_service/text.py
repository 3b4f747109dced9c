"""The text that an LLM may write: normalised, bounded, and free of what no one can see.

Lengths are generous: the prompts ask for less, and what is over these is a runaway, not prose.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

#: Control, surrogate, private use and unassigned characters: nothing a reader should get.
_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn"})
#: What no one can see, such as soft hyphens, bidirectional overrides and fillers, is left out.
_INVISIBLE = "Cf"
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: But for joiners and variation selectors, which are letters' own business in many scripts, and in emoji; not in a row.
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
#: Marks on one letter (UAX #15, 13, "Stream-Safe Text Format"); more are left out. Normalising takes time with the
#: square of their number.
_MOST_MARKS = 30
#: Vowels of Tibetan that are no marks themselves, and are taken apart into two.
_TWO_MARKS = frozenset("\u0f73\u0f75\u0f81")


def _flowing(text: object) -> object:
    """On one line, NFC: a model breaks lines as it likes, and another call to mend that would be waste."""
    if not isinstance(text, str):
        return text
    return " ".join(unicodedata.normalize("NFC", _visible(text)).split())


def _visible(text: str) -> str:
    kept: list[str] = []
    before, marks = " ", 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= _MOST_MARKS and _is_seen(character, before):
            kept.append(character)
            before = character
    return "".join(kept)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0 or character in _TWO_MARKS


def _is_seen(character: str, before: str) -> bool:
    if character in _JOINERS:
        return not before.isspace() and before not in _JOINERS
    if character in _SELECTORS:
        return not before.isspace() and before not in _JOINERS and before not in _SELECTORS
    return character not in _BLANK and unicodedata.category(character) != _INVISIBLE


def _paragraphs(text: object) -> object:
    if not isinstance(text, str):
        return text
    parts = (_flowing(part) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(str(part) for part in parts if part)


def _clean(text: str) -> str:
    if any(unicodedata.category(character) in _REFUSED for character in text if character != "\n"):
        raise ValueError("must not contain control characters")
    return text


#: A name or a title.
Name = Annotated[
    str, BeforeValidator(_flowing), StringConstraints(min_length=1, max_length=100), AfterValidator(_clean)
]
#: A few words up to two sentences: a concept, a trait, a skill.
Phrase = Annotated[
    str, BeforeValidator(_flowing), StringConstraints(min_length=1, max_length=400), AfterValidator(_clean)
]
#: One paragraph.
Paragraph = Annotated[
    str, BeforeValidator(_flowing), StringConstraints(min_length=1, max_length=2000), AfterValidator(_clean)
]
#: Prose in one or more paragraphs, separated by an empty line.
Prose = Annotated[
    str, BeforeValidator(_paragraphs), StringConstraints(min_length=1, max_length=2000), AfterValidator(_clean)
]


def name_key(name: str) -> str:
    """Equal for names that a reader would take for the same: "Zoë  of Ys" and "zoe of ys". "" for a blank one."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in letters if character.isalnum())


def is_taken(name: str, taken: Iterable[str]) -> bool:
    """Whether a name is blank, or too like one of those taken."""
    key = name_key(name)
    return not key or key in {name_key(other) for other in taken}
