"""What a file is made of, whatever its format. Texts are as they were written: the formats escape them."""

import re
from dataclasses import dataclass
from typing import TypeAlias

#: Everything that ends a line (Unicode Standard, 5.8).
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True)
class Heading:
    """Above one field of a piece."""

    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One line that says what a piece is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    #: Paragraphs, separated by empty lines.
    text: str


@dataclass(frozen=True, slots=True)
class Titled:
    """A short text with a title of its own."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: a text, which may have a label, or a list below it."""

    text: str | None = None
    label: str | None = None
    entries: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Numbers with their labels."""

    rows: tuple[tuple[str, str], ...]


Block: TypeAlias = Heading | Lead | Prose | Titled | Entries | Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a world: its story, its quest, or a piece."""

    #: Identifies the part: "story", "quest", or the role of a piece.
    key: str
    #: What the part is, in English: "Quest", "Character". "" for the story.
    label: str
    #: Its own name; None if it has none, or none that may be shown.
    name: str | None
    #: BCP 47; None if it is not known.
    language: str | None
    blocks: tuple[Block, ...] = ()

    @property
    def is_piece(self) -> bool:
        return self.key not in ("story", "quest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    title: str
    #: BCP 47; None if it is not known.
    language: str | None
    #: None if it may not be shown.
    theme: str | None
    sections: tuple[Section, ...]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which are separated by empty lines. Other line breaks stay, without spaces around."""
    lines = "\n".join(line.strip() for line in _LINE_BREAK.split(text))
    return [found for each in _EMPTY_LINES.split(lines) if (found := each.strip())]


def one_line(text: str) -> str:
    return " ".join(text.split())
