"""What counts against each owner's quotas."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.domain.drain import Draining
from chalicelib.domain.job import Job
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import SpendingStopped


class QuotaLedger(Protocol):
    """Counts each owner's submissions, unfinished jobs, running jobs and tokens, and the tokens of all owners.

    `JobStore` itself settles the jobs that end. Every method may raise `StoreUnavailable`.
    """

    async def count_submissions(
        self, owner: str, tokens: Mapping[str, int], quota: Quota
    ) -> dict[str, Standing | QuotaExceeded]:
        """Count a submission and its unfinished job, and reserve its tokens, in one atomic step for each job.

        `tokens`: job id → its tokens. The jobs are counted in this order, in one round trip. Idempotent for a job id.
        Returns by job id what is left after it, or why it was not counted: a quota is used up.
        """
        ...

    async def reserve_for_all(
        self, tokens: Mapping[str, int], stop: int | None
    ) -> dict[str, SpendingStopped | Draining]:
        """Reserve each job's tokens in the day's total of all owners. Idempotent for a job id. One round trip.

        Returns, by id, the jobs whose tokens were not reserved: that would exceed the `stop` (None: no limit),
        or a drain refuses new jobs. A job that has a reservation is not new.
        """
        ...

    async def reserved_ages(self, min_age_s: float = 0) -> Mapping[str, float]:
        """How long `reserve_for_all` has held tokens, in seconds by job id. Leaves out ages below `min_age_s`."""
        ...

    async def settle(self, *jobs: Job) -> None:
        """Stop counting ended jobs as unfinished and running. Replace their reservations with what they have cost.

        Idempotent: each reservation is replaced once. The cost counts for the day of the reservation.
        """
        ...

    async def unfinished_ages(self, owner: str) -> Mapping[str, float]:
        """The ids of the jobs that count as unfinished, each with the seconds since it was counted."""
        ...

    async def release(self, owner: str, job_id: str) -> None:
        """Stop counting a job that has cost nothing, and free what is reserved for it. Idempotent."""
        ...

    async def release_for_all(self, job_id: str) -> None:
        """Free what `reserve_for_all` holds for a job that has cost nothing. Idempotent."""
        ...

    async def acquire_run_slot(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        """Count the job as running in one atomic step; False if the owner has no free slot. Idempotent.

        The slot is released when the job ends, by `release_run_slot`, or after `hold_s` in case the worker dies.
        """
        ...

    async def release_run_slot(self, owner: str, job_id: str) -> None:
        """Stop counting the job as running. Idempotent."""
        ...
