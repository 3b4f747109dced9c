"""Interleaved workers, duplicates, expiry and cancels on a real Redis, compared with the transition table.

Every rule acts on what some worker read earlier, however stale. The model (`job_model.py`) says what the store must
answer. After every step the invariants are checked for the job that the step was about, and at the end for all jobs.
"""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
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
Claim = tuple[str, str]

jobs = Bundle("jobs")
#: Jobs as some worker read them.
snapshots = Bundle("snapshots")
#: Claims, successful or not: job id and token.
claims = Bundle("claims")
#: More jobs would leave fewer steps for each.
MAX_JOBS = 3


class StoredJobs(RuleBasedStateMachine):
    """Jobs in a real store, and a model of each. The rules are in the subclasses."""

    redis_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.models: dict[str, JobModel] = {}
        #: The jobs to check: the one that the last step was about.
        self.touched: set[str] = set()
        self.runner.run(self._connect())

    async def _connect(self) -> None:
        client = redis_client.connect(self.redis_url, max_connections=2, timeout_s=60)
        assert isinstance(client, Redis)
        self.redis = client
        self.store = RedisJobStore(RedisConnection(client, client, now_ms=self.clock.now_ms, patience_s=120))

    def close(self) -> None:
        self.runner.run(self.redis.aclose())
        self.runner.close()

    def create(self, deadline_s: int | None = None) -> str:
        new = replace(_new(str(uuid.uuid4())), deadline_s=deadline_s)
        self.models[new.id] = JobModel(self.runner.run(self.store.create(new, TIMING)))
        self.touched = {new.id}
        return new.id

    def stored(self, job_id: str) -> Job:
        job = self.runner.run(self.store.read(job_id))
        assert job is not None
        return job

    def try_to_claim(self, seen: Job) -> Claim:
        token = uuid.uuid4().hex
        self.apply(seen.id, change.claim(seen, token, TIMING))
        return seen.id, token

    def apply(self, job_id: str, wanted: Change) -> bool:
        """Apply the change; True if the store accepted it. The store must do what the model permits."""
        model = self.models[job_id]
        self.touched = {job_id}
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

    @precondition(lambda self: len(self.models) < MAX_JOBS)
    @rule(target=jobs, deadline_s=st.none() | st.integers(5, 120))
    def another_job(self, deadline_s: int | None) -> str:
        return self.create(deadline_s)

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
        return self.stored(job_id)

    @rule(target=claims, seen=snapshots)
    def claim(self, seen: Job) -> Claim:
        return self.try_to_claim(seen)

    @rule(target=claims, job_id=jobs)
    def read_and_claim(self, job_id: str) -> Claim:
        return self.try_to_claim(self.stored(job_id))

    @rule(claim=claims, progress=st.integers(0, 100), item=st.integers(0, 1), calls=st.integers(1, 2))
    def finish_stage(self, claim: Claim, progress: int, item: int, calls: int) -> None:
        job_id, token = claim
        stage = Checkpoint(item, "name", {"name": "x"}, Usage(calls, calls * 10, calls))
        if self.apply(job_id, change.advance(token, progress, "Generated names...", stage, {"name": "x"})):
            self.models[job_id].finish_stage(stage)

    @rule(claim=claims)
    def renew(self, claim: Claim) -> None:
        job_id, token = claim
        self.apply(job_id, change.renew(token, TIMING))

    @rule(claim=claims, delay_s=st.floats(0, 30), counts=st.booleans(), resets_deadline=st.booleans())
    def release(self, claim: Claim, delay_s: float, counts: bool, resets_deadline: bool) -> None:
        job_id, token = claim
        resets_deadline = resets_deadline and self.models[job_id].job.deadline_s is None
        release = change.release(token, "Again...", delay_s, uses_attempt=counts, resets_deadline=resets_deadline)
        self.apply(job_id, release)

    @rule(claim=claims)
    def complete(self, claim: Claim) -> None:
        job_id, token = claim
        self.apply(job_id, change.complete(token, [{"name": "x"}], []))

    @rule(claim=claims)
    def fail(self, claim: Claim) -> None:
        job_id, token = claim
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

    def teardown(self) -> None:
        """A step must not have changed another job."""
        try:
            self.touched = set(self.models)
            self.the_store_holds_what_was_accepted_and_nothing_else()
            self.the_event_log_has_every_revision_once()
            self.every_key_expires()
        finally:
            self.close()

    @invariant()
    def the_store_holds_what_was_accepted_and_nothing_else(self) -> None:
        for job_id in self.touched:
            view = self.runner.run(self.store.view(job_id))
            assert view is not None
            self.models[job_id].check(view)

    @invariant()
    def the_event_log_has_every_revision_once(self) -> None:
        for job_id in self.touched:
            events = self.runner.run(self.store.events(job_id, 0))
            assert [event.revision for event in events] == list(range(1, self.models[job_id].job.revision + 1))
            progress = [event.progress for event in events]
            assert progress == sorted(progress)
            assert all(event.status not in TERMINAL for event in events[:-1])

    @invariant()
    def every_key_expires(self) -> None:
        async def ttls() -> list[Any]:
            builders = (redis_key.job, redis_key.events, redis_key.stages)
            keys = [builder(job_id) for builder in builders for job_id in self.touched]
            commands = self.redis.pipeline(transaction=False)
            for key in [*keys, redis_key.UNFINISHED]:
                commands.pttl(key)
            return list(await commands.execute())

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
            max_examples=25,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
        ),
    )
