"""Types for the text that an LLM writes: normalised, limited in length, and free of invisible characters.

They keep the model's meaning and drop its decoration, because asking again costs a call. The limits are generous: the
prompts ask for less, so a longer text is a runaway answer, not prose.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from foundation.visible_text import MOST_MARKS, is_mark, is_noncharacter, without_invisible

#: A longer text is a runaway answer. It is rejected without being cleaned first, which would take time.
_MAX_CHARACTERS = 10_000

#: Characters of scripts without spaces between words: Chinese and Japanese, with their punctuation.
_UNSPACED = "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_UNSPACED_BREAK = re.compile(rf"(?<={_UNSPACED})\s*[\n\r]\s*(?={_UNSPACED})")

_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: Escapes that the model escaped twice, so that they arrive as text. An escaped line break does not count if it may be
#: part of a path such as C:\new: a letter or a drive comes before it and a lower-case letter after it.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"'/*_`#~])|(?:(?<!\w\\)(?<!:\\)|(?=.[^a-z]|.\Z))([nrt]))", re.DOTALL)
_ENTITY = re.compile(r"&(?:quot|amp|apos|lt|gt|nbsp|ndash|mdash|hellip|[lr][sd]quo|#\d{2,6}|#x[0-9a-fA-F]{2,5});")

_EMPHASIS = re.compile(rf"(\*\*|__|~~|`|\*(?=\S)|(?<!\w)_(?=\S))(.{{1,400}}?)(?<=\S)\1(?!(?!{_UNSPACED})\w)", re.DOTALL)
_EMPHASIS_SIGNS = ("*", "_", "~~", "`")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE)
_NUMBERING = re.compile(
    r"^\s*(?:[-*\u2022\u2013\u2014>]\s+|\(?\d{1,2}[.)]\s+|\d{1,2}[\u3001\uff0e\uff09]\s*|#\d{1,2}[:.]\s+)"
)
_KINDS = "full|character|faction|setting|place|event|relic|item|artifact|world|story|quest"
#: "Name" and "title" in the languages that models write most.
_NAME_WORDS = (
    "name|namn|navn|naam|nimi|nom|nome|nombre|imię|jméno|név|nama|tên|isim|имя|ім'я|название|назва|όνομα|الاسم|اسم|שם|"
    "नाम|ชื่อ|이름|名前|名称|名稱|名字|姓名"
)
_TITLE_WORDS = "title|titel|titre|título|titolo|tytuł|заголовок|τίτλος|العنوان|כותרת|शीर्षक|제목|标题|標題|タイトル"
_LABEL = re.compile(rf"^\s*(?:(?:{_KINDS}) )?(?:{_NAME_WORDS}|{_TITLE_WORDS})\s*[:\uff1a]\s*", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|mark|code|p|h[1-6]|name|title)(?:\s[^<>]{0,100})?>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_QUOTES = ('""', "''", "``", "\u201c\u201d", "\u201e\u201c", "\u201e\u201d", "\u2018\u2019", "\u201a\u2018")
_MORE_QUOTES = (
    "\u00ab\u00bb",
    "\u00bb\u00ab",
    "\u2039\u203a",
    "\u203a\u2039",
    "\u201d\u201d",
    "\u2019\u2019",
    "\uff02\uff02",
)
_CJK_QUOTES = (
    "\u300c\u300d",
    "\u300e\u300f",
    "\u300a\u300b",
    "\u3008\u3009",
    "\u3010\u3011",
    "\u301d\u301e",
    "\u301d\u301f",
)
_PAIRS = frozenset((*_QUOTES, *_MORE_QUOTES, *_CJK_QUOTES))


def _visible(text: str) -> str:
    """Without terminal colours, invisible characters, and more marks on a letter than any script uses."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in without_invisible(_TERMINAL_COLOUR.sub("", text)):
        marks = marks + 1 if is_mark(character) else 0
        if marks <= MOST_MARKS and not _is_forbidden(character):
            kept.append(character)
    return "".join(kept)


def _is_forbidden(character: str) -> bool:
    """Whether the character is a control character other than white space, a surrogate, or a noncharacter."""
    if character.isspace():
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or is_noncharacter(character)


def _unescaped_text(text: str) -> str:
    r"""With escapes and entities replaced by the characters that they stand for: "\\n", "\\u00eb", "&quot;"."""
    if "\\" in text:
        text = _ESCAPE.sub(_character, text)
    if not text.isascii():  # ASCII has no surrogates
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _character(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return escape[2] or ("\t" if escape[3] == "t" else "\n")


def _without_markup(text: str) -> str:
    """Without Markdown headings, emphasis, and simple HTML tags."""
    if "<" in text:
        text = _TAG.sub("", _LINE_BREAK.sub("\n", text))
    if "#" in text:
        text = _HEADING.sub("", text)
    if not any(sign in text for sign in _EMPHASIS_SIGNS):
        return text
    for _ in range(3):  # at most bold in italics in code
        text, found = _EMPHASIS.subn(r"\2", text)
        if not found:
            break
    return text


def _one_line(text: str) -> str:
    """On one line, because models break lines arbitrarily, and in NFC."""
    text = unicodedata.normalize("NFC", _visible(text))
    return " ".join((text if text.isascii() else _UNSPACED_BREAK.sub("", text)).split())


def _phrase(text: str) -> str:
    return _unquoted(_one_line(_without_markup(_NUMBERING.sub("", _unescaped_text(text)))))


def _name(text: str) -> str:
    """Without a label, numbering or quotes around it."""
    name, before = _phrase(text), ""
    while name != before:
        before = name
        name = _LABEL.sub("", _NUMBERING.sub("", _unquoted(name)))
    return name


def _unquoted(name: str) -> str:
    pair, inner = name[:1] + name[-1:], name[1:-1]
    return inner.strip() if inner and pair in _PAIRS and not set(pair) & set(inner) else name


def _paragraph(text: str) -> str:
    return _unquoted(_one_line(_without_markup(_unescaped_text(text))))


def _paragraphs(text: str) -> str:
    parts = (_one_line(part) for part in re.split(r"\n\s*\n", _without_markup(_unescaped_text(text))))
    return _unquoted("\n\n".join(part for part in parts if part))


def _clean_with(clean: Callable[[str], str]) -> BeforeValidator:
    def cleaned(text: object) -> object:
        if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
            return text
        return clean(text)

    return BeforeValidator(cleaned)


def _has_words(text: str) -> str:
    """Raises `ValueError`."""
    if not any(unicodedata.category(character)[0] in "LNSC" for character in text):
        raise ValueError("must have words")
    return text


#: A name or a title.
Name = Annotated[str, _clean_with(_name), StringConstraints(min_length=1, max_length=100), AfterValidator(_has_words)]
#: A few words up to two sentences: a concept, a trait, a skill.
Phrase = Annotated[
    str, _clean_with(_phrase), StringConstraints(min_length=1, max_length=400), AfterValidator(_has_words)
]
#: One paragraph.
Paragraph = Annotated[
    str, _clean_with(_paragraph), StringConstraints(min_length=1, max_length=2000), AfterValidator(_has_words)
]
#: One or more paragraphs, separated by empty lines.
Prose = Annotated[
    str, _clean_with(_paragraphs), StringConstraints(min_length=1, max_length=2000), AfterValidator(_has_words)
]
