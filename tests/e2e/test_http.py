"""HTTP details of the whole stack: bytes, headers, many simultaneous callers."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from chalicelib.domain.job_type import JOB_TYPES
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api
from tests.e2e.environment import jobs_kept_waiting

GOOD = b'{"type": "generate_characters", "payload": {"count": 1}}'


def newest(api: Api) -> list[str]:
    return [job["id"] for job in api.ask("GET", "/jobs?limit=1").json()["jobs"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b'{"type": "generate_characters", "payload": {"theme": "\xff\xfe"}}', 400),
        (b'{"type": "generate_characters", "type": "generate_relics"}', 400),
        (b'{"type": "generate_characters", "payload": {"count": NaN}}', 400),
        (b'{"type": "generate_spells", "payload": {}}', 400),
        (b'{"type": "create_world", "payload": {}}', 400),
        (GOOD + b" " * (64 * 1024), 413),
    ],
)
def test_an_invalid_body_gets_a_problem_document_and_stores_nothing(api: Api, body: bytes, status: int) -> None:
    before = newest(api)
    answer = api.ask("POST", "/jobs", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["status"] == status
    assert newest(api) == before


def test_another_media_type_gets_a_415(api: Api) -> None:
    assert api.ask("POST", "/jobs", data=GOOD, headers={"Content-Type": "text/plain"}).status_code == 415


@pytest.mark.parametrize("job_id", ["7b1c2f60-0000-4000-8000-000000000000", "nonsense", "%2e%2e", "1" * 2000])
def test_an_unknown_job_id_gets_a_404(api: Api, job_id: str) -> None:
    answer = api.ask("GET", f"/jobs/{job_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/jobs", "/worlds", "/jobs/nonsense", "/worlds/nonsense", "/nowhere", "/health"])
def test_answers_forbid_caching(api: Api, path: str) -> None:
    assert api.ask("GET", path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_body_that_is_not_read_may_have_any_content_up_to_64_kib(api: Api, stack: LocalStack, verb: str) -> None:
    job = _cancelled(api, stack)
    huge = api.ask("POST", f"/jobs/{job}/{verb}", data=b" " * (64 * 1024 + 1))
    broken = api.ask("POST", f"/jobs/{job}/{verb}", data=b"{", headers={"Content-Type": "application/json"})
    assert (huge.status_code, huge.json()["code"]) == (413, "payload_too_large")
    assert broken.status_code in (200, 202)


def _cancelled(api: Api, stack: LocalStack) -> str:
    with jobs_kept_waiting(stack):
        job = str(api.submit("generate_relics", {"count": 1})["id"])
        assert api.ask("POST", f"/jobs/{job}/cancel").status_code == 202
    return job


def test_eight_simultaneous_retries_make_one_job(api: Api, stack: LocalStack) -> None:
    job = _cancelled(api, stack)

    def retry(_: int) -> requests.Response:
        with Api(api.url) as caller:
            return caller.ask("POST", f"/jobs/{job}/retry")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(retry, range(8)))
    assert {answer.status_code for answer in answers} == {202}
    (new,) = {answer.json()["id"] for answer in answers}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert api.finished(new)["retry_of"] == job


def test_a_wrong_method_gets_a_405(api: Api) -> None:
    answer = api.ask("DELETE", "/jobs")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_body_without_a_content_length_is_refused(api: Api) -> None:
    """API Gateway accepts a chunked body. Chalice's local gateway would read it as empty."""
    answer = api.ask("POST", "/jobs", data=iter([b"{}"]))
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


