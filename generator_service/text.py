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
#: What no one can see, such as soft hyphens and bidirectional overrides, is left out.
_INVISIBLE = "Cf"
#: But for the joiners, which are letters' own business in many scripts, and in emoji.
_JOINERS = frozenset("\u200c\u200d")


def _flowing(text: object) -> object:
    """On one line, NFC: a model breaks lines as it likes, and another call to mend that would be waste."""
    if not isinstance(text, str):
        return text
    visible = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) != _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", visible).split())


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
