"""The API's description as a page to read and to try out: Swagger UI, from the files of the package that brings it."""

import mimetypes
from functools import cache
from importlib.resources import files
from pathlib import Path

_FOLDER = Path(str(files("swagger_ui") / "static"))
PATH = "/docs"

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>LoreSmith Jobs: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", deepLinking: true});</script>
</html>
"""


def read(path: str) -> tuple[str, bytes] | None:
    """(media type, content) of the page, or of a file of its; None for every other path."""
    path = path.partition("?")[0]
    if path.rstrip("/") == PATH:
        return "text/html; charset=utf-8", _PAGE.encode()
    file = _files().get(path)
    return (mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes()) if file else None


@cache
def _files() -> dict[str, Path]:
    """Path in an address → the package's file. No other file can be asked for."""
    return {f"{PATH}/{file.relative_to(_FOLDER)}": file for file in _FOLDER.rglob("*") if file.is_file()}