@pytest.mark.parametrize(
    "path",
    [
        "/jobs",
        "/jobs/@",
        "/jobs/@/events",
        "/jobs?limit=0",
        "/jobs/nonsense",
        "/worlds",
        "/worlds/nonsense",
        "/pieces",
        "/pieces/nonsense",
        "/history",
        "/usage",
        "/job-types",
        "/health",
        "/openapi.json",
        "/docs",
        "/nowhere",
        "/jobs/@/cancel",
    ],
)
def test_head_gets_the_answer_to_get_without_the_body(newcomer: Api, path: str) -> None:
    """Uptime monitors use HEAD. A client would mistake a body for the answer to its next request."""
    job = newcomer.archived(newcomer.submit("generate_relics", {"count": 1})["id"])["id"]
    path = path.replace("@", job)
    get, head = newcomer.ask("GET", path), newcomer.ask("HEAD", path)
    own = {"x-request-id", "date"}
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert {name: value for name, value in head.headers.lower_items() if name not in own} == {
        name: value for name, value in get.headers.lower_items() if name not in own
    }
    assert newcomer.ask("GET", "/job-types").status_code == 200


@pytest.mark.parametrize("path", ["/jobs/", "/worlds/", "/job-types/", "/health/", "/jobs/@/", "/jobs/@/events/"])
def test_a_trailing_slash_changes_nothing(newcomer: Api, path: str) -> None:
    job = newcomer.archived(newcomer.submit("generate_relics", {"count": 1})["id"])["id"]
    path = path.replace("@", job)
    assert newcomer.ask("GET", path).json() == newcomer.ask("GET", path.rstrip("/")).json()
    accepted = newcomer.ask("POST", "/jobs/", json={"type": "generate_relics", "payload": {"count": 1}})
    assert accepted.headers["Location"] == f"/jobs/{accepted.json()['id']}"


def test_a_body_is_accepted_in_the_forms_that_different_clients_send(api: Api) -> None:
    mark = b"\xef\xbb\xbf"
    pasted = '{"type": "generate_relics", "payload": {"theme": "\\ufeffNo\\u00ad\u00ebl\u200f \U0001fae9"}}'.encode()
    for body in (mark + GOOD, GOOD + b"\r\n\r\n", mark + pasted):
        for media_type in ("application/json;charset=utf8", 'APPLICATION/JSON; charset="UTF-8"'):
            answer = api.ask("POST", "/jobs", data=body, headers={"CONTENT-TYPE": media_type})
            assert answer.status_code == 202, answer.text
    packed = api.ask("POST", "/jobs", data=gzip.compress(GOOD), headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json()["code"]) == (415, "unsupported_media_type")
    assert "compressed" in packed.json()["detail"]


