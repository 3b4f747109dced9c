"""A fake job store in memory. It follows the rules of `apply.lua` and passes the same contract suite."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from chalicelib.domain import change as change_of
from chalicelib.domain.change import Change
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.job import Checkpoint, Job, JobEvent, JobView, Usage
from chalicelib.domain.lifecycle import ABSENT, INVISIBLE, TERMINAL, TRANSITIONS, Status
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing
from tests.fake.memory_server import MemoryServer, Record


class MemoryJobReader:
    """The part of `port.JobStore` that only reads."""

    def __init__(self, server: MemoryServer) -> None:
        self.server = server

    async def read(self, job_id: str) -> Job | None:
        await self.server.step()
        record = self.server.record(job_id)
        return self.server.job(record) if record else None

    async def view(self, job_id: str, *, outputs: bool = True) -> JobView | None:
        await self.server.step()
        record = self.server.record(job_id)
        if record is None:
            return None
        view = self.server.view(record)
        return (
            view if outputs else replace(view, checkpoints=[Checkpoint(c.item, c.stage, {}) for c in view.checkpoints])
        )

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        await self.server.step()
        record = self.server.record(job_id)
        return [event for event in record.events if event.revision > after] if record else []

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> JobEvent | None:
        await self.server.step()

        def newest() -> JobEvent | None:
            record = self.server.record(job_id)
            last = record.events[-1] if record else None
            return last if last and (last.revision > after or last.status in TERMINAL) else None

        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.server.wait_until(lambda: newest() is not None)
        return newest()

    async def wait_for_end(self, job_id: str, timeout_s: float) -> JobEvent | None:
        await self.server.step()

        def end() -> JobEvent | None:
            record = self.server.record(job_id)
            return record.events[-1] if record and record.events[-1].status in TERMINAL else None

        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.server.wait_until(lambda: end() is not None)
        return end()

    async def ping(self) -> None:
        await self.server.step()


class MemoryJobStore(MemoryJobReader):
    """`port.JobStore` in memory. A subclass may replace `check` and `write`."""

    async def create(self, new: NewJob, timing: Timing) -> Job:
        await self.server.step()
        self.server.unfinished.setdefault(new.id, self.server.now_ms())
        return await self.apply(new.id, change_of.create(new, timing))

    async def discard(self, job: Job) -> bool:
        await self.server.step()
        try:
            self.check(job.id, change_of.discard())
        except JobConflict:
            return False
        del self.server.records[job.id]
        self.server.remove_from_lists(job)
        return True

    async def apply(self, job_id: str, change: Change) -> Job:
        await self.server.step()
        if self.server.refuses_writes:
            raise StoreUnavailable
        self.check(job_id, change)
        record = self.server.records.setdefault(job_id, Record())
        self.write(record, change, self.server.now_ms())
        job = self.server.job(record)
        if job.is_final:
            self.server.settle(job)
        await self.server.wake_waiters()
        return job

    async def record(self, job_id: str, change: Change) -> None:
        if change_of.ends_job(change):
            raise ValueError(f"{change.action} ends the job: use apply()")
        await self.apply(job_id, change)

    async def claim(self, job: Job, token: str, timing: Timing) -> JobView:
        await self.apply(job.id, change_of.claim(job, token, timing))
        return self.server.view(self.server.records[job.id])

    def check(self, job_id: str, change: Change) -> None:
        """Raise `JobConflict` if the change is not allowed."""
        record = self.server.record(job_id)
        fields = record.fields if record else {}
        status = fields.get("status", ABSENT)
        if status not in TRANSITIONS[change.action][0]:
            raise JobConflict(status, reason="status")
        if change.token is not None and fields.get("lease_token") != change.token:
            raise JobConflict(status, reason="token")
        for field, value in change.expect.items():
            if fields.get(field) != value:
                raise JobConflict(status, reason=field)

    def write(self, record: Record, change: Change, now: int) -> None:
        """Write a change that `check` has allowed."""
        fields = record.fields
        fields.update(change.set)
        fields.update({field: now + offset for field, offset in change.at.items()})
        for field, offset in change.once_at.items():
            if fields.get(field) is None:
                fields[field] = now + offset
        for field, count in change.add.items():
            fields[field] = (fields.get(field) or 0) + count
        fields["status"] = TRANSITIONS[change.action][1] or fields["status"]
        for checkpoint in change.checkpoints:
            _keep(record, checkpoint)
        record.pieces.update(change.pieces)
        for progress, message in change.passed:
            _show(record, progress, message, now)
        fields["progress"] = max(fields.get("progress", 0), change.progress or 0)
        if change.action not in INVISIBLE:
            fields["updated_at"] = now
            _show(record, fields["progress"], fields["message"], now)


def _show(record: Record, progress: int, message: str, now: int) -> None:
    """Add a revision and its event."""
    fields = record.fields
    fields["revision"] = fields.get("revision", 0) + 1
    fields["progress"] = max(fields.get("progress", 0), progress)
    record.events.append(JobEvent(fields["revision"], now, Status(fields["status"]), fields["progress"], message))


def _keep(record: Record, checkpoint: Checkpoint) -> None:
    key = (checkpoint.item, checkpoint.stage)
    if record.stages.get(key) != checkpoint:
        record.stages[key] = checkpoint
        for name in Usage.__dataclass_fields__:
            record.fields[name] = (record.fields.get(name) or 0) + getattr(checkpoint.usage, name)
