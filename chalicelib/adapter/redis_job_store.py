"""Jobs on Redis: a hash for each job, plus its event log and its finished stages."""

import asyncio
from contextlib import suppress
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import decode_job, decode_view, encode_change
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_job_lists import RedisJobLists
from chalicelib.adapter.redis_script import Script
from chalicelib.domain import change as change_of
from chalicelib.domain.change import Change
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.lifecycle import TERMINAL, TRANSITIONS, Action, Status
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing

#: A blocking read is abandoned this long after Redis should have answered it, seconds.
_LATE_S = 2.0
#: How long the key of a health check lives, seconds.
_HEALTH_TTL_S = 60


class RedisJobStore:
    """`port.JobStore` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._lists = RedisJobLists(connection)
        self._apply_script = Script("apply.lua")
        self._view_script = Script("view.lua")

    async def create(self, new: NewJob, timing: Timing) -> Job:
        # Listed first: a crash in between leaves an entry without a job, never a job that recovery cannot find.
        await self._lists.enter(new, timing.job_ttl_s)
        return await self.apply(new.id, change_of.create(new, timing))

    async def discard(self, job: Job) -> bool:
        try:
            await self._run(job.id, change_of.discard())
        except JobConflict:
            return False
        await self._lists.leave(job)
        return True

    async def apply(self, job_id: str, change: Change) -> Job:
        observed_at, fields = await self._run(job_id, change)
        job = decode_job(fields, observed_at)
        if job.is_final:
            # The job has ended even if this fails. It stays listed as unfinished, and recovery finishes the rest.
            with suppress(StoreUnavailable):
                await self._lists.leave(job)
        return job

    async def _run(self, job_id: str, change: Change) -> tuple[int, list[str]]:
        keys = [redis_key.job(job_id), redis_key.events(job_id), redis_key.stages(job_id)]
        async with outage_as_unavailable():
            answer = await self._connection.run(
                self._apply_script, keys, [encode_change(change)], replicated=_must_survive_a_failover(change)
            )
        if answer[0] != "ok":
            raise JobConflict(status=answer[1], reason=answer[0])
        return int(answer[1]), answer[2]

    async def read(self, job_id: str) -> Job | None:
        view = await self._read(job_id, with_stages=False)
        return view.job if view else None

    async def view(self, job_id: str) -> JobView | None:
        return await self._read(job_id, with_stages=True)

    async def _read(self, job_id: str, *, with_stages: bool) -> JobView | None:
        keys, args = [redis_key.job(job_id), redis_key.stages(job_id)], [str(int(with_stages))]
        async with outage_as_unavailable():
            observed_at, fields, stages = await self._from_primary(keys, args)
        return decode_view(decode_job(fields, int(observed_at)), stages) if fields else None

    async def _from_primary(self, keys: list[str], args: list[str]) -> list[Any]:
        """What the view script reads. If a replica answers, asks once more over a new connection."""
        *read, is_replica = list(await self._connection.run(self._view_script, keys, args))
        if is_replica:
            failovers = self._connection.failovers
            failovers.noticed(failovers.epoch)
            *read, _ = list(await self._connection.run(self._view_script, keys, args))
        return read

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        async with outage_as_unavailable():
            entries: Any = await self._connection.client.xrange(redis_key.events(job_id), min=f"({after}-0")
        return [_event(entry_id, fields) for entry_id, fields in entries]

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> bool:
        stream: Any = {redis_key.events(job_id): f"{after}-0"}
        block_ms = max(1, int(timeout_s * 1000))
        async with outage_as_unavailable(patience_s=None):
            try:
                async with asyncio.timeout(timeout_s + _LATE_S) as wait:
                    with self._connection.failovers.ending(wait):
                        return bool(await self._connection.waiting.xread(stream, count=1, block=block_ms))
            except TimeoutError:
                # The connection broke and the wait started again, or it leads to a former primary. The caller reads the
                # job next, and so finds out whether Redis is available.
                return False

    async def ping(self) -> None:
        # A write: a replica, a full server, or one that cannot write to its disk would still answer a PING.
        async with outage_as_unavailable():
            await self._connection.client.set(redis_key.HEALTH, "", ex=_HEALTH_TTL_S)


def _must_survive_a_failover(change: Change) -> bool:
    """Whether the change tells a caller that a job exists or how it ended."""
    return change.action is Action.CREATE or TRANSITIONS[change.action][1] in TERMINAL


def _event(entry_id: str, fields: dict[str, str]) -> JobEvent:
    return JobEvent(
        revision=int(entry_id.split("-", maxsplit=1)[0]),
        at=int(fields["at"]),
        status=Status(fields["status"]),
        progress=int(fields["progress"]),
        message=fields["message"],
    )
