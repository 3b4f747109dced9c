"""`POST /jobs`: what is accepted, and which faults are reported."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.domain.job_type import JOB_TYPES, JobType
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.quota import UNLIMITED, Quota
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import System


async def test_an_accepted_job_gets_202_and_its_address() -> None:
    system = System()
    response = await answer(system, endpoint.submit_job, request(submission(theme="fantasy", count=3)))
    job = response.body
    assert response.status == 202
    assert response.headers["Location"] == f"/jobs/{job['id']}" == job["links"]["self"]
    assert response.headers["Retry-After"] == "3"
    assert (job["status"], job["progress"], job["message"]) == ("pending", 0, "Preparing your request...")
    assert job["created_at"].endswith("Z")
    assert job["result"] is None
    assert "payload" not in job


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({"payload": {}}, ["type"], id="no type"),
        pytest.param({"type": "generate_spells", "payload": {}}, ["type"], id="unknown type"),
        pytest.param({"type": 7}, ["type"], id="type is a number"),
        pytest.param({"type": "odd", "payload": [], "x": 1}, ["payload", "type", "x"], id="everything at once"),
        pytest.param({"type": ["generate_characters"]}, ["type"], id="type is a list"),
        pytest.param({"type": "generate_characters", "payload": []}, ["payload"], id="payload is a list"),
        pytest.param({"type": "generate_characters", "payload": "x"}, ["payload"], id="payload is text"),
        pytest.param({"type": "generate_characters", "payload": None}, ["payload"], id="payload is null"),
        pytest.param({"type": "generate_characters", "extra": 1}, ["extra"], id="unknown field beside type"),
        pytest.param(submission(count=0), ["payload.count"], id="count 0"),
        pytest.param(submission(count=-1), ["payload.count"], id="count -1"),
        pytest.param(submission(count=11), ["payload.count"], id="count 11"),
        pytest.param(submission(count="3"), ["payload.count"], id="count as text"),
        pytest.param(submission(count=True), ["payload.count"], id="count true"),
        pytest.param(submission(count=2.5), ["payload.count"], id="count 2.5"),
        pytest.param(submission(count=None), ["payload.count"], id="count null"),
        pytest.param(submission(theme=5), ["payload.theme"], id="theme is a number"),
        pytest.param(submission(theme=""), ["payload.theme"], id="theme empty"),
        pytest.param(submission(theme="   "), ["payload.theme"], id="theme blank"),
        pytest.param(submission(theme="\u200b\u00ad\u202e\ue000"), ["payload.theme"], id="only invisible characters"),
        pytest.param(submission(theme="\ufdd0\uffff"), ["payload.theme"], id="noncharacters"),
        pytest.param(submission(theme="x" * 5000), ["payload.theme"], id="theme of 5000"),
        pytest.param(submission(theme="a\u0000b"), ["payload.theme"], id="control character"),
        pytest.param(submission(themes="x"), ["payload.themes"], id="unknown field"),
        pytest.param(submission(selectedSetting={}), ["payload.selectedSetting"], id="field of another type"),
        pytest.param({"type": "create_world", "payload": {}}, ["payload.user_id"], id="world without user_id"),
        pytest.param({"type": "create_world", "payload": {"user_id": ""}}, ["payload.user_id"], id="user_id empty"),
        pytest.param(
            {"type": "create_world", "payload": {"user_id": "1", "selectedLore": {"spell": {}}}},
            ["payload.selectedLore.spell"],
            id="unknown piece",
        ),
        pytest.param(
            {"type": "generate_relics", "payload": {"selectedEvent": {"name": "x"}, "count": 0}},
            ["payload.count", "payload.selectedEvent.description"],
            id="every fault at once",
        ),
        pytest.param(
            {
                "type": "generate_events",
                "payload": {"selectedSetting": {"name": "x", "description": "y", "type": "relic"}},
            },
            ["payload.selectedSetting.type"],
            id="a piece of another kind",
        ),
        pytest.param(b"", [""], id="empty body"),
        pytest.param(b" \r\n", [""], id="blank body"),
        pytest.param(json.dumps(submission()).encode("utf-16"), [""], id="UTF-16 with its mark"),
        pytest.param(json.dumps(submission()).encode("utf-16-be"), [""], id="UTF-16 without a mark"),
        pytest.param(json.dumps(submission()).encode("utf-32"), [""], id="UTF-32"),
        pytest.param(b'{"type": "create_world", "payload": {"title": "No\xebl"}}', [""], id="Latin-1"),
        pytest.param(b"{", [""], id="broken JSON"),
        pytest.param(b'{"type": "generate_characters", "type": "x"}', [""], id="duplicate keys"),
        pytest.param(b'{"type": "generate_characters", "payload": {"a": {"b": 1, "b": 2}}}', [""], id="deep duplicate"),
        pytest.param(b'{"type": "generate_characters", "payload": {"count": NaN}}', [""], id="NaN"),
        pytest.param(b'{"type": "generate_characters", "payload": {"count": -Infinity}}', [""], id="Infinity"),
        pytest.param(b'{"type": "generate_characters", "payload": {"count": 1e999}}', [""], id="overflowing number"),
        pytest.param(
            {
                "type": "generate_events",
                "payload": {"selectedSetting": {"name": "x", "description": "y", "details": {"a": ["\u0007"]}}},
            },
            ["payload.selectedSetting.details"],
            id="control character in details",
        ),
        pytest.param(submission(theme="a" + "\u0327" * 31), ["payload.theme"], id="too many marks"),
        pytest.param(submission(theme="a" + "\u0f73" * 31), ["payload.theme"], id="vowels that are two marks each"),
        pytest.param(b'{"type": "generate_characters", "payload": {"theme": "\xff"}}', [""], id="invalid UTF-8"),
        pytest.param(
            b'{"type": "generate_characters", "payload": {"theme": "\\ud800"}}', ["payload.theme"], id="lone surrogate"
        ),
        pytest.param(b"[" * 50_000, [""], id="unclosed brackets"),
        pytest.param(b'{"a":' * 100 + b"1" + b"}" * 100, [""], id="nested too deep"),
        pytest.param(b"[]", [""], id="a list"),
        pytest.param(
            b'{"type": "generate_characters", "payload": {"count": ' + b"9" * 5000 + b"}}", [""], id="huge number"
        ),
    ],
)
async def test_a_bad_submission_gets_400_with_its_faults_and_stores_nothing(body: Any, fields: list[str]) -> None:
    system = System()
    response = await answer(system, endpoint.submit_job, request(body))
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.body["code"] == "invalid_request"
    assert sorted(fault["field"] for fault in response.body["errors"]) == fields
    assert all(fault["message"] for fault in response.body["errors"])
    assert await system.unfinished() == []
    assert system.queue.sent == []


async def test_a_body_of_nothing_but_faults_gets_a_short_answer() -> None:
    twice = b"{" + b",".join(b'"%x":0,"%x":0' % (n, n) for n in range(3_000)) + b"}"
    unknown = json.dumps({f"{n}" * 50: 0 for n in range(300)}).encode()
    for body in (twice, unknown):
        response = await answer(System(), endpoint.submit_job, request(body))
        assert response.status == 400
        assert len(json.dumps(response.body)) < len(body)
        assert all(len(fault["field"]) < 150 for fault in response.body["errors"])


@pytest.mark.parametrize(
    ("theme", "said"),
    [("", "must not be empty"), ("   ", "must not be empty"), ("x" * 81, "must have at most 80 characters")],
)
async def test_the_error_for_a_text_of_the_wrong_length_is_in_plain_words(theme: str, said: str) -> None:
    refused = await answer(System(), endpoint.submit_job, request(submission(theme=theme)))
    assert refused.body["errors"] == [{"field": "payload.theme", "message": said}]


@pytest.mark.parametrize(
    "theme",
    [
        "\u2764\ufe0f\u200d\U0001f525",
        "1\ufe0f\u20e3",
        "\u0645\u06cc\u200c\u0631\u0648\u0645",
        "\u845b\U000e0100\u57ce",
        "e" + "\u0301" * 30,
    ],
    ids=["a heart on fire", "a keycap", "Persian", "a variant of a Han character", "thirty accents"],
)
async def test_joiners_selectors_and_marks_are_accepted_if_letters_and_emoji_need_them(theme: str) -> None:
    accepted = await answer(System(), endpoint.submit_job, request(submission(theme=theme)))
    assert accepted.status == 202


@pytest.mark.parametrize("job_type", JOB_TYPES.values(), ids=JOB_TYPES.keys())
def test_every_example_is_accepted_with_a_token_and_without(job_type: JobType) -> None:
    job_type.validate(job_type.example_for(tokens_required=True), "alice")
    job_type.validate(job_type.example_for(tokens_required=False), ANONYMOUS)


async def test_the_same_key_gives_the_same_job_and_another_body_422() -> None:
    system = System()
    first = await answer(system, endpoint.submit_job, request(submission(count=2), idempotency_key="k"))
    again = await answer(system, endpoint.submit_job, request(submission(count=2), idempotency_key="k"))
    other = await answer(system, endpoint.submit_job, request(submission(count=3), idempotency_key="k"))
    assert (first.status, again.status, other.status) == (202, 202, 422)
    assert first.body["id"] == again.body["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


async def test_an_outage_is_503_and_says_when_to_try_again() -> None:
    system = System()
    system.queue.down = True
    response = await answer(system, endpoint.submit_job, request(submission()))
    assert (response.status, response.body["code"], response.body["retryable"]) == (503, "queue_unavailable", True)
    assert int(response.headers["Retry-After"]) > 0


async def test_without_a_limit_there_is_no_rate_limit_header() -> None:
    for quota, named in ((UNLIMITED, None), (replace(UNLIMITED, max_unfinished=2), '"unfinished";r=1')):
        first = await answer(System(quota=quota), endpoint.submit_job, request(submission()))
        assert first.headers.get("RateLimit") == named
        assert ("RateLimit-Policy" in first.headers) is (named is not None)


async def test_a_used_up_quota_is_429_with_the_remaining_quota_and_the_waiting_time() -> None:
    system = System(quota=Quota(max_unfinished=2, max_submissions=60, max_tokens=None))
    first = await answer(system, endpoint.submit_job, request(submission()))
    await answer(system, endpoint.submit_job, request(submission()))
    third = await answer(system, endpoint.submit_job, request(submission()))
    assert first.headers["RateLimit"] == '"submissions";r=59;t=60, "unfinished";r=1'
    assert first.headers["RateLimit-Policy"].startswith('"submissions";q=60;w=60, "unfinished";q=2')
    assert (third.status, third.body["code"], third.body["retryable"]) == (429, "quota_exceeded", True)
    assert int(third.headers["Retry-After"]) > 0
    assert '"unfinished";r=0' in third.headers["RateLimit"]
