"""Text and blocks in HTML. Every text is escaped; nothing that is written here runs or loads anything."""

import html
from collections.abc import Callable, Iterable

from chalicelib.export.block import Block, Entries, Entry, Heading, Lead, Prose, Scores, Titled, paragraphs
from foundation.direction import direction

Escape = Callable[[str], str]

#: Control characters, which HTML does not permit (WHATWG HTML, 13.2.3.5), except white space.
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), *range(127, 160)))


def escaped(text: str) -> str:
    """Text for an element or an attribute in double quotes."""
    return html.escape(text.translate(_CONTROLS))


def language_attributes(language: str | None) -> str:
    """If the language is not known, the browser finds the direction in the text."""
    if language is None:
        return 'lang="" dir="auto"'
    return f'lang="{escaped(language)}" dir="{direction(language)}"'


def of_blocks(blocks: Iterable[Block], *, level: int, escape: Escape = escaped) -> str:
    """`level` is that of the headings."""
    return "\n".join(_block(block, level, escape) for block in blocks)


def _block(block: Block, level: int, escape: Escape) -> str:
    match block:
        case Heading(heading):
            return f"<h{level}>{escape(heading)}</h{level}>"
        case Lead(lead):
            return f"<p><em>{escape(lead)}</em></p>"
        case Prose(prose):
            return "\n".join(f"<p>{_lines(each, escape)}</p>" for each in paragraphs(prose))
        case Titled(title, body):
            return f"<p><strong>{escape(title)}:</strong> {escape(body)}</p>"
        case Entries(entries):
            return _list(entries, escape)
        case Scores(rows):
            cells = [f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in rows]
            return "\n".join(("<table>", "<tbody>", *cells, "</tbody>", "</table>"))


def _lines(paragraph: str, escape: Escape) -> str:
    return "<br>\n".join(escape(line) for line in paragraph.split("\n"))


def _list(entries: Iterable[Entry], escape: Escape) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_entry(entry, escape)}</li>" for entry in entries) + "\n</ul>"


def _entry(entry: Entry, escape: Escape) -> str:
    label = f"<strong>{escape(entry.label)}:</strong>" if entry.label else ""
    words = " ".join(part for part in (label, escape(entry.text or "")) if part)
    return words + ("\n" + _list(entry.entries, escape) if entry.entries else "")
