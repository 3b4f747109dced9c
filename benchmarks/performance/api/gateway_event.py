"""Requests as API Gateway passes them to a Lambda function."""

import json
from typing import Any


def event(method: str, route: str, body: Any = None, headers: dict[str, str] | None = None, **path: str) -> Any:
    """An event of API Gateway for this request, with the headers of a browser's request."""
    given = {
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br",
        "content-type": "application/json",
        "host": "api.example",
        "user-agent": "Mozilla/5.0",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
    }
    return {
        "requestContext": {"httpMethod": method, "resourcePath": route, "path": "/api" + route.format(**path)},
        "headers": given | (headers or {}),
        "multiValueQueryStringParameters": None,
        "pathParameters": path or None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
    }
