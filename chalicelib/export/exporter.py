"""Chooses the format of a file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from chalicelib.domain.document import Document
from chalicelib.export import foundry, html_page, json_file, markdown, obsidian
from chalicelib.export.exported_file import ExportedFile
from chalicelib.export.file_name import safe_name
from chalicelib.export.outline import outline_of
from chalicelib.export.view import View


class Format(Enum):
    """The value is its name in addresses."""

    MARKDOWN = "markdown"
    JSON = "json"
    OBSIDIAN = "obsidian"
    FOUNDRY = "foundry"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class _Written:
    """How a format is written, and what its files are called."""

    media_type: str
    #: After the world's title: what else the name says, and the ending.
    suffix: str
    write: Callable[[Document, View], str | bytes]


_FORMATS = {
    Format.MARKDOWN: _Written(
        "text/markdown; charset=utf-8", ".md", lambda world, view: markdown.document(outline_of(world, view))
    ),
    Format.JSON: _Written("application/json", ".json", json_file.document),
    Format.OBSIDIAN: _Written("application/zip", " (Obsidian).zip", obsidian.vault),
    Format.FOUNDRY: _Written("application/json", " (Foundry).json", foundry.journal),
    Format.HTML: _Written(
        "text/html; charset=utf-8", ".html", lambda world, view: html_page.page(outline_of(world, view))
    ),
}
MEDIA_TYPES = tuple(sorted({written.media_type for written in _FORMATS.values()}))


def export(world: Document, form: Format, view: View) -> ExportedFile:
    """The world as a file. Unpaired surrogates, which UTF-8 cannot express, become question marks."""
    written = _FORMATS[form]
    made = written.write(world, view)
    body = made if isinstance(made, bytes) else made.encode(errors="replace").decode()
    players = " (players)" if view is View.PLAYERS else ""
    return ExportedFile(f"{safe_name(world.name, 'World')}{players}{written.suffix}", written.media_type, body)
