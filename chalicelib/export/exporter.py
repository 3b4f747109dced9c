"""Chooses how a file is written."""

from collections.abc import Callable, Mapping

from chalicelib.domain.document import Document
from chalicelib.export import foundry, html_page, json_file, markdown, obsidian
from chalicelib.export.exported_file import ExportedFile
from chalicelib.export.file_format import MEDIA_TYPES, Format
from chalicelib.export.file_name import safe_name
from chalicelib.export.outline import outline_of
from chalicelib.export.view import View

_Writer = Callable[[Document, View], str | bytes]


def _markdown(world: Document, view: View) -> str:
    return markdown.document(outline_of(world, view))


def _html(world: Document, view: View) -> str:
    return html_page.page(outline_of(world, view))


#: How a file is written, and how its name ends after the world's title.
_WRITERS: Mapping[Format, tuple[_Writer, str]] = {
    Format.MARKDOWN: (_markdown, ".md"),
    Format.JSON: (json_file.document, ".json"),
    Format.OBSIDIAN: (obsidian.vault, " (Obsidian).zip"),
    Format.FOUNDRY: (foundry.journal, " (Foundry).json"),
    Format.HTML: (_html, ".html"),
}


def export(world: Document, form: Format, view: View) -> ExportedFile:
    """The world as a file. Unpaired surrogates, which UTF-8 cannot express, become question marks."""
    write, ending = _WRITERS[form]
    made = write(world, view)
    body = made if isinstance(made, bytes) else made.encode(errors="replace").decode()
    players = " (players)" if view is View.PLAYERS else ""
    return ExportedFile(f"{safe_name(world.name, 'World')}{players}{ending}", MEDIA_TYPES[form], body)
