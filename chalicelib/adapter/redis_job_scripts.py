"""The two scripts that every access to a job goes through: one changes it, one reads it."""

import json
from typing import Any, Literal

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import decode_job, decode_view, encode_change
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.change import Change, ends_job
from chalicelib.domain.error import JobConflict
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.lifecycle import Action

#: What to read of the stages; see `view.lua`.
_Stages = Literal["", "pieces", "all"]


class RedisJobScripts:
    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._apply_script = Script("all_of.lua", "apply.lua")
        self._view_script = Script("all_of.lua", "view.lua")

    async def record(self, job_id: str, change: Change) -> None:
        """Apply a change. This method and the next two raise `JobConflict`."""
        await self._change(job_id, change, "")

    async def apply(self, job_id: str, change: Change) -> Job:
        """Apply a change, and return the job."""
        observed_at, fields = await self._change(job_id, change, "job")
        return decode_job(json.loads(fields), int(observed_at))

    async def apply_and_view(self, job_id: str, change: Change) -> JobView:
        """Apply a change, and return the job and its stages."""
        observed_at, fields, stages = await self._change(job_id, change, "view")
        return decode_view(decode_job(json.loads(fields), int(observed_at)), json.loads(stages))

    async def _change(self, job_id: str, change: Change, wanted: str) -> list[Any]:
        keys = [redis_key.job(job_id), redis_key.events(job_id), redis_key.stages(job_id)]
        async with outage_as_unavailable(self._connection.patience_s):
            answer: Any = await self._connection.run(
                self._apply_script, keys, [encode_change(change), wanted], replicated=_must_survive_a_failover(change)
            )
        verdict, *found = list(answer)
        if verdict != "ok":
            raise JobConflict(status=found[0], reason=verdict)
        return found

    async def read(self, job_id: str, stages: _Stages) -> JobView | None:
        keys = [redis_key.job(job_id), redis_key.stages(job_id)]
        async with outage_as_unavailable(self._connection.patience_s):
            observed_at, fields, found = await self._from_primary(keys, [stages])
        if pairs := json.loads(fields):
            return decode_view(decode_job(pairs, int(observed_at)), json.loads(found))
        return None

    async def read_with(self, job_id: str, step: Step) -> tuple[JobView | None, Any]:
        """The job without its stages, and the answer of another read, in one round trip."""
        keys = [redis_key.job(job_id), redis_key.stages(job_id)]
        async with outage_as_unavailable(self._connection.patience_s):
            steps = [Step(self._view_script, keys, [""]), step]
            (*_, is_replica), _ = answers = await self._connection.run_together(steps)
            if is_replica:
                self._leave_replica()
                answers = await self._connection.run_together(steps)
        (observed_at, fields, *_), found = answers
        pairs = json.loads(fields)
        return (JobView(decode_job(pairs, int(observed_at))) if pairs else None), found

    async def _from_primary(self, keys: list[str], args: list[str]) -> list[Any]:
        """What the view script reads. If a replica answers, asks once more over a new connection."""
        *read, is_replica = list(await self._connection.run(self._view_script, keys, args))
        if is_replica:
            self._leave_replica()
            *read, _ = list(await self._connection.run(self._view_script, keys, args))
        return read

    def _leave_replica(self) -> None:
        failovers = self._connection.failovers
        failovers.noticed(failovers.epoch)


def _must_survive_a_failover(change: Change) -> bool:
    """Whether the change tells a caller that a job exists or how it ended."""
    return change.action is Action.CREATE or ends_job(change)
