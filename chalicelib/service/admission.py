"""Whether an owner may submit one more job."""

import time

from chalicelib.domain.drain import Draining
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import SpendingStopped
from chalicelib.port.job_index import JobIndex
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.full_window import Clock, FullWindows

#: A job is created within this time after its submission was counted, seconds.
_CREATED_WITHIN_S = 30


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

    async def count(self, owner: str, job_id: str, tokens: int) -> Standing:
        """Count a submission and reserve its tokens. Raises `QuotaExceeded`, `SpendingStopped`, `Draining`."""
        standing = await self._count_for_owner(owner, job_id, tokens)
        try:
            await self._quotas.reserve_for_all(job_id, tokens, self._daily_stop)
        except (SpendingStopped, Draining) as refusal:
            if isinstance(refusal, SpendingStopped):
                self._meter.spending_stopped()
            await self.release(owner, job_id)
            raise
        return standing

    async def release(self, owner: str, job_id: str) -> None:
        """Stop counting a job, and free its tokens."""
        await self._quotas.release(owner, job_id)

    async def _count_for_owner(self, owner: str, job_id: str, tokens: int) -> Standing:
        asked_at_s = self._full.now_s()
        try:
            return await self._quotas.count_submission(owner, job_id, tokens, self._quota)
        except QuotaExceeded as refusal:
            self._full.remember(owner, refusal.standing, asked_at_s)
            if refusal.standing.submissions_left == 0 or not await self.release_ended(owner):
                raise
        return await self._quotas.count_submission(owner, job_id, tokens, self._quota)

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
