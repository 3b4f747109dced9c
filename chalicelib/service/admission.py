"""Whether an owner may submit more jobs."""

import asyncio
import time
from collections.abc import Mapping

from chalicelib.domain.drain import Draining
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import SpendingStopped
from chalicelib.port.job_index import JobIndex
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.full_window import Clock, FullWindows

#: A job is created within this time after its submission was counted, seconds.
_CREATED_WITHIN_S = 30


#: What is left of the owner's quotas, or why a job was refused.
Count = Standing | QuotaExceeded | SpendingStopped | Draining


class Admission:
    def __init__(
        self,
        index: JobIndex,
        quotas: QuotaLedger,
        quota: Quota,
        *,
        daily_stop: int | None,
        meter: Meter,
        clock: Clock = time.time,
    ) -> None:
        """`daily_stop`: the most tokens of all owners together in a UTC day."""
        self._index = index
        self._quotas = quotas
        self._quota = quota
        self._daily_stop = daily_stop
        self._meter = meter
        self._full = FullWindows(clock)

    def check_window(self, owner: str) -> None:
        """Raises `QuotaExceeded` if this process knows that the owner has no submission left. Makes no call."""
        self._full.check(owner)

    async def count(self, owner: str, tokens: Mapping[str, int]) -> dict[str, Count]:
        """Count submissions and reserve their tokens. `tokens`: job id → its tokens, in the order to count them in.

        Returns by job id what is left after it, or why it was refused.
        """
        counts: dict[str, Count] = {**await self._count_for_owner(owner, tokens)}
        counted = {job_id: tokens[job_id] for job_id, count in counts.items() if isinstance(count, Standing)}
        refused = await self._quotas.reserve_for_all(counted, self._daily_stop)
        if any(isinstance(refusal, SpendingStopped) for refusal in refused.values()):
            self._meter.spending_stopped()
        await asyncio.gather(*(self.release(owner, job_id) for job_id in refused))
        return counts | refused

    async def release(self, owner: str, job_id: str) -> None:
        """Stop counting a job, and free its tokens."""
        await self._quotas.release(owner, job_id)

    async def _count_for_owner(self, owner: str, tokens: Mapping[str, int]) -> dict[str, Standing | QuotaExceeded]:
        asked_at_s = self._full.now_s()
        counts = await self._quotas.count_submissions(owner, tokens, self._quota)
        refusals = {job_id: count for job_id, count in counts.items() if isinstance(count, QuotaExceeded)}
        if not refusals:
            return counts
        standing = list(refusals.values())[-1].standing
        self._full.remember(owner, standing, asked_at_s)
        if standing.submissions_left == 0 or not await self.release_ended(owner):
            return counts
        refused = {job_id: tokens[job_id] for job_id in refusals}
        return counts | await self._quotas.count_submissions(owner, refused, self._quota)

    async def release_ended(self, owner: str) -> int:
        """Release jobs that should not count any more; returns how many.

        A job still counts for a moment after its end. It also counts if the process died just before the job was
        created, or as it ended.
        """
        ages_s = await self._quotas.unfinished_ages(owner)
        heads = {head.id: head for head in await self._index.read_heads(list(ages_s))}
        never_created = [job_id for job_id in ages_s if job_id not in heads and ages_s[job_id] > _CREATED_WITHIN_S]
        for job_id in never_created:
            await self._quotas.release(owner, job_id)
        ended = await self._index.read_rows([head.id for head in heads.values() if head.is_final])
        await self._quotas.settle(*ended)
        return len(never_created) + len(ended)
