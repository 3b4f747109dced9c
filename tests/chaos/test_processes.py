"""Processes are killed, paused and restarted while a job runs."""

import asyncio
import os
import signal
import time
from typing import Any

import pytest
import requests

from local.stack.local_stack import LocalStack
from tests.chaos.log import count, worker_of
from tests.chaos.provider import Provider
from tests.chaos.queue import Queue
from tests.chaos.report import Figure, Report
from tests.chaos.running_job import LEAST_CALLS, PAYLOAD, TYPE, submitted_and_under_way
from tests.chaos.stored_job import stored_but_not_queued
from tests.e2e.api import Api
from tests.redis_server import until


def is_complete(job: dict[str, Any]) -> bool:
    result = job["result"]
    return job["status"] == "completed" and isinstance(result, list) and len(result) == 3 and not job["warnings"]


def checked(
    report: Report, scenario: str, api: Api, provider: Provider, job_id: str, at: float, in_flight: int
) -> dict[str, Any]:
    """Check that the job completes, and pays twice for no more calls than were in flight. Return it."""
    job = api.finished(job_id)
    recovery_s = time.monotonic() - at
    calls = provider.calls().started
    report.note(Figure(scenario, str(job["status"]), recovery_s, calls, LEAST_CALLS, in_flight))
    assert is_complete(job), job
    assert calls <= LEAST_CALLS + in_flight
    progress = [event["progress"] for event in api.events(job_id)]
    assert progress == sorted(progress)
    return job


def test_a_job_without_faults_costs_the_least_calls(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    """The baseline for the other scenarios."""
    started_at = time.monotonic()
    job = api.finished(api.submit(TYPE, PAYLOAD)["id"])
    report.quiet_s = time.monotonic() - started_at
    assert is_complete(job)
    assert provider.calls().started == LEAST_CALLS


def test_the_job_of_a_killed_worker_continues_from_its_finished_stages(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    job_id, in_flight = submitted_and_under_way(api, provider)
    os.kill(worker_of(stack, job_id), signal.SIGKILL)
    provider.be()
    job = checked(report, "worker killed", api, provider, job_id, time.monotonic(), in_flight)
    assert job["attempt"] == 2


def test_a_job_survives_the_death_of_the_generator(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    job_id, in_flight = submitted_and_under_way(api, provider)
    os.kill(stack.processes["generator"], signal.SIGKILL)
    provider.be()
    checked(report, "generator killed", api, provider, job_id, time.monotonic(), in_flight)


def test_the_death_of_the_api_does_not_affect_running_jobs(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    """Callers can read the job again as soon as the API is back."""
    job_id, _ = submitted_and_under_way(api, provider, latency_s=5)
    provider.be()
    killed = stack.processes["api"]
    os.kill(killed, signal.SIGKILL)
    at = time.monotonic()
    while not _answers(api):
        assert time.monotonic() < at + 60
        time.sleep(0.1)
    job = checked(report, "API killed", api, provider, job_id, at, 0)
    assert job["attempt"] == 1
    assert stack.processes["api"] != killed


def _answers(api: Api) -> bool:
    try:
        return api.ask("GET", "/job-types").status_code == 200
    except requests.ConnectionError:
        return False


def test_a_worker_paused_past_its_lease_cannot_change_the_job(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    """Another worker has taken over. When the first worker wakes up, it notices that it has lost the job, and stops."""
    job_id, in_flight = submitted_and_under_way(api, provider)
    provider.be()
    paused = worker_of(stack, job_id)
    os.kill(paused, signal.SIGSTOP)
    try:
        at = time.monotonic()
        job = api.finished(job_id)
    finally:
        os.kill(paused, signal.SIGCONT)
    recovery_s, calls = time.monotonic() - at, provider.calls().started
    report.note(Figure("worker paused past its lease", job["status"], recovery_s, calls, LEAST_CALLS, in_flight))
    assert is_complete(job)
    assert job["attempt"] == 2
    # The generator stops working for a frozen caller, so the worker may notice that first.
    ends = ("Attempt ended: LeaseLost", "Attempt ended: RetryLater")
    until(lambda: sum(count(stack, "worker", job_id, end, '"attempt":1,') for end in ends) == 1)
    after = api.job(job_id)
    assert (after["revision"], after["result"]) == (job["revision"], job["result"])


def test_copies_of_a_message_start_no_further_work(
    stack: LocalStack, api: Api, provider: Provider, report: Report
) -> None:
    jobs = [api.submit("generate_relics", {"count": 1})["id"] for _ in range(20)]
    for job_id in jobs:
        Queue(stack, "jobs").send_job(job_id, copies=2)
    done = [api.finished(job_id) for job_id in jobs]
    calls = provider.calls().started
    report.note(Figure("20 jobs, each message delivered three times", "completed", None, calls, 20 * 2, 0))
    assert {job["status"] for job in done} == {"completed"}
    assert {job["attempt"] for job in done} == {1}
    assert calls == 20 * 2


@pytest.mark.parametrize("body", [" ", "not json", "{}", '{"job_id": 7}', '{"job_id": "only"}', "[]"])
def test_an_invalid_message_does_not_stop_other_jobs(
    stack: LocalStack, api: Api, provider: Provider, body: str
) -> None:
    Queue(stack, "jobs").send(body)
    Queue(stack, "jobs-dlq").send(body)
    assert api.finished(api.submit("generate_relics", {"count": 1})["id"])["status"] == "completed"


def test_a_dead_letter_fails_its_job(stack: LocalStack, api: Api, report: Report) -> None:
    """Otherwise a job that no worker can take would stay pending for an hour."""
    job_id = asyncio.run(stored_but_not_queued(stack.urls.redis))
    Queue(stack, "jobs-dlq").send_job(job_id)
    at = time.monotonic()
    job = api.finished(job_id)
    report.note(Figure("message in the dead-letter queue", "failed", time.monotonic() - at, 0, 0, 0))
    assert (job["status"], job["error_code"], job["retryable"]) == ("failed", "undeliverable", True)
