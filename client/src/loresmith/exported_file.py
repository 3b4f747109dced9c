"""A file that the API has made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import unquote

import httpx


@dataclass(frozen=True)
class ExportedFile:
    """A world as a file. `name` is the name that the API gives it."""

    name: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        """The content as text. A zip file has none."""
        return self.content.decode("utf-8")

    def save(self, folder: str | Path = ".") -> Path:
        """Write the file into a folder, under its name. Returns its path."""
        path = Path(folder) / self.name
        path.write_bytes(self.content)
        return path


def exported_file(answer: httpx.Response) -> ExportedFile:
    media_type = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
    return ExportedFile(_name(answer.headers.get("content-disposition", "")), media_type, answer.content)


def _name(disposition: str) -> str:
    """The file name of RFC 6266, without any folder: nothing is written elsewhere than the user has said."""
    extended = re.search(r"filename\*=UTF-8''([^;]+)", disposition, re.IGNORECASE)
    plain = re.search(r'filename="([^"]*)"', disposition)
    found = unquote(extended[1]) if extended else plain[1] if plain else ""
    return PurePath(found.replace("\\", "/")).name or "world"
