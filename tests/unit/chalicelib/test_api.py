"""HTTP's rules: status codes, validators, preferences, strict bodies."""

import asyncio
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api import endpoint, problem, router
from chalicelib.api.message import Request, Response
from chalicelib.domain.error import LoreSmithError, NoToken, Unauthenticated
from chalicelib.domain.job_type import JOB_TYPES, JobType
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.quota import UNLIMITED, Quota
from tests.unit.chalicelib.system import OWNER, System

pytestmark = pytest.mark.virtual_time


def request(body: Any = b"", query: dict[str, str] | None = None, **headers: str) -> Request:
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(headers=given, query=query or {}, body=body, owner=OWNER)


async def answer(system: System, called: Any, asked: Request, **path: str) -> Response:
    """As the gateway does it."""
    try:
        response = await called(system.services, asked, **path)
        assert isinstance(response, Response)
        return response
    except LoreSmithError as error:
        return problem.of_error(error)


def submission(**payload: Any) -> dict[str, Any]:
    return {"type": "generate_characters", "payload": payload}


async def test_an_accepted_job_is_answered_with_202_and_where_to_look() -> None:
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


async def test_every_address_in_an_answer_has_what_stands_before_the_routes() -> None:
    system, staged = System(), replace(request(submission()), base_path="/api")
    accepted = await answer(system, endpoint.submit_job, staged)
    job_id = accepted.body["id"]
    address = f"/api/jobs/{job_id}"
    links = {"self": address, "events": f"{address}/events", "cancel": f"{address}/cancel"}
    listed = await answer(system, endpoint.list_jobs, staged)
    events = await answer(system, endpoint.read_events, staged, job_id=job_id)
    assert accepted.headers["Location"] == address
    assert accepted.body["links"] == listed.body["jobs"][0]["links"] == events.body["links"] == links
    document = await answer(system, router.describe, staged)
    assert document.body["servers"] == [{"url": "/api"}]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({"payload": {}}, ["type"], id="no type"),
        pytest.param({"type": "generate_spells", "payload": {}}, ["type"], id="unknown type"),
        pytest.param({"type": 7}, ["type"], id="type is no text"),
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
        pytest.param(submission(theme="\u200b\u00ad\u202e\ue000"), ["payload.theme"], id="nothing to be seen in theme"),
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
        pytest.param(submission(theme="a" + "\u0327" * 31), ["payload.theme"], id="marks without end"),
        pytest.param(submission(theme="a" + "\u0f73" * 31), ["payload.theme"], id="vowels that are two marks each"),
        pytest.param(b'{"type": "generate_characters", "payload": {"theme": "\xff"}}', [""], id="invalid UTF-8"),
        pytest.param(
            b'{"type": "generate_characters", "payload": {"theme": "\\ud800"}}', ["payload.theme"], id="lone surrogate"
        ),
        pytest.param(b"[" * 50_000, [""], id="nested without end"),
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


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[1, NaN]", b'{"count": 3}'])
async def test_cancel_and_retry_do_not_look_at_the_body(body: bytes) -> None:
    system = System()
    job = await system.submitted()
    cancelled = await answer(system, endpoint.cancel_job, request(body), job_id=job.id)
    retried = await answer(system, endpoint.retry_job, request(body), job_id=job.id)
    assert (cancelled.status, retried.status) == (202, 202)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 202),
        ("application/json; charset=utf-8", 202),
        ("application/json;charset=utf8", 202),
        ('Application/JSON ; Charset="UTF-8"', 202),
        ("application/json; charset=iso-8859-1", 202),
        ("", 202),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json-patch+json", 415),
    ],
)
async def test_only_json_is_accepted_whatever_its_parameters_say(given: str, status: int) -> None:
    """JSON is UTF-8 (RFC 8259, 11); some clients habitually send another charset."""
    body = json.dumps(submission(theme="No\u00ebl"), ensure_ascii=False).encode()
    response = await answer(System(), endpoint.submit_job, request(body, content_type=given))
    assert response.status == status


@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("br", 415), ("GZIP, br", 415), ("identity", 202)])
async def test_a_compressed_body_gets_415_with_the_reason(coding: str, status: int) -> None:
    body = json.dumps(submission()).encode()
    sent = body if coding == "identity" else gzip.compress(body)
    response = await answer(System(), endpoint.submit_job, request(sent, content_encoding=coding))
    assert response.status == status
    if status == 415:
        assert "compressed" in response.body["detail"]
        assert response.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2, b"\xef\xbb\xbf\r\n ", b" \t\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b" \n\n"])
