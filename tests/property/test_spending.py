"""The arithmetic of the daily limits, under any order of submissions, endings, crashes, repetitions and midnights.

Redis and the fake do the same, and neither ever lets an owner exceed the limit.
"""

import asyncio
import uuid
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.domain import change
from chalicelib.domain.job import Checkpoint, Job, Usage
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.quota import UNLIMITED, QuotaExceeded
from chalicelib.domain.spending import counted_tokens, utc_day
from chalicelib.domain.timing import Timing
from chalicelib.port.job_database import JobDatabase
from tests.clock import FakeClock
from tests.fake.memory_database import MemoryDatabase
from tests.ledger import counted, reserved

TIMING = Timing()
LIMIT = 1_000
QUOTA = replace(UNLIMITED, max_tokens=LIMIT)
OWNERS = ("alice", "bob")


@dataclass
class Reserved:
    owner: str
    tokens: int
    day: str
    job: Job | None = None


@dataclass
class Model:
    """What must be true: the sums, computed from the whole history."""

    open: dict[str, Reserved] = field(default_factory=dict)
    spent: dict[tuple[str, str], int] = field(default_factory=dict)

    def used(self, owner: str, day: str) -> int:
        return self.spent.get((owner, day), 0) + self.reserved(owner, day)

    def reserved(self, owner: str, day: str) -> int:
        return sum(each.tokens for each in self.open.values() if (each.owner, each.day) == (owner, day))


def _one_of(data: st.DataObject, job_ids: list[str]) -> str:
    """One of the ids, chosen by its place: the ids differ when Hypothesis repeats a history."""
    return job_ids[data.draw(st.integers(0, len(job_ids) - 1))]


class Ledgers(RuleBasedStateMachine):
    redis_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.model = Model()
        self.names = {owner: f"{owner}-{uuid.uuid4()}" for owner in OWNERS}
        client = self.runner.run(self._connected())
        self.databases: list[JobDatabase] = [client, MemoryDatabase(self.clock.now_ms)]

    async def _connected(self) -> RedisDatabase:
        client = redis_client.connect(self.redis_url, max_connections=2, timeout_s=60)
        return RedisDatabase(
            RedisConnection(client, client, now_ms=self.clock.now_ms, patience_s=120), TIMING.job_ttl_s
        )

    def teardown(self) -> None:
        (real, _) = self.databases
        assert isinstance(real, RedisDatabase)
        self.runner.run(real.close())
        self.runner.close()

    @property
    def today(self) -> str:
        return utc_day(self.clock.now_ms())

    @initialize(owner=st.sampled_from(OWNERS))
    def first(self, owner: str) -> None:
        self.submit(owner, 300, True)

    @rule(owner=st.sampled_from(OWNERS), tokens=st.integers(0, 600), is_created=st.booleans())
    def submit(self, owner: str, tokens: int, is_created: bool) -> None:
        """If `is_created` is false, the process dies before it creates the job."""
        job_id, name = str(uuid.uuid4()), self.names[owner]
        fits = self.model.used(owner, self.today) + tokens <= LIMIT
        for database in self.databases:
            if not fits:
                with pytest.raises(QuotaExceeded):
                    self.runner.run(counted(database.quotas, name, job_id, tokens, QUOTA))
                continue
            self.runner.run(counted(database.quotas, name, job_id, tokens, QUOTA))
            self.runner.run(reserved(database.quotas, job_id, tokens, None))
        if fits:
            self.model.open[job_id] = Reserved(owner, tokens, self.today)
            if is_created:
                self._create(job_id)

    def _create(self, job_id: str) -> None:
        reserved = self.model.open[job_id]
        new = NewJob(
            id=job_id,
            type="generate_relics",
            owner=self.names[reserved.owner],
            payload={},
            max_attempts=3,
            root_id=job_id,
            token_budget=reserved.tokens,
        )
        for database in self.databases:
            reserved.job = self.runner.run(database.jobs.create(new, TIMING))

    @rule(data=st.data(), share=st.integers(0, 100), is_cancelled=st.booleans(), times=st.integers(1, 3))
    def end(self, data: st.DataObject, share: int, is_cancelled: bool, times: int) -> None:
        """A job ends, having cost a share of its budget. The end is settled once or several times."""
        now_ms = self.clock.now_ms()
        created = [i for i, each in self.model.open.items() if each.job and each.job.expires_at > now_ms]
        if not created:
            return
        job_id = _one_of(data, created)
        ended = self.model.open.pop(job_id)
        assert ended.job is not None
        usage = Usage(1, ended.tokens * share // 100, 0)
        for database in self.databases:
            final = self.runner.run(self._ended(database, ended.job, usage, is_cancelled))
            for _ in range(times):
                self.runner.run(database.quotas.settle(final))
        key = ended.owner, ended.day
        self.model.spent[key] = self.model.spent.get(key, 0) + counted_tokens(final)

    @staticmethod
    async def _ended(database: JobDatabase, job: Job, usage: Usage, is_cancelled: bool) -> Job:
        await database.jobs.apply(job.id, change.claim(job, "token", TIMING))
        stage = Checkpoint(0, "name", {"name": "Ada"}, usage)
        await database.jobs.apply(job.id, change.advance("token", 50, "Generated names...", stage))
        return await database.jobs.apply(job.id, change.cancel() if is_cancelled else change.complete("token", [], []))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """A job that was never created is released, on the same day or the next."""
        known = (self.today, utc_day(self.clock.now_ms() - 86_400_000))
        lost = [i for i, each in self.model.open.items() if each.job is None and each.day in known]
        if lost:
            job_id = _one_of(data, lost)
            released = self.model.open.pop(job_id)
            for database in self.databases:
                self.runner.run(database.quotas.release(self.names[released.owner], job_id))

    @rule(seconds=st.sampled_from([1, 3_600, 40_000]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def both_count_what_is_spent_and_reserved_and_it_is_within_the_limit(self) -> None:
        for owner, name in self.names.items():
            for database in self.databases:
                standing = self.runner.run(counted(database.quotas, name, "probe", 0, UNLIMITED))
                self.runner.run(database.quotas.release(name, "probe"))
                today = self.model.spent.get((owner, self.today), 0), self.model.reserved(owner, self.today)
                assert (standing.today.spent, standing.today.reserved) == today
                assert sum(today) <= LIMIT


def test_no_history_exceeds_the_limit_or_loses_a_token(redis_url: str) -> None:
    Ledgers.redis_url = redis_url
    run_state_machine_as_test(
        Ledgers, settings=settings(max_examples=20, stateful_step_count=30, suppress_health_check=list(HealthCheck))
    )
