"""What counts against each owner's quotas."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.domain.quota import Quota, Standing


class QuotaLedger(Protocol):
    """Counts each owner's submissions, unfinished jobs and running jobs. Every method may raise `StoreUnavailable`.

    `JobStore` itself releases the jobs that end.
    """

    async def count_submission(self, owner: str, job_id: str, quota: Quota) -> Standing:
        """Count a submission and its unfinished job in one atomic step. Idempotent for a job id.

        Raises `QuotaExceeded`, and counts nothing, if a quota is used up.
        """
        ...

    async def unfinished_ages(self, owner: str) -> Mapping[str, float]:
        """The ids of the jobs that count as unfinished, each with the seconds since it was counted."""
        ...

    async def release(self, owner: str, job_id: str) -> None:
        """Stop counting the job as unfinished and as running. Idempotent."""
        ...

    async def acquire_run_slot(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        """Count the job as running in one atomic step; False if the owner has no free slot. Idempotent.

        The slot is released when the job ends, by `release_run_slot`, or after `hold_s` in case the worker dies.
        """
        ...

    async def release_run_slot(self, owner: str, job_id: str) -> None:
        """Stop counting the job as running. Idempotent."""
        ...
