"""Rules for every route: the owner, the size of the body, the base path, HEAD."""

from base64 import b64decode, b64encode
from typing import Any

import pytest
from chalice.app import Chalice
from chalice.app import Request as ChaliceRequest
from chalice.app import Response as ChaliceResponse

import app
from chalicelib.api import gateway
from chalicelib.api.message import Request, Response
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.api.router import ROUTES
from chalicelib.domain.error import NoToken, Unauthenticated

_KIB = 1024


class RefusingVerifier:
    """Refuses every token."""

    def subject(self, token: str) -> str:
        raise Unauthenticated(token)


def request(
    body: bytes, method: str = "POST", path: str = "/jobs", called: str = "/jobs", **parameters: str
) -> ChaliceRequest:
    event: dict[str, Any] = {
        "multiValueQueryStringParameters": None,
        "headers": {},
        "pathParameters": parameters,
        "requestContext": {"httpMethod": method, "resourcePath": path, "path": called},
        "body": body.decode(),
        "isBase64Encoded": False,
        "stageVariables": {},
    }
    return ChaliceRequest(event)


def received(called: ChaliceRequest) -> Request:
    """The request as endpoints see it. What it has from its route does not matter here."""
    return gateway._request(called, "anonymous", ROUTES[0])


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/jobs"), ("POST", "/jobs/{job_id}/cancel"), ("POST", "/jobs/{job_id}/retry"), ("GET", "/jobs")],
)
def test_a_body_over_64_kib_is_too_large_for_every_route(method: str, path: str) -> None:
    fits = request(b" " * 64 * _KIB, method, path)
    assert len(received(fits).body) == 64 * _KIB
    with pytest.raises(PayloadTooLarge):
        received(request(b" " * (64 * _KIB + 1), method, path))


@pytest.mark.parametrize("base_path", ["", "/api", "/jobs", "/api/jobs"])
def test_the_base_path_is_everything_before_the_route(base_path: str) -> None:
    """It is an API Gateway stage or the base path of a custom domain. Links without it lead nowhere."""
    called = request(b"", "GET", "/jobs/{job_id}/events", f"{base_path}/jobs/8bc1/events", job_id="8bc1")
    assert received(called).base_path == base_path
    assert received(request(b"", called=f"{base_path}/jobs")).base_path == base_path


@pytest.mark.parametrize("base_path", ["", "/api", "/jobs", "/api/jobs"])
@pytest.mark.parametrize("slash", ["/", "//"])
def test_a_trailing_slash_does_not_change_the_base_path(base_path: str, slash: str) -> None:
    """API Gateway routes such an address, and passes it on unchanged."""
    called = request(b"", "GET", "/jobs/{job_id}/events", f"{base_path}/jobs/8bc1/events{slash}", job_id="8bc1")
    assert received(called).base_path == base_path
    assert received(request(b"", called=f"{base_path}/jobs{slash}")).base_path == base_path


def test_an_id_in_another_spelling_does_not_change_the_base_path() -> None:
    """API Gateway decodes a path's parameters, but not the path."""
    called = request(b"", "GET", "/jobs/{job_id}", "/api/jobs/%38bc1%20", job_id="8bc1 ")
    assert received(called).base_path == "/api"


@pytest.mark.parametrize("body", [{"message": "No\u00ebl"}, "", "text"])
def test_the_answer_to_head_has_the_length_of_the_body_and_no_body(body: Any) -> None:
    full = ChaliceResponse(body, {"ETag": '"1"', "Content-Type": "application/json"}, 200)
    head = gateway._head(full)
    length = len(full.to_dict()["body"].encode())
    assert (head.status_code, head.to_dict()["body"]) == (200, "")
    assert head.headers == full.headers | {"Content-Length": str(length)}


ZIP = b"PK\x03\x04\x00\xff\xfe"


def function(response: Response, **event: Any) -> dict[str, Any]:
    """The answer of a Lambda function with one route, which gives this response, to API Gateway's event."""
    chalice = Chalice("test", configure_logs=False)
    chalice.api.binary_types = app.app.api.binary_types
    chalice.route("/jobs", methods=["GET", "HEAD", "POST"], content_types=["*/*"])(
        lambda: gateway._chalice_response(response)
    )
    answered = chalice(request(b"", "GET").to_original_event() | event, None)
    assert isinstance(answered, dict)
    return answered


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/zip", "text/html,*/*;q=0.8"])
def test_bytes_reach_api_gateway_in_base64_whatever_the_caller_accepts(accept: str | None) -> None:
    """Chalice would refuse a request whose `Accept` does not name the type of a binary answer."""
    headers = {} if accept is None else {"accept": accept}
    answered = function(Response(200, ZIP, {"Content-Type": "application/zip"}), headers=headers)
    assert (answered["statusCode"], answered["isBase64Encoded"]) == (200, True)
    assert b64decode(answered["body"], validate=True) == ZIP
    assert answered["headers"]["Content-Type"] == "application/zip"


@pytest.mark.parametrize("body", [{"a": "é"}, "# Text", None])
def test_text_reaches_api_gateway_as_it_is(body: Any) -> None:
    answered = function(Response(200, body, {}))
    assert not answered.get("isBase64Encoded")
    assert answered["body"] == ('{"a":"\\u00e9"}' if isinstance(body, dict) else body or "")


def test_a_body_that_api_gateway_passes_on_in_base64_is_decoded() -> None:
    """It does so with every body, because the API's binary media types are `*/*`."""
    event = request(b"").to_original_event() | {"body": b64encode(b'{"a": 1}').decode(), "isBase64Encoded": True}
    assert received(ChaliceRequest(event)).body == b'{"a": 1}'


def test_the_answer_to_head_has_the_length_of_a_binary_body() -> None:
    head = gateway._head(gateway._chalice_response(Response(200, ZIP, {"Content-Type": "application/zip"})))
    assert (head.to_dict()["body"], head.headers["Content-Length"]) == ("", str(len(ZIP)))


def test_the_secrets_of_a_path_are_not_logged() -> None:
    (shared,) = (route for route in ROUTES if route.path == "/shared/{token}")
    (read,) = (route for route in ROUTES if route.id == "readJob")
    assert gateway._logged(shared, {"token": "the-token"}) == {}
    assert gateway._logged(read, {"job_id": "8bc1"}) == {"job_id": "8bc1"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6c2VjcmV0"])
def test_a_missing_bearer_token_has_its_own_error(header: str | None) -> None:
    with pytest.raises(NoToken):
        gateway._owner(header, RefusingVerifier())


def test_a_bad_token_is_not_reported_as_a_missing_one() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        gateway._owner("Bearer nonsense", RefusingVerifier())
    assert not isinstance(refusal.value, NoToken)