async def test_a_byte_order_mark_and_white_space_around_json_are_accepted(before: bytes, after: bytes) -> None:
    """Windows editors and shells write them."""
    body = before + json.dumps(submission()).encode() + after
    assert (await answer(System(), endpoint.submit_job, request(body))).status == 202


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "must not be empty"),
        (b"\xef\xbb\xbf", "must not be empty"),
        ("{}".encode("utf-16"), "looks like UTF-16"),
        ("{}".encode("utf-16-le"), "looks like UTF-16"),
        ("{}".encode("utf-32"), "looks like UTF-32"),
        (b'{"theme": "No\xebl"}', "byte 14 is not"),
        (b"[" * 50_000, "nested deeper than 32 levels"),
        (b"9" * 5_000, "more than 1000 digits"),
        (gzip.compress(b"{}", mtime=0), "must be UTF-8"),
    ],
)
async def test_the_error_for_a_body_that_is_not_json_says_what_is_wrong(body: bytes, said: str) -> None:
    response = await answer(System(), endpoint.submit_job, request(body))
    (fault,) = response.body["errors"]
    assert (response.status, fault["field"]) == (400, "")
    assert said in fault["message"]
    assert "decode using" not in fault["message"]


@pytest.mark.parametrize("job_type", JOB_TYPES.values(), ids=lambda job_type: job_type.name)
async def test_the_example_of_each_type_is_accepted(job_type: Any) -> None:
    system = System()
    body = {"type": job_type.name, "payload": job_type.example}
    assert (await answer(system, endpoint.submit_job, request(body))).status == 202


@pytest.mark.parametrize("job_id", ["7b1c2f60-0000-4000-8000-000000000000", "nonsense", "../etc", "%00", "7" * 5000])
async def test_unknown_and_malformed_ids_are_404(job_id: str) -> None:
    system = System()
    for called in (endpoint.read_job, endpoint.read_events, endpoint.cancel_job, endpoint.retry_job):
        assert (await answer(system, called, request(), job_id=job_id)).status == 404
    assert (await answer(system, endpoint.read_world, request(), world_id=job_id)).status == 404


async def test_a_known_revision_is_304_until_it_changes() -> None:
    system = System()
    job = await system.submitted()
    first = await answer(system, endpoint.read_job, request(), job_id=job.id)
    again = await answer(system, endpoint.read_job, request(if_none_match=first.headers["ETag"]), job_id=job.id)
    assert (first.status, again.status, again.body) == (200, 304, None)
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    await system.work(job.id)
    done = await answer(system, endpoint.read_job, request(if_none_match=first.headers["ETag"]), job_id=job.id)
    assert done.status == 200
    assert "Retry-After" not in done.headers


@pytest.mark.parametrize("given", ['W/"1"', '"a", "1"', 'W/"a",W/"1" , "x"', '"a,b", "1"', "*", " * ", "1"])
async def test_a_revision_is_known_by_a_weak_tag_in_a_list_or_by_a_star(given: str) -> None:
    """RFC 9110, 13.1.2."""
    system = System()
    job = await system.submitted()
    response = await answer(system, endpoint.read_job, request(if_none_match=given), job_id=job.id)
    assert (response.status, response.body, response.headers["ETag"]) == (304, None, '"1"')


async def test_a_long_poll_is_held_while_any_of_the_tags_is_true() -> None:
    system = System()
    job = await system.submitted()
    asked = request(prefer="wait=20", if_none_match='"a", "1"')
    poll = asyncio.create_task(answer(system, endpoint.read_job, asked, job_id=job.id))
    await asyncio.sleep(5)
    assert not poll.done()
    await system.services.reading.cancel(OWNER, job.id)
    assert ((await poll).status, (await poll).body["revision"]) == (200, 2)


