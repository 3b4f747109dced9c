"""The API's documentation at `/docs`: Swagger UI, with the files of the `swagger-ui-py` package."""

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

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


def routes() -> list[BaseRoute]:
    return [
        Route("/docs", _page),
        Route("/docs/", _page),
        Mount("/docs", StaticFiles(packages=[("swagger_ui", "static")])),
    ]


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(_PAGE)
