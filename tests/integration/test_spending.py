"""Daily limits of tokens in the whole submission, on a real Redis."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.bootstrap import Services, assemble
from chalicelib.domain.job import Job
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.quota import UNLIMITED, QuotaExceeded
from chalicelib.domain.spending import SpendingStopped
from chalicelib.domain.timing import Timing
from chalicelib.service.assembly import Limits
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.job_queue import FakeJobQueue
from tests.fake.webhook_parts import no_webhooks
from tests.ledger import counted
from tests.redis_server import RedisServer
from tests.unit.chalicelib.system import message

PER_DAY = 300_000
PARALLEL = 200


@pytest.fixture
async def database() -> AsyncIterator[RedisDatabase]:
    """On a server of its own: the daily stop counts the jobs of all owners."""
    with RedisServer() as server:
        client = redis_client.connect(server.url, max_connections=32, timeout_s=120)
        database = RedisDatabase(RedisConnection(client, client, patience_s=120), Timing().job_ttl_s)
        yield database
        await database.close()


def process(database: RedisDatabase, limits: Limits) -> Services:
    return assemble(
        database=database,
        queue=FakeJobQueue(),
        generator=FakeGenerator(stage_s=0),
        documents=MemoryDocumentStore(),
        history=MemoryHistoryStore(MemoryDocumentStore()),
        webhooks=no_webhooks(),
        timing=Timing(),
        limits=limits,
    )


async def submit_at_once(services: Services, owners: list[str]) -> tuple[list[Job], list[BaseException]]:
    wanted = {"type": "generate_characters", "payload": {"count": 1}}
    requests = [JobRequest.parse(owner, wanted, Timing()) for owner in owners]
    answers = await asyncio.gather(*map(services.submission.submit, requests), return_exceptions=True)
    accepted = [answer.job for answer in answers if not isinstance(answer, BaseException)]
    return accepted, [answer for answer in answers if isinstance(answer, BaseException)]


async def test_two_hundred_parallel_submissions_do_not_exceed_the_daily_tokens(database: RedisDatabase) -> None:
    """Neither when they are submitted, nor when their real cost makes room for others."""
    quota = replace(UNLIMITED, max_tokens=PER_DAY)
    services, owner = process(database, Limits(quota=quota)), "alice"
    cost = 0
    for _ in range(3):
        accepted, refused = await submit_at_once(services, [owner] * PARALLEL)
        budget = sum(job.token_budget or 0 for job in accepted)
        assert {type(error) for error in refused} == {QuotaExceeded}
        assert accepted
        assert cost + budget <= PER_DAY < cost + budget + (accepted[0].token_budget or 0)
        await services.worker.work([message(job.id) for job in accepted])
        ended = [await database.jobs.read(job.id) for job in accepted]
        cost += sum(job.usage.tokens for job in ended if job)
    standing = await counted(database.quotas, owner, str(uuid.uuid4()), 0, quota)
    assert (standing.today.spent, standing.today.reserved) == (cost, 0)


async def test_the_daily_stop_holds_across_owners(database: RedisDatabase) -> None:
    services = process(database, Limits(daily_stop=PER_DAY))
    accepted, refused = await submit_at_once(services, [f"owner-{n}" for n in range(PARALLEL)])
    budget = sum(job.token_budget or 0 for job in accepted)
    assert {type(error) for error in refused} == {SpendingStopped}
    assert budget <= PER_DAY < budget + (accepted[0].token_budget or 0)
    assert len(await database.quotas.reserved_ages()) == len(accepted)
    await services.worker.work([message(job.id) for job in accepted])
    assert await database.quotas.reserved_ages() == {}


async def test_a_submission_refused_by_the_daily_stop_reserves_nothing_for_its_owner(database: RedisDatabase) -> None:
    quota = replace(UNLIMITED, max_unfinished=1_000, max_tokens=PER_DAY)
    services = process(database, Limits(quota=quota, daily_stop=20_000))
    accepted, refused = await submit_at_once(services, ["bob"] * 20)
    assert {type(error) for error in refused} == {SpendingStopped}
    standing = await counted(database.quotas, "bob", accepted[0].id, 0, quota)
    assert standing.today.reserved == accepted[0].token_budget
    assert standing.unfinished == len(accepted) == 1
