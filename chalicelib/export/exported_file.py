"""A file to download."""

from dataclasses import dataclass
from urllib.parse import quote

from chalicelib.export.file_name import ascii_name


@dataclass(frozen=True, slots=True)
class ExportedFile:
    #: Safe for file systems.
    name: str
    media_type: str
    #: Text has no unpaired surrogates, so it can be written as UTF-8.
    body: str | bytes

    @property
    def disposition(self) -> str:
        """The value of `Content-Disposition` (RFC 6266): the name, and one in ASCII for old programs."""
        stem, _, ending = self.name.rpartition(".")
        plain = f"{ascii_name(stem, 'world')}.{ending}"
        return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"
