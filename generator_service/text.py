"""The text that an LLM may write: normalised, limited in length, and free of invisible characters.

The model's meaning is kept and its decoration is dropped, because asking again costs a call. Lengths are
generous: the prompts ask for less, and text beyond these is a runaway answer, not prose.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from foundation.visible_text import MOST_MARKS, is_mark, is_noncharacter, without_invisible

#: A longer text is a runaway answer. It is rejected without cleaning, which would take time.
_MOST_CHARACTERS = 10_000

_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: Escapes that the model escaped twice, so that they arrive as text.
#: A break does not count if it may be part of a path such as C:\new: a letter or a drive before it, a lower-case letter
#: after it.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"'/*_`#~])|(?:(?<!\w\\)(?<!:\\)|(?=.[^a-z]|.\Z))([nrt]))", re.DOTALL)
_ENTITY = re.compile(r"&(?:quot|amp|apos|lt|gt|nbsp|ndash|mdash|hellip|[lr][sd]quo|#\d{2,6}|#x[0-9a-fA-F]{2,5});")

_EMPHASIS = re.compile(r"(\*\*|__|~~|`|\*(?=\S)|(?<!\w)_(?=\S))(.{1,400}?)(?<=\S)\1(?!\w)", re.DOTALL)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE)
_NUMBERING = re.compile(r"^\s*(?:[-*\u2022\u2013\u2014>]\s+|\(?\d{1,2}[.)]\s+|#\d{1,2}[:.]\s+)")
_KINDS = "full|character|faction|setting|place|event|relic|item|artifact|world|story|quest"
_LABEL = re.compile(rf"^\s*(?:(?:{_KINDS}) )?(?:name|title)\s*[:\uff1a]\s*", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|mark|code|p|h[1-6]|name|title)(?:\s[^<>]{0,100})?>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_QUOTES = ('""', "''", "``", "\u201c\u201d", "\u201e\u201c", "\u201e\u201d", "\u2018\u2019", "\u201a\u2018")
_MORE_QUOTES = ("\u00ab\u00bb", "\u00bb\u00ab", "\u2039\u203a", "\u300c\u300d", "\u300e\u300f", "\u300a\u300b")


def _visible(text: str) -> str:
    """Without terminal colours, invisible characters, and more marks on a letter than any script has."""
    kept: list[str] = []
    marks = 0
    for character in without_invisible(_TERMINAL_COLOUR.sub("", text)):
        marks = marks + 1 if is_mark(character) else 0
        if marks <= MOST_MARKS and not _is_refused(character):
            kept.append(character)
    return "".join(kept)


def _is_refused(character: str) -> bool:
    """Whether a caller may not send it: a control character other than white space, a surrogate, a noncharacter."""
    if character.isspace():
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or is_noncharacter(character)


def _meant(text: str) -> str:
    r"""Replaces escapes and entities in the text with their characters: "\\n", "\\u00eb", "&quot;"."""
    text = _ESCAPE.sub(_unescaped, text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return escape[2] or ("\t" if escape[3] == "t" else "\n")


def _plain(text: str) -> str:
    """Without headings, emphasis and simple tags from Markdown and HTML."""
    text = _HEADING.sub("", _TAG.sub("", _LINE_BREAK.sub("\n", text)))
    for _ in range(3):  # bold in italics in code, at the deepest
        text, found = _EMPHASIS.subn(r"\2", text)
        if not found:
            break
    return text


def _flowing(text: str) -> str:
    """On one line, in NFC: models break lines arbitrarily."""
    return " ".join(unicodedata.normalize("NFC", _visible(text)).split())


def _phrase(text: str) -> str:
    return _unquoted(_flowing(_plain(_NUMBERING.sub("", _meant(text)))))


def _name(text: str) -> str:
    """Without a label, numbering or quotes around it."""
    name, before = _phrase(text), ""
    while name != before:
        before = name
        name = _LABEL.sub("", _NUMBERING.sub("", _unquoted(name)))
    return name


def _unquoted(name: str) -> str:
    for pair in (*_QUOTES, *_MORE_QUOTES):
        opening, closing = pair[0], pair[1]
        inner = name[1:-1]
        if len(name) > 2 and name[0] == opening and name[-1] == closing and not {opening, closing} & set(inner):
            return inner.strip()
    return name


def _paragraph(text: str) -> str:
    return _unquoted(_flowing(_plain(_meant(text))))


def _paragraphs(text: str) -> str:
    parts = (_flowing(part) for part in re.split(r"\n\s*\n", _plain(_meant(text))))
    return _unquoted("\n\n".join(part for part in parts if part))


def _cleaned(clean: Callable[[str], str]) -> BeforeValidator:
    def cleaned(text: object) -> object:
        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
            return text
        return clean(text)

    return BeforeValidator(cleaned)


def _has_words(text: str) -> str:
    """Raises `ValueError`."""
    if not any(unicodedata.category(character)[0] in "LNSC" for character in text):
        raise ValueError("must have words")
    return text


#: A name or a title.
Name = Annotated[str, _cleaned(_name), StringConstraints(min_length=1, max_length=100), AfterValidator(_has_words)]
#: A few words up to two sentences: a concept, a trait, a skill.
Phrase = Annotated[str, _cleaned(_phrase), StringConstraints(min_length=1, max_length=400), AfterValidator(_has_words)]
#: One paragraph.
Paragraph = Annotated[
    str, _cleaned(_paragraph), StringConstraints(min_length=1, max_length=2000), AfterValidator(_has_words)
]
#: Prose in one or more paragraphs, separated by an empty line.
Prose = Annotated[
    str, _cleaned(_paragraphs), StringConstraints(min_length=1, max_length=2000), AfterValidator(_has_words)
]
