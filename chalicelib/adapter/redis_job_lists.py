"""The lists of jobs on Redis that a job is in (`redis_key`), and what counts for it while it has not ended."""

from collections.abc import Sequence

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.job import Job
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.spending import counted_tokens, days_around


class RedisJobLists:
    """Every method may raise `StoreUnavailable`, and is idempotent."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._enter_script = Script("enter_list.lua")
        self._settle_script = Script("settle_tokens.lua")

    async def enter(self, new: NewJob, ttl_s: int) -> None:
        """List a job that is about to be created. Entries older than `ttl_s` are dropped.

        The list of unfinished jobs keeps its entries for twice as long, so that recovery finds the jobs that expired
        before they were archived.
        """
        now_ms = self._connection.clock_ms()
        kept_s = {redis_key.UNFINISHED: 2 * ttl_s, redis_key.jobs_of(new.owner): ttl_s}
        steps = [
            Step(self._enter_script, [key], [new.id, now_ms, now_ms - keep_s * 1000, keep_s])
            for key, keep_s in kept_s.items()
        ]
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.run_together(steps)

    async def leave(self, job: Job) -> None:
        """Remove a job that is discarded from all lists but that of its owner's jobs.

        The list of unfinished jobs comes last: recovery uses it to find what is left to do.
        """
        await self._run([*self._settling(job), Step("ZREM", [redis_key.UNFINISHED], [job.id])])

    async def settle(self, *jobs: Job) -> None:
        """See `port.QuotaLedger`. One round trip."""
        if jobs:
            async with outage_as_unavailable(self._connection.patience_s):
                await self._connection.run_together([step for job in jobs for step in self._settling(job)])

    async def release(self, owner: str, job_id: str, days: list[str]) -> None:
        """The same for a job that has cost nothing. Its reservation is on one of the `days`."""
        await self._run([self._of_owner(owner, job_id, 0, days), self._of_all(job_id, 0, days)])

    async def release_for_all(self, job_id: str, days: list[str]) -> None:
        """Free only what is reserved in the total of all owners."""
        await self._run([self._of_all(job_id, 0, days)])

    def _settling(self, job: Job) -> list[Step]:
        cost, days = counted_tokens(job), days_around(job.created_at)
        return [self._of_owner(job.owner, job.id, cost, days), self._of_all(job.id, cost, days)]

    def _of_owner(self, owner: str, job_id: str, cost: int, days: list[str]) -> Step:
        sets = [redis_key.unfinished_of(owner), redis_key.running_of(owner)]
        tokens = [redis_key.tokens_of(owner, day) for day in days]
        return Step(self._settle_script, [*sets, *tokens], [job_id, cost, len(sets)])

    def _of_all(self, job_id: str, cost: int, days: list[str]) -> Step:
        return Step(self._settle_script, [redis_key.tokens_of_all(day) for day in days], [job_id, cost, 0])

    async def _run(self, steps: Sequence[Step]) -> None:
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.run_in_order(steps)
