"""A world as one Markdown document, and blocks as Markdown for other files."""

from collections.abc import Iterable, Iterator

from chalicelib.export.block import Block, Entries, Entry, Heading, Lead, Outline, Prose, Scores, Section, Titled
from chalicelib.export.detail import label_of
from chalicelib.export.markdown_text import MarkdownText
from foundation.direction import direction
from foundation.language_tag import DEFAULT_LANGUAGE


def document(outline: Outline) -> str:
    text = MarkdownText()
    parts = [f"# {text.line(outline.title)}"]
    if outline.theme:
        parts += of_blocks([Lead(label_of(outline.theme))], text, level=2)
    for section in outline.sections:
        parts += _section(section, text)
    return _metadata(outline.language) + "\n\n".join(parts) + "\n"


def of_blocks(blocks: Iterable[Block], text: MarkdownText, *, level: int) -> list[str]:
    """The parts of a note, which empty lines must separate. `level` is that of the headings."""
    return [_block(block, text, level) for block in blocks]


def _metadata(language: str | None) -> str:
    """For programs that typeset the document, such as Pandoc. English is their default."""
    return "" if language in (None, DEFAULT_LANGUAGE) else f"---\nlang: {language}\ndir: {direction(language)}\n---\n\n"


def _section(section: Section, text: MarkdownText) -> Iterator[str]:
    if section.label:
        yield f"## {section.label}" + (f": {text.line(section.name)}" if section.name else "")
    yield from of_blocks(section.blocks, text, level=3)


def _block(block: Block, text: MarkdownText, level: int) -> str:
    match block:
        case Heading(heading):
            return f"{'#' * level} {text.line(heading)}"
        case Lead(lead):
            return f"*{text.line(lead)}*"
        case Prose(prose):
            return text.prose(prose)
        case Titled(title, body):
            return f"**{text.line(title)}:** {text.line(body)}"
        case Entries(entries):
            return "\n".join(_entries(entries, text, 0))
        case Scores(rows):
            return "\n".join(f"- {text.line(label)}: {text.line(value)}" for label, value in rows)


def _entries(entries: Iterable[Entry], text: MarkdownText, depth: int) -> Iterator[str]:
    for entry in entries:
        label = f"**{text.line(entry.label)}:**" if entry.label else ""
        words = " ".join(part for part in (label, text.line(entry.text or "")) if part)
        yield f"{'  ' * depth}- {words}".rstrip()
        yield from _entries(entry.entries, text, depth + 1)
