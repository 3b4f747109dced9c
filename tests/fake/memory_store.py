"""The job store in memory: the same rules as `apply.lua`, held to the same contract suite."""

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalicelib.domain import change as change_of
from chalicelib.domain.change import Change
from chalicelib.domain.error import JobConflict, StoreUnavailable, UnknownCursor
from chalicelib.domain.job import Checkpoint, Job, JobEvent, JobHead, JobView, Usage
from chalicelib.domain.lifecycle import ABSENT, INVISIBLE, TRANSITIONS, Status
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing


class _Record:
    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.events: list[JobEvent] = []
        self.stages: dict[tuple[int, str], Checkpoint] = {}
        self.pieces: dict[int, Any] = {}


class MemoryJobStore:
    """`port.JobStore` without a server. `down` makes every call raise `StoreUnavailable`."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._records: dict[str, _Record] = {}
        self._unfinished: dict[str, int] = {}
        self._admitted: dict[str, dict[str, int]] = {}
        self._submissions: dict[str, list[int]] = {}
        self._running: dict[str, dict[str, float]] = {}
        #: (owner, key) -> what it is bound to, and until when (ms).
        self._keys: dict[tuple[str, str], tuple[tuple[str, str], float]] = {}
        self._changed = asyncio.Condition()
        self.down = False
        #: Jobs can be read but not written, as with NOREPLICAS.
        self.takes_no_writes = False
        #: Goes down after so many more calls.
        self.down_after: int | None = None

    async def create(self, job_id: str, change: Change) -> Job:
        await self._step()
        self._unfinished.setdefault(job_id, self._now_ms())
        return await self.apply(job_id, change)

    async def discard(self, job: Job) -> bool:
        await self._step()
        try:
            self._check(job.id, change_of.discard())
        except JobConflict:
            return False
        del self._records[job.id]
        await self.forget_unfinished(job.id)
        await self.dismiss(job.owner, job.id)
        return True

    async def apply(self, job_id: str, change: Change) -> Job:
        await self._step()
        if self.takes_no_writes:
            raise StoreUnavailable
        self._check(job_id, change)
        record = self._records.setdefault(job_id, _Record())
        self._write(record, change, self._now_ms())
        job = self._snapshot(record)
        if job.is_final:
            self._unfinished.pop(job_id, None)
            self._admitted.get(job.owner, {}).pop(job_id, None)
            self._running.get(job.owner, {}).pop(job_id, None)
        async with self._changed:
            self._changed.notify_all()
        return job

    def _check(self, job_id: str, change: Change) -> None:
        record = self._record(job_id)
        fields = record.fields if record else {}
        status = fields.get("status", ABSENT)
        if status not in TRANSITIONS[change.action][0]:
            raise JobConflict(status, reason="status")
        if change.token is not None and fields.get("lease_token") != change.token:
            raise JobConflict(status, reason="token")
        for field, value in change.expect.items():
            if fields.get(field) != value:
                raise JobConflict(status, reason=field)

    def _write(self, record: _Record, change: Change, now: int) -> None:
        fields = record.fields
        fields.update(change.set)
        fields.update({field: now + offset for field, offset in change.at.items()})
        for field, offset in change.once_at.items():
            if fields.get(field) is None:
                fields[field] = now + offset
        for field, count in change.add.items():
            fields[field] = (fields.get(field) or 0) + count
        fields["status"] = TRANSITIONS[change.action][1] or fields["status"]
        fields["progress"] = max(fields.get("progress", 0), change.progress or 0)
        for checkpoint in change.checkpoints:
            self._keep(record, checkpoint)
        record.pieces.update(change.pieces)
        if change.action not in INVISIBLE:
            fields["revision"] = fields.get("revision", 0) + 1
            fields["updated_at"] = now
            record.events.append(
                JobEvent(fields["revision"], now, Status(fields["status"]), fields["progress"], fields["message"])
            )

    @staticmethod
    def _keep(record: _Record, checkpoint: Checkpoint) -> None:
        key = (checkpoint.item, checkpoint.stage)
        if record.stages.get(key) != checkpoint:
            record.stages[key] = checkpoint
            for name in Usage.__dataclass_fields__:
                record.fields[name] = (record.fields.get(name) or 0) + getattr(checkpoint.usage, name)

    async def read(self, job_id: str) -> Job | None:
        await self._step()
        record = self._record(job_id)
        return self._snapshot(record) if record else None

    async def view(self, job_id: str) -> JobView | None:
        await self._step()
        record = self._record(job_id)
        if record is None:
            return None
        checkpoints = [record.stages[key] for key in sorted(record.stages)]
        return JobView(self._snapshot(record), checkpoints, dict(record.pieces))

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        await self._step()
        record = self._record(job_id)
        return [event for event in record.events if event.revision > after] if record else []

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> bool:
        await self._step()

        def found() -> bool:
            record = self._record(job_id)
            return record is not None and any(event.revision > after for event in record.events)

        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(found)
        return found()

    async def admit(self, owner: str, job_id: str, quota: Quota) -> Standing:
        await self._step()
        now, unfinished = self._now_ms(), self._admitted.setdefault(owner, {})
        window = [at for at in self._submissions.get(owner, []) if at > now - quota.window_s * 1000]
        room = len(unfinished) < quota.max_unfinished and len(window) < quota.max_submissions
        if room and job_id not in unfinished:
            window.append(now)
            unfinished[job_id] = now
        self._submissions[owner] = window
        moves_in_ms = window[0] + quota.window_s * 1000 - now if window else 0
        standing = Standing(
            quota,
            quota.max_unfinished - len(unfinished),
            quota.max_submissions - len(window),
            math.ceil(moves_in_ms / 1000),
        )
        if job_id not in unfinished:
            raise QuotaExceeded(standing)
        return standing

    async def admitted(self, owner: str) -> dict[str, float]:
        await self._step()
        return {job_id: (self._now_ms() - at) / 1000 for job_id, at in self._admitted.get(owner, {}).items()}

    async def dismiss(self, owner: str, job_id: str) -> None:
        await self._step()
        self._admitted.get(owner, {}).pop(job_id, None)
        self._running.get(owner, {}).pop(job_id, None)

    async def enter(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        await self._step()
        now = self._now_ms()
        running = {other: until for other, until in self._running.get(owner, {}).items() if until > now}
        self._running[owner] = running
        if job_id not in running and len(running) >= quota.max_running:
            return False
        running[job_id] = now + hold_s * 1000
        return True

    async def leave(self, owner: str, job_id: str) -> None:
        await self._step()
        self._running.get(owner, {}).pop(job_id, None)

    async def heads_of(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        await self._step()
        ids = [job_id for job_id, record in reversed(self._records.items()) if record.fields["owner"] == owner]
        start = ids.index(after) + 1 if after in ids else 0
        if after is not None and start == 0:
            raise UnknownCursor
        for head in await self.heads(ids[start:]):
            yield head

    async def rows(self, job_ids: Sequence[str]) -> list[Job]:
        await self._step()
        found = (self._record(job_id) for job_id in job_ids)
        return [replace(self._snapshot(record), payload={}) for record in found if record is not None]

    async def heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        await self._step()
        return [self._head(record) for job_id in job_ids if (record := self._record(job_id)) is not None]

    def _head(self, record: _Record) -> JobHead:
        job = self._snapshot(record)
        stored = "" if job.result is None else json.dumps(job.result, ensure_ascii=False, separators=(",", ":"))
        return JobHead(job.id, job.status, job.type, len(stored.encode()))

    async def unfinished(self) -> AsyncGenerator[str, None]:
        await self._step()
        for job_id in sorted(self._unfinished, key=lambda job_id: self._unfinished[job_id]):
            yield job_id

    async def forget_unfinished(self, job_id: str, min_age_s: float = 0) -> None:
        await self._step()
        if self._unfinished.get(job_id, 0) <= self._now_ms() - min_age_s * 1000:
            self._unfinished.pop(job_id, None)

    async def reserve(self, owner: str, key: str, fingerprint: str, job_id: str) -> tuple[str, str]:
        await self._step()
        bound, until = self._keys.get((owner, key), ((fingerprint, job_id), 0.0))
        if until > self._now_ms():
            return bound
        self._keys[owner, key] = (fingerprint, job_id), self._now_ms() + 60_000
        return fingerprint, job_id

    async def keep_reserved(self, owner: str, key: str) -> None:
        await self._step()
        if (owner, key) in self._keys:
            self._keys[owner, key] = self._keys[owner, key][0], math.inf

    async def ping(self) -> None:
        await self._step()

    async def _step(self) -> None:
        """Every call takes a turn of the loop, as one over a network does."""
        await asyncio.sleep(0)
        if self.down_after is not None:
            self.down, self.down_after = self.down_after <= 0, self.down_after - 1 if self.down_after > 0 else None
        if self.down:
            raise StoreUnavailable

    def _record(self, job_id: str) -> _Record | None:
        record = self._records.get(job_id)
        return record if record and record.fields["expires_at"] > self._now_ms() else None

    def _snapshot(self, record: _Record) -> Job:
        return Job.restore(record.fields, self._now_ms())
