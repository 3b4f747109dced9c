"""The API answers any request with a result or a problem document, and never with a 5xx."""

import base64
import http.client
import json
from urllib.parse import quote, urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.piece_content import PIECE_FORM
from local.stack.local_stack import LocalStack

EXAMPLES = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
FIELDS = sorted({name for job_type in JOB_TYPES.values() for name in job_type.payload.model_fields})
#: A submission that is almost valid.
SUBMISSIONS = st.fixed_dictionaries(
    {"type": st.sampled_from(list(JOB_TYPES)) | JSON, "payload": st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON}
)
#: Characters that HTTP permits in a header's value.
HEADER_VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=200)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Prefer",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Content-Type",
            "Accept",
            "Authorization",
            "Origin",
            "Traceparent",
            "X-Forwarded-For",
            "Cookie",
            "Accept-Encoding",
            "Range",
        ]
    ),
    HEADER_VALUES,
)
#: A merge patch that is almost valid.
PATCHES = st.dictionaries(st.sampled_from([*PIECE_FORM.content, *PIECE_FORM.marks, "name", "id", "x"]), JSON)
SEGMENTS = st.text(min_size=1, max_size=60).map(lambda text: quote(text, safe="", errors="replace"))
PATHS = st.builds(
    "/".join,
    st.tuples(st.sampled_from(["/jobs", "/pieces", "/worlds", "/shared", "/job-types", "/health", ""]), SEGMENTS),
)
_CHANGED_ID = "11111111-1111-4111-8111-111111111111"
#: Values that look like a cursor.
FORGED = JSON.map(lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode())
QUERIES = st.dictionaries(
    st.sampled_from(["status", "type", "limit", "cursor", "after", "from", "to", "q", "tag", "sort", "trash", "x"]),
    st.text(max_size=60) | FORGED,
    max_size=4,
)


def check_answer(stack: LocalStack, method: str, target: str, body: bytes | None = None, **headers: str) -> None:
    """Send a request and check the form of its answer."""
    address = urlsplit(stack.urls.api)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    try:
        connection.request(method, target, body, {name: value.encode("latin-1") for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    assert answer.status < 500, (answer.status, text)
    if answer.status >= 400 and method != "HEAD":
        problem = json.loads(text)
        assert problem["status"] == answer.status
        assert not {"code", "detail", "title"} - problem.keys()
        assert "Traceback" not in text.decode()


@EXAMPLES
@given(body=st.binary(max_size=2000) | SUBMISSIONS.map(lambda value: json.dumps(value).encode()))
def test_any_body_gets_a_valid_answer(stack: LocalStack, body: bytes) -> None:
    check_answer(stack, "POST", "/jobs", body, **{"Content-Type": "application/json"})


@EXAMPLES
@given(patch=PATCHES, headers=HEADERS, tag=HEADER_VALUES | st.just("*"))
def test_any_change_of_a_piece_gets_a_valid_answer(
    stack: LocalStack, patch: object, headers: dict[str, str], tag: str
) -> None:
    """Whatever is accepted can be read again."""
    given = {**headers, "If-Match": tag, "Content-Type": "application/merge-patch+json"}
    target, body = f"/pieces/{_CHANGED_ID}", json.dumps(patch).encode()
    check_answer(stack, "POST", "/pieces", json.dumps({"id": _CHANGED_ID, "kind": "relic", "name": "x"}).encode())
    check_answer(stack, "PATCH", target, body, **given)
    check_answer(stack, "GET", target)
    check_answer(stack, "GET", f"{target}/versions")


@EXAMPLES
@given(body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
def test_any_body_of_a_new_piece_gets_a_valid_answer(stack: LocalStack, body: bytes) -> None:
    check_answer(stack, "POST", "/pieces", body)


@EXAMPLES
@given(headers=HEADERS, method=st.sampled_from(["GET", "POST"]))
def test_any_headers_get_a_valid_answer(stack: LocalStack, headers: dict[str, str], method: str) -> None:
    check_answer(stack, method, "/jobs", b"{}" if method == "POST" else None, **headers)


@EXAMPLES
@given(headers=HEADERS, method=st.sampled_from(["GET", "POST"]))
def test_any_headers_get_a_valid_answer_if_tokens_are_required(
    guarded: LocalStack, headers: dict[str, str], method: str
) -> None:
    check_answer(guarded, method, "/jobs", b"{}" if method == "POST" else None, **headers)


@EXAMPLES
@given(
    path=PATHS,
    query=QUERIES,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"]),
)
def test_any_path_and_query_get_a_valid_answer(
    stack: LocalStack, path: str, query: dict[str, str], method: str
) -> None:
    pairs = "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in query.items())
    check_answer(stack, method, f"{path}?{pairs}")


@EXAMPLES
@given(query=QUERIES, path=st.sampled_from(["/jobs", "/pieces", "/worlds", "/history", "/usage"]))
def test_any_query_of_a_list_gets_a_valid_answer(stack: LocalStack, query: dict[str, str], path: str) -> None:
    pairs = "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in query.items())
    check_answer(stack, "GET", f"{path}?{pairs}")
