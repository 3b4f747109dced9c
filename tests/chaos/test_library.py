"""The library and the history are away for a while, or a worker dies before it has archived its job."""

import os
import signal
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis

from local.project import LOOPBACK
from local.stack.local_stack import LocalStack
from tests.chaos.conftest import stack_settings
from tests.chaos.queue import Queue
from tests.chaos.report import Figure, Report
from tests.e2e.api import Api
from tests.redis_server import Address, until


@dataclass(frozen=True, slots=True)
class Port:
    port: int


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Where the functions look for DynamoDB."""
    with Address() as found:
        yield found


@pytest.fixture(scope="module")
def remote(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    endpoint = f"http://{LOOPBACK}:{address.port}"
    settings = stack_settings(tmp_path_factory.mktemp("remote"), AWS_ENDPOINT_URL_DYNAMODB=endpoint)
    with LocalStack(settings) as running:
        yield running


@pytest.fixture
def library(address: Address, remote: LocalStack) -> Iterator[Port]:
    """The real DynamoDB of the stack. The address leads to it before and after each test."""
    found = Port(urlsplit(remote.urls.aws).port or 0)
    address.lead_to(found)
    yield found
    address.lead_to(found)


@contextmanager
def silence() -> Iterator[Port]:
    """A server that accepts connections and never answers."""
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen(64)
        yield Port(listening.getsockname()[1])


def records_of(api: Api, job_ids: set[str]) -> list[dict[str, Any]]:
    """The records of these jobs; empty while the history is away."""
    answer = api.ask("GET", "/history?limit=100")
    return [job for job in answer.json().get("jobs", []) if job["id"] in job_ids]


def check_kept_once(api: Api, stack: LocalStack, job_ids: set[str], pieces: int) -> None:
    """Each job has one record, each of its pieces is in the library once, and no job is left to be archived."""
    until(lambda: {job["id"] for job in records_of(api, job_ids)} == job_ids)
    with Redis.from_url(stack.urls.redis, decode_responses=True) as operator:
        until(lambda: operator.zcard("jobs:unfinished") == 0)
    records = records_of(api, job_ids)
    made = [piece_id for record in records for piece_id in record["made"]]
    kept = [
        piece["id"]
        for piece in api.ask("GET", "/pieces?limit=100").json()["pieces"]
        if piece["source"]["job_id"] in job_ids
    ]
    assert len(records) == len(job_ids)
    assert sorted(kept) == sorted(made)
    assert len(kept) == pieces


def test_what_jobs_made_while_the_library_was_away_is_kept_when_it_is_back(
    remote: LocalStack, address: Address, library: Port, report: Report
) -> None:
    """The jobs complete as if nothing had happened."""
    with Api(remote.urls.api) as api:
        address.cut()
        jobs = {str(api.submit("generate_relics", {"count": 2})["id"]) for _ in range(5)}
        assert {api.finished(job_id)["status"] for job_id in jobs} == {"completed"}
        away = api.ask("GET", "/history")
        assert (away.status_code, away.json()["code"]) == (503, "library_unavailable")
        address.lead_to(library)
        at = time.monotonic()
        check_kept_once(api, remote, jobs, pieces=10)
        report.note(Figure("library away as five jobs end", "completed and archived", time.monotonic() - at))


def test_what_a_job_made_is_kept_though_its_worker_dies_before_it_could_keep_it(
    remote: LocalStack, address: Address, library: Port, report: Report
) -> None:
    with Api(remote.urls.api) as api, silence() as silent:
        address.cut()
        address.lead_to(silent)
        job_id = str(api.submit("generate_relics", {"count": 3})["id"])
        assert api.finished(job_id)["status"] == "completed"
        for name, pid in remote.processes.items():
            if name.startswith("worker"):
                os.kill(pid, signal.SIGKILL)
        address.lead_to(library)
        at = time.monotonic()
        check_kept_once(api, remote, {job_id}, pieces=3)
        report.note(Figure("worker killed between a job's end and its archive", "archived", time.monotonic() - at))


def test_a_job_that_redis_has_lost_is_shown_to_its_owner_as_failed(remote: LocalStack, library: Port) -> None:
    lost = str(uuid.uuid4())
    with Api(remote.urls.api) as api:
        Queue(remote, "jobs").send_job(lost, copies=2)
        until(lambda: records_of(api, {lost}))
        (record,) = records_of(api, {lost})
        assert (record["status"], record["error_code"], record["made"]) == ("failed", "job_lost", [])
