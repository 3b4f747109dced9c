"""Text in Markdown: everything that would become structure is escaped.

CommonMark permits a backslash before any ASCII punctuation (2.4). Beyond CommonMark, this escapes what GitHub, Obsidian
and Pandoc add: tables, strikethrough, highlights, tags, comments, formulas, block ids, attributes and wikilinks.
"""

import re
from collections.abc import Iterator, Mapping

from chalicelib.export.block import one_line, paragraphs

#: Anywhere in a line. `_` has no effect between letters, and `#` none after a letter.
_ANYWHERE = re.compile(
    r"[\\`*\[\]<|~^$]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|(?<!\w)#"
    r"|%(?=%)|(?<=%)%|=(?==)|(?<==)="
    r"|\{(?=[#.:%{])"
    r"|&(?=#?\w+;)"
)
#: Lists, underlines of headings, definitions, divisions, quotes.
_AT_START = re.compile(r"^(?:[-+=:](?=[\s=:-]|$)|>)", re.MULTILINE)
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
#: Names with other characters could end a wikilink or change its look.
_PLAIN = re.compile(r"[^\\`*\[\]<>|~^$_#%={}&\n]+")


class MarkdownText:
    """Escapes the texts of one note. The first mention of each name in `links` becomes a link to its note."""

    def __init__(self, links: Mapping[str, str] | None = None) -> None:
        self._unlinked = dict(links or {})
        longest_first = sorted(self._unlinked, key=len, reverse=True)
        whole_words = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
        self._names = re.compile(whole_words) if longest_first else None

    def line(self, text: str) -> str:
        """The text on one line, without links."""
        return _escaped(one_line(text))

    def prose(self, text: str) -> str:
        """Paragraphs. Two spaces at the end of a line keep its line break."""
        return "\n\n".join("".join(self._linked(each)).replace("\n", "  \n") for each in paragraphs(text))

    def _linked(self, paragraph: str) -> Iterator[str]:
        end = 0
        for found in self._names.finditer(paragraph) if self._names else ():
            note = self._unlinked.pop(found[0], None)
            if note is not None:
                self._unlinked = {name: other for name, other in self._unlinked.items() if other != note}
                yield _escaped(paragraph[end : found.start()])
                yield wikilink(note, found[0])
                end = found.end()
        yield _escaped(paragraph[end:])


def wikilink(note: str, shown: str) -> str:
    """A link to a note of the same vault."""
    return f"[[{note}|{shown}]]" if shown != note and _PLAIN.fullmatch(shown) else f"[[{note}]]"


def _escaped(text: str) -> str:
    marked = _AT_START.sub(r"\\\g<0>", _ANYWHERE.sub(r"\\\g<0>", text))
    return _NUMBER.sub(r"\1\\\2", marked)
