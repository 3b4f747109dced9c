"""Batches of jobs, and reading many jobs, on the whole stack."""

import json
import uuid
from typing import Any

from tests.e2e.api import FINAL, Api
from tests.redis_server import until

RELIC = {"type": "generate_relics", "payload": {"count": 1}}
SETTING = {"name": "Low Tarn", "description": "A drowned town.", "type": "setting", "details": {"notes": "x" * 9_000}}


def send(api: Api, body: Any, path: str = "/jobs/batch", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.ask("POST", path, json=body, headers=named)


def read(api: Api, ids: list[str]) -> list[dict[str, Any]]:
    answer = api.ask("GET", f"/jobs?ids={','.join(ids)}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["jobs"])


def test_the_jobs_of_a_batch_are_followed_together_to_their_end(api: Api) -> None:
    """Its body may be larger than that of a single job."""
    large = {"type": "generate_relics", "payload": {"count": 1, "selectedSetting": SETTING}}
    body = {"jobs": [RELIC, RELIC | {"deadline_s": 120}, *[large] * 10]}
    assert len(json.dumps(body)) > 64 * 1024
    key = str(uuid.uuid4())
    accepted = send(api, body, Idempotency_Key=key)
    assert accepted.status_code == 202, accepted.text
    ids = [entry["job"]["id"] for entry in accepted.json()["jobs"]]
    assert [job["id"] for job in read(api, ids)] == ids
    until(lambda: all(job["status"] in FINAL for job in read(api, ids)))
    assert {job["status"] for job in read(api, ids)} == {"completed"}
    again = send(api, body, Idempotency_Key=key)
    assert [entry["job"]["id"] for entry in again.json()["jobs"]] == ids
    assert all(entry["job"]["result"] for entry in again.json()["jobs"])


def test_a_batch_with_a_fault_or_of_more_than_1_mib_stores_nothing(api: Api) -> None:
    before = api.ask("GET", "/jobs?limit=1").json()["jobs"]
    faulty = send(api, {"jobs": [RELIC, RELIC | {"payload": {"count": 0}}]})
    assert (faulty.status_code, faulty.json()["errors"][0]["field"]) == (400, "jobs[1].payload.count")
    large = send(api, {"jobs": [RELIC], "x": "x" * 1024 * 1024})
    assert (large.status_code, large.json()["code"]) == (413, "payload_too_large")
    assert api.ask("GET", "/jobs?limit=1").json()["jobs"] == before


def test_a_dry_run_of_a_batch_adds_up(api: Api) -> None:
    answer = send(api, {"jobs": [RELIC] * 3}, "/jobs/batch?dry_run=true")
    assert answer.status_code == 200
    assert answer.json()["total"]["llm_calls"] == sum(job["llm_calls"] for job in answer.json()["jobs"])


def test_a_quota_counts_every_job_of_a_batch(newcomer: Api) -> None:
    """The stack allows two unfinished jobs."""
    answer = send(newcomer, {"jobs": [RELIC] * 4})
    entries = answer.json()["jobs"]
    assert [entry["error"] and entry["error"]["code"] for entry in entries[2:]] == ["quota_exceeded"] * 2
    assert all(entry["retry_after_s"] > 0 for entry in entries[2:])
    for entry in entries[:2]:
        newcomer.ask("POST", f"/jobs/{entry['job']['id']}/cancel")


def test_other_peoples_jobs_are_not_among_those_that_are_read(api: Api, newcomer: Api) -> None:
    mine = newcomer.submit("generate_relics", {"count": 1})["id"]
    assert [job["id"] for job in read(newcomer, [str(uuid.uuid4()), mine])] == [mine]
    newcomer.finished(mine)
    assert read(api, [mine]) == []
