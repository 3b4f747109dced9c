"""Redis stops and starts again. It keeps its data on disk here, as ElastiCache keeps it in a replica."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial

import pytest

from local.stack.local_stack import LocalStack
from tests.chaos.conftest import stack_settings
from tests.chaos.log import count
from tests.chaos.provider import Provider
from tests.chaos.queue import Queue
from tests.chaos.report import Figure, Report
from tests.chaos.running_job import LEAST_CALLS, PAYLOAD, TYPE
from tests.chaos.stored_job import stored_but_not_queued
from tests.e2e.api import Api
from tests.redis_server import RedisServer, until


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer(None, "--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@pytest.fixture(scope="module")
def shaken(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with LocalStack(stack_settings(tmp_path_factory.mktemp("shaken"), REDIS_URL=redis.url)) as running:
        yield running


def test_a_running_job_survives_a_restart_of_redis(shaken: LocalStack, redis: RedisServer, report: Report) -> None:
    """Callers get a 503 during the outage. No accepted job is lost, and no finished stage is paid for twice."""
    assert shaken.urls.llm is not None
    provider = Provider(shaken.urls.llm)
    provider.wait_until_idle()
    provider.forget()
    with Api(shaken.urls.api) as api:
        job_id = api.submit(TYPE, PAYLOAD)["id"]
        provider.wait_for_calls(6)
        redis.kill()
        at = time.monotonic()
        refused = api.ask("POST", "/jobs", json={"type": "generate_relics", "payload": {}})
        read = api.ask("GET", f"/jobs/{job_id}")
        time.sleep(3)
        redis.start()
        job = api.finished(job_id)
        calls = provider.calls().started
        report.note(Figure("Redis down for 3 s", job["status"], time.monotonic() - at, calls, LEAST_CALLS, 0))
    for answer in (refused, read):
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert (job["status"], job["attempt"]) == ("completed", 1)
    assert calls == LEAST_CALLS


def test_a_job_whose_message_arrives_while_redis_is_down_is_not_lost(
    shaken: LocalStack, redis: RedisServer, report: Report
) -> None:
    """The worker returns it to the queue."""
    returned = partial(count, shaken, "worker", "Message returned to its queue")
    with Api(shaken.urls.api) as api:
        jobs = [asyncio.run(stored_but_not_queued(redis.url)) for _ in range(5)]
        before = returned()
        redis.kill()
        for job_id in jobs:
            Queue(shaken, "jobs").send_job(job_id)
        until(lambda: returned() == before + len(jobs))
        redis.start()
        at = time.monotonic()
        done = [api.finished(job_id, timeout_s=180) for job_id in jobs]
        report.note(Figure("Redis down as messages arrive", "completed", time.monotonic() - at))
    assert {job["status"] for job in done} == {"completed"}
