"""Interleaved workers, duplicates, expiry and cancels on a real Redis, compared with the transition table.

Every rule acts on what some worker read earlier, however stale. The model (`job_model.py`) says what the store must
answer. The invariants hold after every step.
"""

import asyncio
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from chalicelib.adapter import redis_client, redis_key
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_job_store import RedisJobStore
from chalicelib.domain import change
from chalicelib.domain.change import Change
from chalicelib.domain.error import JobConflict
from chalicelib.domain.job import Checkpoint, Job, Usage
from chalicelib.domain.lifecycle import TERMINAL
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing
from tests.clock import FakeClock
from tests.property.job_model import JobModel

TIMING = Timing()

jobs = Bundle("jobs")
#: Jobs as some worker read them.
snapshots = Bundle("snapshots")
#: Tokens of claims, successful or not.
tokens = Bundle("tokens")


class StoredJobs(RuleBasedStateMachine):
    """Jobs in a real store, and a model of each. The rules are in the subclasses."""

    redis_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.models: dict[str, JobModel] = {}
        self.runner.run(self._connect())

    async def _connect(self) -> None:
        client = redis_client.connect(self.redis_url, max_connections=2, timeout_s=5)
        assert isinstance(client, Redis)
        self.redis = client
        self.store = RedisJobStore(RedisConnection(client, client, now_ms=self.clock.now_ms))

    def teardown(self) -> None:
        self.runner.run(self.redis.aclose())
        self.runner.close()

    def create(self) -> str:
        new = _new(str(uuid.uuid4()))
        self.models[new.id] = JobModel(self.runner.run(self.store.create(new, TIMING)))
        return new.id

    def apply(self, job_id: str, wanted: Change) -> bool:
        """Apply the change; True if the store accepted it. The store must do what the model permits."""
        model = self.models[job_id]
        if not model.permits(wanted):
            with pytest.raises(JobConflict) as conflict:
                self.runner.run(self.store.apply(job_id, wanted))
            assert conflict.value.status == model.job.status
            return False
        model.accept(wanted, self.runner.run(self.store.apply(job_id, wanted)))
        return True


class CallerRules(StoredJobs):
    """What callers do: create jobs and cancel them."""

    @initialize(target=jobs)
    def first_job(self) -> str:
        return self.create()

    @rule(target=jobs)
    def another_job(self) -> str:
        return self.create()

    @rule(job_id=jobs)
    def create_again(self, job_id: str) -> None:
        self.apply(job_id, change.create(_new(job_id), TIMING))

    @rule(job_id=jobs)
    def cancel(self, job_id: str) -> None:
        self.apply(job_id, change.cancel())


class WorkerRules(StoredJobs):
    """What workers do with a job that they read, or with the token of a claim."""

    @rule(target=snapshots, job_id=jobs)
    def read(self, job_id: str) -> Job:
        job = self.runner.run(self.store.read(job_id))
        assert job is not None
        return job

    @rule(target=tokens, seen=snapshots)
    def claim(self, seen: Job) -> str:
        token = uuid.uuid4().hex
        self.apply(seen.id, change.claim(seen, token, TIMING))
        return token

    @rule(job_id=jobs, token=tokens, progress=st.integers(0, 100), item=st.integers(0, 2), calls=st.integers(1, 3))
    def finish_stage(self, job_id: str, token: str, progress: int, item: int, calls: int) -> None:
        stage = Checkpoint(item, "name", {"name": "x"}, Usage(calls, calls * 10, calls))
        if self.apply(job_id, change.advance(token, progress, "Generated names...", stage, {"name": "x"})):
            self.models[job_id].finish_stage(stage)

    @rule(job_id=jobs, token=tokens)
    def renew(self, job_id: str, token: str) -> None:
        self.apply(job_id, change.renew(token, TIMING))

    @rule(job_id=jobs, token=tokens, delay_s=st.floats(0, 30), counts=st.booleans())
    def release(self, job_id: str, token: str, delay_s: float, counts: bool) -> None:
        self.apply(job_id, change.release(token, "Again...", delay_s, uses_attempt=counts))

    @rule(job_id=jobs, token=tokens)
    def complete(self, job_id: str, token: str) -> None:
        self.apply(job_id, change.complete(token, [{"name": "x"}], []))

    @rule(job_id=jobs, token=tokens)
    def fail(self, job_id: str, token: str) -> None:
        self.apply(job_id, change.fail(token, "refused", "No.", retryable=False))


class RecoveryRules(StoredJobs):
    """Time passes, and the recovery acts on jobs that it read earlier."""

    @rule(seconds=st.sampled_from([0.2, 1, 5, 16, 40]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seen=snapshots)
    def expire(self, seen: Job) -> None:
        self.apply(seen.id, change.expire(seen, "timeout", "Too long.", retryable=True))

    @rule(seen=snapshots)
    def resend(self, seen: Job) -> None:
        self.apply(seen.id, change.resend(seen))


class JobStateMachine(CallerRules, WorkerRules, RecoveryRules):
    """All rules, interleaved, and what must hold after each of them."""

    @invariant()
    def the_store_holds_what_was_accepted_and_nothing_else(self) -> None:
        for job_id, model in self.models.items():
            view = self.runner.run(self.store.view(job_id))
            assert view is not None
            model.check(view)

    @invariant()
    def the_event_log_has_every_revision_once(self) -> None:
        for job_id, model in self.models.items():
            events = self.runner.run(self.store.events(job_id, 0))
            assert [event.revision for event in events] == list(range(1, model.job.revision + 1))
            progress = [event.progress for event in events]
            assert progress == sorted(progress)
            assert all(event.status not in TERMINAL for event in events[:-1])

    @invariant()
    def every_key_expires(self) -> None:
        async def ttls() -> list[Any]:
            builders = (redis_key.job, redis_key.events, redis_key.stages)
            keys = [builder(job_id) for builder in builders for job_id in self.models]
            return [await self.redis.pttl(key) for key in [*keys, redis_key.UNFINISHED]]

        absent = -2
        assert all(ttl > 0 or ttl == absent for ttl in self.runner.run(ttls()))


def _new(job_id: str) -> NewJob:
    return NewJob(id=job_id, type="generate_relics", owner="o", payload={}, max_attempts=3, root_id=job_id)


@pytest.fixture
def machine(redis_url: str) -> type[JobStateMachine]:
    JobStateMachine.redis_url = redis_url
    return JobStateMachine


def test_the_lua_script_obeys_the_table_under_any_interleaving(machine: type[JobStateMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