@pytest.mark.parametrize(
    "tag", ["nonsense", '"-1"', '"*"', '""', '"' + "9" * 400 + '"', '"٣"', '"01"', '"a,1,b"', '"a", "2"', ""]
)
async def test_a_tag_that_is_not_ours_matches_nothing(tag: str) -> None:
    system = System()
    job = await system.submitted()
    assert (await answer(system, endpoint.read_job, request(if_none_match=tag), job_id=job.id)).status == 200


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ("WAIT = 7", 7),
        ("wait=9999", 20),
        ("wait=1000000", 20),
        ("wait=" + "9" * 5000, 20),
        ("wait=0000000005", 5),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("await=5", 0),
        ("wait=5; x=1", 5),
        ("", 0),
    ],
)
def test_prefer_wait_is_read_and_capped(prefer: str, wait_s: int) -> None:
    assert request(prefer=prefer).wait_s == wait_s


async def test_a_preference_that_was_met_is_acknowledged() -> None:
    system = System()
    job = await system.submitted()
    waited = await answer(system, endpoint.read_job, request(prefer="wait=2", if_none_match='"1"'), job_id=job.id)
    assert (waited.status, waited.headers["Preference-Applied"]) == (304, "wait=2")
    plain = await answer(system, endpoint.read_job, request(), job_id=job.id)
    assert "Preference-Applied" not in plain.headers


async def test_cancel_is_202_and_then_200() -> None:
    system = System()
    job = await system.submitted()
    first = await answer(system, endpoint.cancel_job, request(), job_id=job.id)
    second = await answer(system, endpoint.cancel_job, request(), job_id=job.id)
    assert (first.status, second.status) == (202, 200)
    assert first.body["status"] == second.body["status"] == "cancelled"


async def test_the_same_key_gives_the_same_job_and_another_body_422() -> None:
    system = System()
    first = await answer(system, endpoint.submit_job, request(submission(count=2), idempotency_key="k"))
    again = await answer(system, endpoint.submit_job, request(submission(count=2), idempotency_key="k"))
    other = await answer(system, endpoint.submit_job, request(submission(count=3), idempotency_key="k"))
    assert (first.status, again.status, other.status) == (202, 202, 422)
    assert first.body["id"] == again.body["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


async def test_an_outage_is_503_and_says_when_to_come_again() -> None:
    system = System()
    system.queue.down = True
    response = await answer(system, endpoint.submit_job, request(submission()))
    assert (response.status, response.body["code"], response.body["retryable"]) == (503, "queue_unavailable", True)
    assert int(response.headers["Retry-After"]) > 0


async def test_what_has_no_limit_is_not_said_to_have_one() -> None:
    for quota, named in ((UNLIMITED, None), (replace(UNLIMITED, max_unfinished=2), '"unfinished";r=1')):
        first = await answer(System(quota=quota), endpoint.submit_job, request(submission()))
        assert first.headers.get("RateLimit") == named
        assert ("RateLimit-Policy" in first.headers) is (named is not None)


async def test_a_used_up_quota_is_429_with_what_is_left_and_when() -> None:
    system = System(quota=Quota(max_unfinished=2, max_submissions=60))
    first = await answer(system, endpoint.submit_job, request(submission()))
    await answer(system, endpoint.submit_job, request(submission()))
    third = await answer(system, endpoint.submit_job, request(submission()))
    assert first.headers["RateLimit"] == '"submissions";r=59;t=60, "unfinished";r=1'
    assert first.headers["RateLimit-Policy"].startswith('"submissions";q=60;w=60, "unfinished";q=2')
    assert (third.status, third.body["code"], third.body["retryable"]) == (429, "quota_exceeded", True)
    assert int(third.headers["Retry-After"]) > 0
    assert '"unfinished";r=0' in third.headers["RateLimit"]


async def test_no_answer_about_somebodys_own_is_kept_by_a_cache() -> None:
    system = System()
    job = await system.submitted()
    known = request(if_none_match='"1"')
    answers = [
        await answer(system, endpoint.submit_job, request(submission())),
        await answer(system, endpoint.list_jobs, request()),
        await answer(system, endpoint.read_job, request(), job_id=job.id),
        await answer(system, endpoint.read_job, known, job_id=job.id),
        await answer(system, endpoint.read_events, request(), job_id=job.id),
        await answer(system, endpoint.cancel_job, request(), job_id=job.id),
        await answer(system, endpoint.list_worlds, request()),
        await answer(system, endpoint.check_health, request()),
        await answer(system, endpoint.read_job, request(), job_id="unknown"),
        await answer(system, endpoint.submit_job, request({})),
        problem.of_error(Unauthenticated()),
        problem.of_status(405, {"Allow": "GET"}),
    ]
    assert {response.status for response in answers} == {200, 202, 304, 400, 401, 404, 405}
    assert {response.headers.get("Cache-Control") for response in answers} == {"no-store"}
    described = await answer(system, router.describe, request())
    assert described.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("error", "challenge"),
    [
        (NoToken(), 'Bearer realm="loresmith"'),
        (Unauthenticated(), 'Bearer realm="loresmith", error="invalid_token"'),
    ],
)
def test_the_challenge_names_an_error_only_where_a_token_was_shown(error: LoreSmithError, challenge: str) -> None:
    """RFC 6750, 3."""
    refused = problem.of_error(error)
    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == challenge


