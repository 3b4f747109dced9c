"""Whatever a server, gateway or proxy answers, the client raises an error of its own."""

import pickle
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loresmith import (
    ApiError,
    ConnectionLost,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobState,
    JobUnfinished,
    LoreSmithError,
    NotFound,
    UnexpectedAnswer,
    WaitTimeout,
)
from loresmith.answering import refusal_of
from tests.unit.client.scripted_api import ADDRESS, ScriptedApi, job, problem

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
#: Problem documents whose fields can have any type.
PROBLEMS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("detail", "code", "retryable", "current", "status", "errors"), ANY_JSON)
    | {"errors": st.lists(st.fixed_dictionaries({}, optional={"field": ANY_JSON, "message": ANY_JSON}), max_size=3)},
)


@settings(max_examples=40)
@given(st.integers(300, 599), ANY_JSON | PROBLEMS, st.none() | st.text(st.characters(max_codepoint=126), max_size=9))
def test_any_answer_becomes_an_error_that_can_be_shown(status: int, body: Any, retry_after: str | None) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    error = refusal_of(httpx.Response(status, json=body, headers=headers), ADDRESS)
    assert isinstance(error, LoreSmithError)
    assert str(error)
    assert error.status == status
    assert isinstance(error.retryable, bool)
    if isinstance(error, ApiError):
        assert error.retry_after_s is None or error.retry_after_s >= 0


@settings(max_examples=40)
@given(st.binary(max_size=50))
def test_an_answer_that_is_not_json_becomes_an_error_too(content: bytes) -> None:
    assert isinstance(refusal_of(httpx.Response(502, content=content), ADDRESS), ApiError)


@pytest.mark.parametrize("kind", [JobFailed, JobCancelled, JobUnfinished, WaitTimeout, InvalidRequest, ConnectionLost])
def test_an_error_reaches_another_process(kind: type[LoreSmithError]) -> None:
    """One that cannot be pickled breaks a whole pool of processes."""
    is_about_job = issubclass(kind, JobFailed | JobUnfinished | WaitTimeout)
    about: Any = {"job": JobState.model_validate(job("failed"))} if is_about_job else {}
    error = kind("It failed.", code="some_code", retryable=True, request_id="r1", **about)
    error.add_note("a note")
    received = pickle.loads(pickle.dumps(error))
    assert (type(received), str(received), vars(received)) == (kind, str(error), vars(error))


async def test_an_address_that_is_not_the_apis_is_told_as_such() -> None:
    """The API's own 404 has a code."""
    with pytest.raises(UnexpectedAnswer, match=f"This is not the address of a LoreSmith API: {ADDRESS}"):
        await ScriptedApi(httpx.Response(404, content="<h1>Not found</h1>")).client().health()
    with pytest.raises(NotFound):
        await ScriptedApi(problem(404, "not_found")).client().health()
