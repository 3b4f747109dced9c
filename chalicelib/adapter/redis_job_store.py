"""Jobs on Redis: a hash for each job, plus its event log and its finished stages."""

from contextlib import suppress

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_job_events import RedisJobEvents
from chalicelib.adapter.redis_job_lists import RedisJobLists
from chalicelib.adapter.redis_job_scripts import RedisJobScripts
from chalicelib.domain import change as change_of
from chalicelib.domain.change import Change, ends_job
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.lifecycle import TERMINAL
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing

#: How long the key of a health check lives, seconds.
_HEALTH_TTL_S = 60


class RedisJobStore:
    """`port.JobStore` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._events = RedisJobEvents(connection)
        self._lists = RedisJobLists(connection)
        self._scripts = RedisJobScripts(connection)

    async def create(self, new: NewJob, timing: Timing) -> Job:
        # Listed first: a crash in between leaves an entry without a job, never a job that recovery cannot find.
        await self._lists.enter(new, timing.job_ttl_s)
        return await self.apply(new.id, change_of.create(new, timing))

    async def discard(self, job: Job) -> bool:
        try:
            await self._scripts.record(job.id, change_of.discard())
        except JobConflict:
            return False
        await self._lists.leave(job)
        return True

    async def apply(self, job_id: str, change: Change) -> Job:
        job = await self._scripts.apply(job_id, change)
        if job.is_final:
            # The job has ended even if this fails. It is settled again when it is archived.
            with suppress(StoreUnavailable):
                await self._lists.settle(job)
        return job

    async def record(self, job_id: str, change: Change) -> None:
        if ends_job(change):
            raise ValueError(f"{change.action} ends the job: use apply()")
        await self._scripts.record(job_id, change)

    async def claim(self, job: Job, token: str, timing: Timing) -> JobView:
        return await self._scripts.apply_and_view(job.id, change_of.claim(job, token, timing))

    async def read(self, job_id: str) -> Job | None:
        view = await self._scripts.read(job_id, "")
        return view.job if view else None

    async def view(self, job_id: str, *, outputs: bool = True) -> JobView | None:
        return await self._scripts.read(job_id, "all" if outputs else "pieces")

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        return await self._events.read(job_id, after)

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> JobEvent | None:
        event = await self._events.wait(job_id, after, timeout_s)
        return event if event and (event.revision > after or event.status in TERMINAL) else None

    async def wait_for_end(self, job_id: str, timeout_s: float) -> JobEvent | None:
        event = await self._events.wait_for_end(job_id, timeout_s)
        return event if event and event.status in TERMINAL else None

    async def ping(self) -> None:
        # A write: a replica, a full server, or one that cannot write to its disk would still answer a PING.
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.client.set(redis_key.HEALTH, "", ex=_HEALTH_TTL_S)
