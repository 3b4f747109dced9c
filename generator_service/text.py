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

#: Control, surrogate and private-use characters show nothing; format characters (Cf) show nothing by themselves.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cf"})
#: Visible format characters: signs written over or around numbers and words (Unicode's Prepended_Concatenation_Mark),
#: and the joiners of hieroglyphs.
_SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
) | frozenset(map(chr, range(0x13430, 0x13440)))
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Unassigned but reserved for invisible characters (Unicode, Default_Ignorable_Code_Point), and noncharacters.
_RESERVED = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")
#: Joiners and variation selectors belong to letters in many scripts, and to emoji. Kept, but never two in a row.
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
#: Flags of regions, such as England's: a black flag, the region's letters as tags, and an end tag (UTS #51, ED-14a).
_REGION_FLAG = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)")
#: Marks on one letter (UAX #15, 13, "Stream-Safe Text Format"); more are dropped. Normalising takes time with the
#: square of their number.
_MOST_MARKS = 30
#: Tibetan vowels that are no marks themselves but decompose into two.
_TWO_MARKS = frozenset("\u0f73\u0f75\u0f81")

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
    """Without terminal colours and invisible characters."""
    parts = _REGION_FLAG.split(_TERMINAL_COLOUR.sub("", text))
    return "".join(part if _REGION_FLAG.fullmatch(part) else _shown(part) for part in parts)


def _shown(text: str) -> str:
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
    """Characters that are newer than this Python's Unicode data, such as recent emoji, count as visible."""
    if character.isspace() or character in _SEEN_FORMATS:
        return True
    if character in _JOINERS:
        return not before.isspace() and before not in _JOINERS
    if character in _SELECTORS:
        return not before.isspace() and before not in _JOINERS and before not in _SELECTORS
    if character in _BLANK or unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return False
    return _RESERVED.match(character) is None and ord(character) & 0xFFFE != 0xFFFE


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
