"""The API dies while it accepts a batch, and no worker takes a job that has a deadline."""

import os
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
import requests

from local.stack.local_stack import LocalStack
from tests.chaos.provider import Provider
from tests.e2e.api import Api
from tests.redis_server import until

SIZE = 20
#: How often the batch may be answered before the API is killed. Then nothing was shown.
_TRIES = 10


def batch() -> dict[str, Any]:
    payload = {"count": 1, "theme": f"batch {uuid.uuid4()}"}
    return {"jobs": [{"type": "generate_relics", "payload": payload}] * SIZE}


@pytest.fixture
def store(stack: LocalStack) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(stack.urls.redis, decode_responses=True) as client:
        yield client


def stored(store: redis.Redis, theme: str) -> set[str]:
    """The ids of the jobs with this theme."""
    keys = [key for key in store.scan_iter("job:{*}", count=1_000) if key.endswith("}")]
    payloads = [store.hget(key, "payload") or "" for key in keys]
    return {key[5:-1] for key, payload in zip(keys, payloads, strict=True) if theme in payload}


def killed_in_the_middle(stack: LocalStack, body: dict[str, Any], key: str) -> bool:
    """Send the batch, and kill the API once a job is stored. False if the answer came before."""
    broken = threading.Event()

    def send() -> None:
        try:
            with Api(stack.urls.api) as api:
                api.ask("POST", "/jobs/batch", json=body, headers={"Idempotency-Key": key})
        except requests.ConnectionError:
            broken.set()

    with redis.Redis.from_url(stack.urls.redis) as store:
        before, sender = store.zcard("jobs:unfinished"), threading.Thread(target=send)
        sender.start()
        until(lambda: store.zcard("jobs:unfinished") > before or not sender.is_alive())
    os.kill(stack.processes["api"], signal.SIGKILL)
    sender.join()
    return broken.is_set()


def test_a_batch_is_repeated_after_the_api_was_killed_in_the_middle_and_no_job_is_made_twice(
    stack: LocalStack, store: redis.Redis, provider: Provider
) -> None:
    """`provider`: the jobs are quick."""
    provider.be(latency_s=0.02)
    for _ in range(_TRIES):
        body, key = batch(), str(uuid.uuid4())
        if killed_in_the_middle(stack, body, key):
            break
    else:
        pytest.fail("the API was never killed before it answered")
    with Api(stack.urls.api) as api:
        until(lambda: answers(api))
        answer = api.ask("POST", "/jobs/batch", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 202, answer.text
        ids = [entry["job"]["id"] for entry in answer.json()["jobs"]]
        assert len(set(ids)) == SIZE
        again = api.ask("POST", "/jobs/batch", json=body, headers={"Idempotency-Key": key})
        assert [entry["job"]["id"] for entry in again.json()["jobs"]] == ids
        assert again.headers["Idempotent-Replayed"] == "true"
        assert stored(store, body["jobs"][0]["payload"]["theme"]) == set(ids)
        for job_id in ids:
            assert api.finished(job_id)["status"] == "completed"


def answers(api: Api) -> bool:
    try:
        return api.ask("GET", "/job-types").status_code == 200
    except requests.ConnectionError:
        return False


@contextmanager
def stopped_workers(stack: LocalStack) -> Iterator[None]:
    """The processes of the workers also run recovery."""
    pids = [pid for name, pid in stack.processes.items() if name.startswith("worker")]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_caller_learns_in_time_that_no_worker_has_taken_its_job(stack: LocalStack, api: Api) -> None:
    """Recovery is stopped too: the caller's own poll ends the job."""
    with stopped_workers(stack):
        submission = {"type": "generate_relics", "payload": {"count": 1}, "deadline_s": 8}
        job = api.ask("POST", "/jobs", json=submission).json()
        assert job["deadline_at"] > job["created_at"]
        ended = api.ask("GET", f"/jobs/{job['id']}", headers={"Prefer": "wait=20"}).json()
    assert (ended["status"], ended["error_code"], ended["usage"]["llm_calls"]) == ("failed", "timeout", 0)
    lived = datetime.fromisoformat(ended["completed_at"]) - datetime.fromisoformat(ended["created_at"])
    assert lived >= timedelta(seconds=5), "until then, there was time for an attempt"
    retried = api.ask("POST", f"/jobs/{job['id']}/retry").json()
    assert retried["deadline_at"] > ended["completed_at"]
    api.finished(retried["id"])
