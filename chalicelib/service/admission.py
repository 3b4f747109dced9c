"""Whether an owner may submit one more job."""

from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.port.job_index import JobIndex
from chalicelib.port.quota_ledger import QuotaLedger

#: A job is created within this time after its submission was counted, seconds.
_CREATED_WITHIN_S = 30


class Admission:
    def __init__(self, index: JobIndex, quotas: QuotaLedger, quota: Quota) -> None:
        self._index = index
        self._quotas = quotas
        self._quota = quota

    async def count(self, owner: str, job_id: str) -> Standing:
        """Count a submission. Raises `QuotaExceeded`."""
        try:
            return await self._quotas.count_submission(owner, job_id, self._quota)
        except QuotaExceeded as refusal:
            if refusal.standing.unfinished_left != 0 or not await self._release_ended(owner):
                raise
        return await self._quotas.count_submission(owner, job_id, self._quota)

    async def release(self, owner: str, job_id: str) -> None:
        """Stop counting a job that has ended."""
        await self._quotas.release(owner, job_id)

    async def _release_ended(self, owner: str) -> int:
        """Release jobs that should not count any more; returns how many.

        A job still counts for a moment after its end. It also counts if the process died just before the job was
        created, or as it ended.
        """
        ages_s = await self._quotas.unfinished_ages(owner)
        heads = {head.id: head for head in await self._index.read_heads(list(ages_s))}
        ended = [
            job_id
            for job_id, age_s in ages_s.items()
            if (heads[job_id].is_final if job_id in heads else age_s > _CREATED_WITHIN_S)
        ]
        for job_id in ended:
            await self._quotas.release(owner, job_id)
        return len(ended)