async def test_events_tell_the_whole_story() -> None:
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    response = await answer(system, endpoint.read_events, request(query={"after": "1"}), job_id=job.id)
    assert [event["revision"] for event in response.body["events"]][:2] == [2, 3]
    assert response.body["events"][-1]["status"] == "completed"


async def test_pasted_query_parameters_are_read() -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(2)]
    page = await answer(system, endpoint.list_jobs, request(query={"limit": " 1\ufeff", "status": "pending\u200b"}))
    cursor = f"\u200b{page.body['next_cursor']}\n"
    rest = await answer(system, endpoint.list_jobs, request(query={"cursor": cursor}))
    assert [job["id"] for job in page.body["jobs"] + rest.body["jobs"]] == ids[::-1]
    for given in (f"{ids[0]}%0A", f"%20{ids[0].upper()}", f"{ids[0]}%E2%80%8B", f"{ids[0]}\u200b "):
        assert (await answer(system, endpoint.read_job, request(), job_id=given)).status == 200


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 30, "٣"])
async def test_a_bad_number_in_the_query_is_400(after: str) -> None:
    system = System()
    job = await system.submitted()
    response = await answer(system, endpoint.read_events, request(query={"after": after}), job_id=job.id)
    assert response.status == 400


async def test_items_show_what_is_written_so_far() -> None:
    system = System()
    job = await system.submitted(count=2)
    await system.work(job.id)
    response = await answer(system, endpoint.read_job, request(), job_id=job.id)
    assert response.body["items"][1]["index"] == 1
    assert response.body["items"][1]["name"] == "name 1"
    assert sorted(response.body["items"][1]["stages"]) == ["appearance", "backstory", "name"]


async def test_worlds_are_listed_and_read() -> None:
    system = System()
    ids = []
    for user_id in ("1", "2", "3"):
        job = await system.submitted("create_world", user_id=user_id)
        await system.work(job.id)
        ids.append((await system.job(job.id)).result["world_id"])
    page = await answer(system, endpoint.list_worlds, request(query={"limit": "2"}))
    rest = await answer(system, endpoint.list_worlds, request(query={"cursor": page.body["next_cursor"]}))
    listed = [world["id"] for world in page.body["worlds"] + rest.body["worlds"]]
    one = await answer(system, endpoint.read_world, request(), world_id=ids[0])
    assert listed == ids[::-1]
    assert rest.body["next_cursor"] is None
    assert one.body["story"] == "One.\n\nTwo."


async def test_the_callers_jobs_are_listed_page_by_page() -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(5)]
    relics = (await system.submitted("generate_relics")).id
    await system.work(ids[0])
    asked = {"limit": "2", "type": "generate_characters"}
    page = await answer(system, endpoint.list_jobs, request(query=asked))
    rest = await answer(
        system, endpoint.list_jobs, request(query=asked | {"limit": "3", "cursor": page.body["next_cursor"]})
    )
    done = await answer(system, endpoint.list_jobs, request(query={"status": "completed"}))
    assert [job["id"] for job in page.body["jobs"] + rest.body["jobs"]] == ids[::-1]
    assert rest.body["next_cursor"] is None
    assert [job["id"] for job in done.body["jobs"]] == [ids[0]]
    assert relics not in ids


