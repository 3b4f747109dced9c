"""A worker dies while tokens are reserved for its job."""

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from redis import Redis

from chalicelib.adapter import redis_key
from chalicelib.domain.estimate import default_estimate
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.spending import MARGIN, days_around
from local.stack.local_stack import LocalStack
from tests.chaos.conftest import stack_settings
from tests.chaos.log import worker_of
from tests.chaos.provider import Provider
from tests.chaos.running_job import submitted_and_under_way
from tests.e2e.api import Api
from tests.redis_server import until

CHARACTERS = {"count": 3}
#: What is reserved for a job of three pieces.
BUDGET = MARGIN * default_estimate(3).tokens
#: Room for one job, and for one more only after the first has ended. `submitted_and_under_way` may need more than one.
PER_DAY = 2 * BUDGET - 1


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A job has one attempt, and a lost worker is noticed soon."""
    limits = {"TOKENS_PER_DAY": str(PER_DAY), "DAILY_TOKEN_STOP": str(PER_DAY)}
    times = {"MAX_ATTEMPTS": "1", "LEASE_S": "3", "RECOVERY_INTERVAL_S": "1"}
    with LocalStack(stack_settings(tmp_path_factory.mktemp("spending"), **limits, **times)) as running:
        yield running


def tokens(redis_url: str, owner: str | None) -> tuple[int, list[str]]:
    """What is spent by the owner, or by all, and the jobs for which tokens are reserved."""
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        seconds, _ = redis.time()
        days = days_around(seconds * 1000)
        keys = [redis_key.tokens_of(owner, day) if owner else redis_key.tokens_of_all(day) for day in days]
        found: list[dict[str, str]] = [redis.hgetall(key) for key in keys]
    spent = sum(int(day.get("spent", 0)) for day in found)
    return spent, [job_id for day in found for job_id in day if job_id not in ("spent", "reserved")]


def has_no_reservation(redis_url: str, owner: str | None) -> bool:
    return tokens(redis_url, owner)[1] == []


def test_a_killed_workers_reservation_is_freed(stack: LocalStack, api: Api, provider: Provider) -> None:
    """For its owner and for all. The cost of the running calls is unknown, so the expected cost is counted."""
    job_id, _ = submitted_and_under_way(api, provider)
    before, reserved = tokens(stack.urls.redis, ANONYMOUS)
    assert reserved == [job_id]
    assert tokens(stack.urls.redis, None) == (before, [job_id])
    refused = api.ask("POST", "/jobs", json={"type": "generate_characters", "payload": CHARACTERS})
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
    os.kill(worker_of(stack, job_id), signal.SIGKILL)
    provider.be()
    job = api.finished(job_id)
    assert job["error_code"] == "worker_lost"
    used = job["usage"]["prompt_tokens"] + job["usage"]["completion_tokens"]
    for owner in (ANONYMOUS, None):
        # A caller sees the end of a job a moment before its tokens are settled.
        until(partial(has_no_reservation, stack.urls.redis, owner))
        assert used <= tokens(stack.urls.redis, owner)[0] - before < BUDGET
    assert api.finished(api.submit("generate_characters", CHARACTERS)["id"])["status"] == "completed"
