"""What holds for every route: who asks, and how much may be sent."""

from typing import Any

import pytest
from chalice.app import Request as ChaliceRequest

from chalicelib.api import gateway
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.domain.error import NoToken, Unauthenticated

_KIB = 1024


class Doorman:
    """Lets nobody in."""

    def subject(self, token: str) -> str:
        raise Unauthenticated(token)


def request(body: bytes, method: str = "POST", path: str = "/jobs") -> ChaliceRequest:
    event: dict[str, Any] = {
        "multiValueQueryStringParameters": None,
        "headers": {},
        "pathParameters": {},
        "requestContext": {"httpMethod": method, "resourcePath": path},
        "body": body.decode(),
        "isBase64Encoded": False,
        "stageVariables": {},
    }
    return ChaliceRequest(event)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/jobs"), ("POST", "/jobs/{job_id}/cancel"), ("POST", "/jobs/{job_id}/retry"), ("GET", "/jobs")],
)
def test_a_body_over_64_kib_is_too_large_for_every_route(method: str, path: str) -> None:
    fits = request(b" " * 64 * _KIB, method, path)
    assert len(gateway._request(fits, "anonymous").body) == 64 * _KIB
    with pytest.raises(PayloadTooLarge):
        gateway._request(request(b" " * (64 * _KIB + 1), method, path), "anonymous")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6c2VjcmV0"])
def test_a_request_without_a_bearer_token_is_told_apart(header: str | None) -> None:
    with pytest.raises(NoToken):
        gateway._owner(header, Doorman())


def test_a_bad_token_is_a_bad_token() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        gateway._owner("Bearer nonsense", Doorman())
    assert not isinstance(refusal.value, NoToken)
