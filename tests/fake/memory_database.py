"""A fake job database in memory."""

import json
import math
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.drain import Drain, Draining
from chalicelib.domain.error import UnknownCursor
from chalicelib.domain.job import Job, JobHead
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import DayTokens, SpendingStopped, day_ends_in_s, days_around, utc_day
from chalicelib.domain.usage_sums import UsageSums
from chalicelib.port.idempotency_keys import Binding
from chalicelib.port.quota_admin import QuotaUse
from tests.fake.memory_delivery_log import MemoryDeliveryLog
from tests.fake.memory_job_store import MemoryJobStore
from tests.fake.memory_server import MemoryServer, Record, TokensOfDay


class MemoryDatabase:
    """`port.JobDatabase` in memory. `server` holds its data, and can be made to fail."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.server = MemoryServer(now_ms)
        self.jobs = MemoryJobStore(self.server)
        self.index = MemoryJobIndex(self.server)
        self.quotas = MemoryQuotaLedger(self.server)
        self.keys = MemoryIdempotencyKeys(self.server)
        self.averages = MemoryAverages(self.server)
        self.deliveries = MemoryDeliveryLog(self.server)
        self.drains = MemoryDrainSwitch(self.server)
        self.quota_admin = MemoryQuotaAdmin(self.server)


class MemoryJobIndex:
    """`port.JobIndex` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def list_heads(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        await self._server.step()
        records = reversed(self._server.records.items())
        ids = [job_id for job_id, record in records if record.fields["owner"] == owner]
        start = ids.index(after) + 1 if after in ids else 0
        if after is not None and start == 0:
            raise UnknownCursor
        for head in await self.read_heads(ids[start:]):
            yield head

    async def read_heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        await self._server.step()
        return [self._head(record) for job_id in job_ids if (record := self._server.record(job_id)) is not None]

    async def read_rows(self, job_ids: Sequence[str]) -> list[Job]:
        await self._server.step()
        found = (self._server.record(job_id) for job_id in job_ids)
        return [replace(self._server.job(record), payload={}) for record in found if record is not None]

    async def list_unfinished(self, min_age_s: float = 0) -> AsyncGenerator[list[str], None]:
        await self._server.step()
        newest = self._server.now_ms() - min_age_s * 1000
        unfinished = {job_id: at for job_id, at in self._server.unfinished.items() if at <= newest}
        if unfinished:
            yield sorted(unfinished, key=lambda job_id: unfinished[job_id])

    async def note_dead(self, job_id: str) -> None:
        await self._server.step()
        if job_id not in self._server.dead:
            self._server.dead.append(job_id)

    async def list_dead(self, limit: int) -> list[str]:
        await self._server.step()
        return self._server.dead[::-1][:limit]

    async def is_unfinished(self, job_id: str) -> bool:
        await self._server.step()
        return job_id in self._server.unfinished

    async def remove_unfinished(self, job_id: str, min_age_s: float = 0) -> bool:
        await self._server.step()
        if self._server.unfinished.get(job_id, 0) > self._server.now_ms() - min_age_s * 1000:
            return False
        return self._server.unfinished.pop(job_id, None) is not None

    def _head(self, record: Record) -> JobHead:
        job = self._server.job(record)
        stored = "" if job.result is None else json.dumps(job.result, ensure_ascii=False, separators=(",", ":"))
        return JobHead(job.id, job.status, job.type, len(stored.encode()))


class MemoryQuotaLedger:
    """`port.QuotaLedger` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def count_submissions(
        self, owner: str, tokens: Mapping[str, int], quota: Quota
    ) -> dict[str, Standing | QuotaExceeded]:
        await self._server.step()
        return {job_id: self._counted(owner, job_id, wanted, quota) for job_id, wanted in tokens.items()}

    def _counted(self, owner: str, job_id: str, tokens: int, quota: Quota) -> Standing | QuotaExceeded:
        now, unfinished = self._server.now_ms(), self._server.counted[owner]
        today = self._server.tokens[owner, utc_day(now)]
        submissions = self._server.submissions[owner].items()
        window = {other: at for other, at in submissions if at > now - quota.window_s * 1000}
        before = Standing(quota, len(unfinished), len(window), 0, _standing_of(today, now))
        has_room = job_id in unfinished or 0 not in {before.unfinished_left, before.submissions_left}
        counts = has_room and (job_id in today.reserved or before.today.has_room(tokens, quota.max_tokens))
        if counts:
            if job_id not in unfinished:
                window[job_id] = unfinished[job_id] = now
            today.reserved.setdefault(job_id, (tokens, now))
        self._server.submissions[owner] = window
        moves_in_ms = min(window.values()) + quota.window_s * 1000 - now if window else 0
        moves_in_s = math.ceil(moves_in_ms / 1000)
        standing = Standing(quota, len(unfinished), len(window), moves_in_s, _standing_of(today, now))
        return standing if counts else QuotaExceeded(standing, tokens)

    async def reserve_for_all(
        self, tokens: Mapping[str, int], stop: int | None
    ) -> dict[str, SpendingStopped | Draining]:
        await self._server.step()
        now, drain = self._server.now_ms(), self._server.current_drain()
        today = self._server.tokens[None, utc_day(now)]
        stopped: dict[str, SpendingStopped | Draining] = {}
        for job_id, wanted in tokens.items():
            standing = _standing_of(today, now)
            if drain and drain.refuses and job_id not in today.reserved:
                stopped[job_id] = Draining()
            elif stop is not None and job_id not in today.reserved and not standing.has_room(wanted, stop):
                stopped[job_id] = SpendingStopped(standing, wanted, stop)
            else:
                today.reserved.setdefault(job_id, (wanted, now))
        return stopped

    async def reserved_ages(self, min_age_s: float = 0) -> dict[str, float]:
        await self._server.step()
        now = self._server.now_ms()
        days = [self._server.tokens[None, day] for day in days_around(now)]
        reserved = {job_id: at for day in days for job_id, (_tokens, at) in day.reserved.items()}
        return {job_id: (now - at) / 1000 for job_id, at in reserved.items() if now - at >= min_age_s * 1000}

    async def settle(self, *jobs: Job) -> None:
        await self._server.step()
        for job in jobs:
            self._server.settle(job)

    async def unfinished_ages(self, owner: str) -> dict[str, float]:
        await self._server.step()
        return {job_id: (self._server.now_ms() - at) / 1000 for job_id, at in self._server.counted[owner].items()}

    async def release(self, owner: str, job_id: str) -> None:
        await self._server.step()
        self._server.stop_counting(owner, job_id, 0, days_around(self._server.now_ms()))
        await self.release_for_all(job_id)

    async def release_for_all(self, job_id: str) -> None:
        await self._server.step()
        self._server.settle_tokens(None, job_id, 0, days_around(self._server.now_ms()))

    async def acquire_run_slot(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        await self._server.step()
        now = self._server.now_ms()
        running = {other: until for other, until in self._server.running[owner].items() if until > now}
        self._server.running[owner] = running
        is_full = quota.max_running is not None and len(running) >= quota.max_running
        if is_full and job_id not in running:
            return False
        running[job_id] = now + hold_s * 1000
        return True

    async def release_run_slot(self, owner: str, job_id: str) -> None:
        await self._server.step()
        self._server.running[owner].pop(job_id, None)


def _standing_of(day: TokensOfDay, now_ms: int) -> DayTokens:
    return DayTokens(day.spent, day.total_reserved, day_ends_in_s(now_ms))


class MemoryIdempotencyKeys:
    """`port.IdempotencyKeys` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def bind(self, owner: str, key: str, wanted: Binding) -> Binding:
        await self._server.step()
        bound, until = self._server.keys.get((owner, key), (wanted, 0.0))
        if until > self._server.now_ms():
            return bound
        self._server.keys[owner, key] = wanted, self._server.now_ms() + 60_000
        return wanted

    async def keep(self, owner: str, key: str) -> None:
        await self._server.step()
        if (owner, key) in self._server.keys:
            self._server.keys[owner, key] = self._server.keys[owner, key][0], math.inf


class MemoryQuotaAdmin:
    """`port.QuotaAdmin` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def use_of(self, owner: str, quota: Quota) -> QuotaUse:
        await self._server.step()
        now, window_ms = self._server.now_ms(), quota.window_s * 1000
        window = [at for at in self._server.submissions[owner].values() if at > now - window_ms]
        moves_in_s = math.ceil((min(window) + window_ms - now) / 1000) if window else 0
        today = _standing_of(self._server.tokens[owner, utc_day(now)], now)
        standing = Standing(quota, len(self._server.counted[owner]), len(window), moves_in_s, today)
        return QuotaUse(standing, sum(until > now for until in self._server.running[owner].values()))

    async def tokens_of_all(self) -> DayTokens:
        await self._server.step()
        now = self._server.now_ms()
        return _standing_of(self._server.tokens[None, utc_day(now)], now)

    async def reset(self, owner: str) -> None:
        await self._server.step()
        self._server.submissions[owner].clear()
        self._server.tokens[owner, utc_day(self._server.now_ms())].spent = 0


class MemoryDrainSwitch:
    """`port.DrainSwitch` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def start(self, drain: Drain) -> None:
        await self._server.step()
        self._server.drain = drain

    async def end(self) -> None:
        await self._server.step()
        self._server.drain = None

    async def read(self) -> Drain | None:
        await self._server.step()
        return self._server.current_drain()

    async def read_with_job(self, job_id: str) -> tuple[Drain | None, Job | None]:
        await self._server.step()
        record = self._server.record(job_id)
        return self._server.current_drain(), self._server.job(record) if record else None


class MemoryAverages:
    """`port.Averages` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server

    async def add(self, type_name: str, used: UsageSums) -> None:
        await self._server.step()
        self._server.averages[type_name] = self._server.averages[type_name].plus(used)

    async def read(self, type_name: str) -> UsageSums:
        await self._server.step()
        return self._server.averages[type_name]