@pytest.mark.parametrize("path", ["/docs/" + "x" * 5000, "/docs/a%00b", "/docs/..%2f..%2fcore.py", "/docs/../api.py"])
def test_a_missing_docs_file_gets_a_404(api: Api, path: str) -> None:
    assert api.ask("GET", path).status_code == 404


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:80", "127.0.0.1.example", "[", "192.168.0.7"])
def test_a_request_with_the_name_of_another_host_is_refused(api: Api, host: str) -> None:
    """A website can let such a name resolve to 127.0.0.1."""
    answer = api.ask("GET", "/jobs", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "misdirected")


@pytest.mark.parametrize("origin", ["http://page.example", "https://localhost.example", "null"])
def test_a_page_from_another_machine_may_not_use_the_api(api: Api, origin: str) -> None:
    for method, path in (("OPTIONS", "/jobs"), ("POST", "/jobs"), ("GET", "/jobs")):
        answer = api.ask(method, path, data=GOOD, headers={"Origin": origin, "Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")


def test_cors_allows_the_headers_that_the_api_reads_and_sends(api: Api) -> None:
    preflight = api.ask(
        "OPTIONS",
        "/jobs",
        headers={"Origin": "http://localhost:5173", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 200
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]
    accepted = api.ask("POST", "/jobs", data=GOOD, headers={"Content-Type": "application/json"})
    assert "ETag" in accepted.headers["Access-Control-Expose-Headers"]


def test_the_location_of_an_accepted_job_leads_to_it(api: Api) -> None:
    answer = api.ask("POST", "/jobs", json={"type": "generate_relics", "payload": {"count": 1}})
    address = urljoin(answer.url, answer.headers["Location"])
    assert address.removeprefix(api.url) == f"/jobs/{answer.json()['id']}"
    assert answer.json()["links"]["self"] == answer.headers["Location"]


def test_an_unchanged_revision_gets_a_304_without_a_body(api: Api) -> None:
    job = api.finished(api.submit("generate_relics", {"count": 1})["id"])
    answer = api.ask("GET", f"/jobs/{job['id']}", headers={"If-None-Match": f'"{job["revision"]}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_the_health_check_finds_every_part_working(api: Api) -> None:
    answer = api.ask("GET", "/health")
    assert (answer.status_code, answer.json()) == (200, {"redis": "ok", "queue": "ok", "generator": "ok"})


def test_all_job_types_are_listed(api: Api) -> None:
    assert {entry["type"] for entry in api.ask("GET", "/job-types").json()["job_types"]} == set(JOB_TYPES)


def test_eight_simultaneous_submissions_with_one_key_make_one_job(api: Api) -> None:
    def submit(_: int) -> requests.Response:
        with Api(api.url) as caller:
            return caller.ask(
                "POST",
                "/jobs",
                data=GOOD,
                headers={"Content-Type": "application/json", "Idempotency-Key": "eight-at-once"},
            )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    other = api.ask(
        "POST",
        "/jobs",
        json={"type": "generate_relics", "payload": {}},
        headers={"Idempotency-Key": "eight-at-once"},
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_fifty_simultaneous_jobs_all_complete(api: Api) -> None:
    """The guide's capacity: about 50 concurrent jobs."""
    kinds = ["generate_characters", "generate_factions", "generate_relics", "generate_events", "generate_settings"]

    def one(n: int) -> dict[str, Any]:
        with Api(api.url, patient=True) as caller:
            return caller.finished(caller.submit(kinds[n % 5], {"count": 2})["id"])

    with ThreadPoolExecutor(50) as pool:
        jobs = list(pool.map(one, range(50)))
    assert {job["status"] for job in jobs} == {"completed"}
    assert {job["attempt"] for job in jobs} == {1}


def test_twenty_simultaneous_long_polls_are_all_answered(api: Api) -> None:
    job = api.submit("generate_settings", {"count": 10})

    def poll(_: int) -> int:
        with Api(api.url) as caller:
            return len(caller.finished(job["id"])["result"])

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(poll, range(20))) == {10}


def test_a_job_can_be_cancelled_and_retried(api: Api, stack: LocalStack) -> None:
    job = _cancelled(api, stack)
    assert api.ask("POST", f"/jobs/{job}/cancel").status_code == 200
    assert api.finished(job)["status"] == "cancelled"
    retried = api.ask("POST", f"/jobs/{job}/retry")
    assert retried.status_code == 202
    again = api.finished(retried.json()["id"])
    assert (again["status"], again["retry_of"]) == ("completed", job)


def test_items_grow_while_the_job_runs(api: Api, stack: LocalStack) -> None:
    """The page shows each stage as soon as it is written. Here, the last three stages of each piece never are."""
    control = str(stack.urls.llm).removesuffix("/v1") + "/control/faults"
    rule = {"fault": "hang", "schema": "character_traits_skills_stats"}
    requests.put(control, json={"rules": [rule]}, timeout=120).raise_for_status()
    job = api.submit("generate_characters", {"count": 2})
    try:
        written, revision = [0], 0
        while written[-1] < 2 * len(["name", "appearance", "backstory"]):
            now = _next_revision(api, job["id"], revision)
            assert now["status"] in ("pending", "processing")
            revision = now["revision"]
            written.append(sum(len(item["stages"]) for item in now["items"]))
        assert written == sorted(written)
    finally:
        api.ask("POST", f"/jobs/{job['id']}/cancel")
        requests.put(control, json={"rules": []}, timeout=120).raise_for_status()


def _next_revision(api: Api, job_id: str, revision: int) -> dict[str, Any]:
    headers = {"Prefer": "wait=10", "If-None-Match": f'"{revision}"'}
    answer = api.ask("GET", f"/jobs/{job_id}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=10"
    return dict(answer.json())
