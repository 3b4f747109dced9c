"""The formats, and the media types of their files."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Format(Enum):
    """The value is its name in addresses."""

    MARKDOWN = "markdown"
    JSON = "json"
    OBSIDIAN = "obsidian"
    FOUNDRY = "foundry"
    HTML = "html"


MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        Format.MARKDOWN: "text/markdown; charset=utf-8",
        Format.JSON: "application/json",
        Format.OBSIDIAN: "application/zip",
        Format.FOUNDRY: "application/json",
        Format.HTML: "text/html; charset=utf-8",
    }
)