@pytest.mark.parametrize(
    "cursor", ["", "odd", "\u00e9", "9688578f-0c35-4b7e-9d0e-61c766af0c11", "A" * 21 + "B", "A" * 22, "A" * 22 + "=="]
)
@pytest.mark.parametrize("called", [endpoint.list_jobs, endpoint.list_worlds])
async def test_a_cursor_that_was_put_together_is_refused(called: Any, cursor: str) -> None:
    response = await answer(System(), called, request(query={"cursor": cursor}))
    assert (response.status, [fault["field"] for fault in response.body["errors"]]) == (400, ["cursor"])


@pytest.mark.parametrize("query", [{"status": "odd"}, {"type": "odd"}, {"limit": "0"}, {"cursor": "odd"}])
async def test_a_bad_filter_is_400(query: dict[str, str]) -> None:
    assert (await answer(System(), endpoint.list_jobs, request(query=query))).status == 400


async def test_every_fault_of_query_and_headers_is_named_at_once() -> None:
    system, wrong = System(), {"stauts": "failed", "status": "odd", "type": "odd", "limit": "0", "cursor": "odd"}
    jobs = await answer(system, endpoint.list_jobs, request(query=wrong))
    worlds = await answer(system, endpoint.list_worlds, request(query=wrong))
    submitted = await answer(system, endpoint.submit_job, request({"type": "odd"}, idempotency_key=""))
    assert [fault["field"] for fault in jobs.body["errors"]] == ["stauts", "limit", "status", "type", "cursor"]
    assert [fault["field"] for fault in worlds.body["errors"]] == ["status", "stauts", "type", "limit", "cursor"]
    assert [fault["field"] for fault in submitted.body["errors"]] == ["Idempotency-Key", "type"]


@pytest.mark.parametrize(
    ("theme", "said"),
    [("", "must not be empty"), ("   ", "must not be empty"), ("x" * 81, "must have at most 80 characters")],
)
async def test_a_text_of_the_wrong_length_is_told_in_plain_words(theme: str, said: str) -> None:
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
async def test_joiners_selectors_and_marks_are_taken_where_letters_and_emoji_need_them(theme: str) -> None:
    accepted = await answer(System(), endpoint.submit_job, request(submission(theme=theme)))
    assert accepted.status == 202


@pytest.mark.parametrize("job_type", JOB_TYPES.values(), ids=JOB_TYPES.keys())
def test_every_example_is_accepted_with_a_token_and_without(job_type: JobType) -> None:
    job_type.validate(job_type.example_for(tokens_required=True), "alice")
    job_type.validate(job_type.example_for(tokens_required=False), ANONYMOUS)


async def test_every_type_is_described_with_its_schema() -> None:
    response = await answer(System(), endpoint.list_job_types, request())
    described = {entry["type"]: entry for entry in response.body["job_types"]}
    assert set(described) == set(JOB_TYPES)
    assert described["generate_relics"]["payload_schema"]["properties"].keys() >= {
        "selectedEvent",
        "count",
        "theme",
    }
    json.dumps(response.body)


async def test_the_list_of_types_says_what_the_page_has_to_show() -> None:
    """The page has no list of its own: order, names and context come from here."""
    entries = (await answer(System(), endpoint.list_job_types, request())).body["job_types"]
    assert [entry["type"] for entry in entries] == list(JOB_TYPES)
    kinds = [entry["kind"] for entry in entries if entry["delivers"] == "pieces"]
    relics, world = (next(e for e in entries if e["type"] == name) for name in ("generate_relics", "create_world"))
    assert (relics["singular"], relics["plural"], relics["delivers"]) == ("relic", "relics", "pieces")
    assert relics["context"] == [
        {"field": "selectedSetting", "kind": "setting"},
        {"field": "selectedEvent", "kind": "event"},
    ]
    assert world["delivers"] == "world"
    assert world["context"] == [{"field": f"selectedLore.{kind}", "kind": kind} for kind in kinds]


async def test_health_names_the_part_that_is_down() -> None:
    system = System()
    well = await answer(system, endpoint.check_health, request())
    system.queue.down = True
    assert (await answer(system, endpoint.check_health, request())).body == well.body  # not asked again so soon
    await asyncio.sleep(1)
    ill = await answer(system, endpoint.check_health, request())
    assert (well.status, well.body) == (200, {"redis": "ok", "queue": "ok", "generator": "ok"})
    assert (ill.status, ill.body) == (503, {"redis": "ok", "queue": "down", "generator": "ok"})
