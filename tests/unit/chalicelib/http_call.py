"""Calls of the API's endpoints, with the answers that the gateway would give."""

import json
from dataclasses import replace
from typing import Any

from chalicelib.api import problem
from chalicelib.api.message import Request, Response
from chalicelib.api.router import ROUTES
from chalicelib.domain.error import LoreSmithError
from tests.unit.chalicelib.system import OWNER, System


def request(body: Any = b"", query: dict[str, str] | None = None, **headers: str) -> Request:
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(headers=given, query=query or {}, body=body, owner=OWNER)


async def answer(system: System, called: Any, asked: Request, **path: str) -> Response:
    """Call the endpoint; errors become answers, as in the gateway."""
    (route,) = (route for route in ROUTES if route.endpoint == called)
    asked = replace(asked, parameters=route.parameters, example=route.example)
    try:
        response = await called(system.services, asked, **path)
        assert isinstance(response, Response)
        return response
    except LoreSmithError as error:
        return problem.of_error(error)


def submission(**payload: Any) -> dict[str, Any]:
    return {"type": "generate_characters", "payload": payload}
