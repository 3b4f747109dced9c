"""What the fakes of one job database share: its data, its clock, and its outages."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.drain import Drain
from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.job import Checkpoint, Job, JobEvent, JobView
from chalicelib.domain.spending import counted_tokens, days_around
from chalicelib.domain.usage_sums import UsageSums
from chalicelib.port.idempotency_keys import Binding


@dataclass
class Record:
    """A stored job."""

    fields: dict[str, Any] = field(default_factory=dict)
    events: list[JobEvent] = field(default_factory=list)
    stages: dict[tuple[int, str], Checkpoint] = field(default_factory=dict)
    pieces: dict[int, Any] = field(default_factory=dict)


@dataclass
class TokensOfDay:
    """The tokens of one day, of one owner or of all owners."""

    spent: int = 0
    #: job id → tokens reserved for it, and when.
    reserved: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.spent + self.total_reserved

    @property
    def total_reserved(self) -> int:
        return sum(tokens for tokens, _at in self.reserved.values())


class MemoryServer:
    """A fake Redis. While it is `down`, every call raises `StoreUnavailable`. Times are in milliseconds."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.now_ms = now_ms
        self.records: dict[str, Record] = {}
        #: job id → when it was listed.
        self.unfinished: dict[str, int] = {}
        #: Jobs that the dead-letter worker has ended, oldest first.
        self.dead: list[str] = []
        #: owner → job id → when its submission was counted.
        self.counted: defaultdict[str, dict[str, int]] = defaultdict(dict)
        #: owner → job id → time of its submission.
        self.submissions: defaultdict[str, dict[str, int]] = defaultdict(dict)
        #: owner → job id → end of its run slot.
        self.running: defaultdict[str, dict[str, float]] = defaultdict(dict)
        #: (owner, or None for all of them; UTC day) → its tokens.
        self.tokens: defaultdict[tuple[str | None, str], TokensOfDay] = defaultdict(TokensOfDay)
        #: (owner, key) → its binding, and when the binding ends.
        self.keys: dict[tuple[str, str], tuple[Binding, float]] = {}
        #: Job type → what its jobs have used.
        self.averages: defaultdict[str, UsageSums] = defaultdict(UsageSums)
        self.drain: Drain | None = None
        self.down = False
        #: Jobs can be read but not changed, as with NOREPLICAS.
        self.refuses_writes = False
        #: Go down after this many more calls.
        self.down_after: int | None = None
        #: Waits for a change that are in progress.
        self.waiting = 0
        self._changed = asyncio.Condition()

    async def step(self) -> None:
        """Yield to the event loop, as every call over a network does."""
        await asyncio.sleep(0)
        if self.down_after is not None:
            self.down, self.down_after = self.down_after <= 0, self.down_after - 1 if self.down_after > 0 else None
        if self.down:
            raise StoreUnavailable

    def record(self, job_id: str) -> Record | None:
        record = self.records.get(job_id)
        return record if record and record.fields["expires_at"] > self.now_ms() else None

    def current_drain(self) -> Drain | None:
        return self.drain if self.drain and self.drain.ends_at > self.now_ms() else None

    def job(self, record: Record) -> Job:
        return Job.restore(record.fields, self.now_ms())

    def view(self, record: Record) -> JobView:
        checkpoints = [record.stages[key] for key in sorted(record.stages)]
        return JobView(self.job(record), checkpoints, dict(record.pieces))

    def remove_from_lists(self, job: Job) -> None:
        self.settle(job)
        self.unfinished.pop(job.id, None)

    def settle(self, job: Job) -> None:
        cost, days = counted_tokens(job), days_around(job.created_at)
        self.stop_counting(job.owner, job.id, cost, days)
        self.settle_tokens(None, job.id, cost, days)

    def stop_counting(self, owner: str, job_id: str, cost: int, days: list[str]) -> None:
        self.settle_tokens(owner, job_id, cost, days)
        self.counted[owner].pop(job_id, None)
        self.running[owner].pop(job_id, None)

    def settle_tokens(self, owner: str | None, job_id: str, cost: int, days: list[str]) -> None:
        """Replace the reservation on one of the days. Without one, nothing is spent."""
        for day in (self.tokens[owner, day] for day in days):
            if day.reserved.pop(job_id, None) is not None:
                day.spent, cost = day.spent + cost, 0

    async def wake_waiters(self) -> None:
        """Let all waiters check their condition again."""
        async with self._changed:
            self._changed.notify_all()

    async def wait_until(self, holds: Callable[[], bool]) -> None:
        async with self._changed:
            self.waiting += 1
            try:
                await self._changed.wait_for(holds)
            finally:
                self.waiting -= 1
