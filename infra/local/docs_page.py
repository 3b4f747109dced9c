"""The API's description as a page to read and to try out: Swagger UI, from the files of the package that brings it."""

import mimetypes
from importlib.resources import files
from pathlib import Path

_FILES = Path(str(files("swagger_ui") / "static")).resolve()
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
    if path != PATH and not path.startswith(f"{PATH}/"):
        return None
    name = path.removeprefix(PATH).strip("/")
    if not name:
        return "text/html; charset=utf-8", _PAGE.encode()
    file = (_FILES / name).resolve()
    if not (file.is_relative_to(_FILES) and file.is_file()):
        return None
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes()
