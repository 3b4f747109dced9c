"""The switch that stops workers from beginning jobs."""

from typing import Protocol

from chalicelib.domain.drain import Drain
from chalicelib.domain.job import Job


class DrainSwitch(Protocol):
    """Holds at most one drain, until its end. `QuotaLedger.reserve_for_all` obeys a drain that refuses new jobs.

    Every method may raise `StoreUnavailable`.
    """

    async def start(self, drain: Drain) -> None:
        """Start the drain. It replaces the one before it."""
        ...

    async def end(self) -> None:
        """End the drain, if there is one. Idempotent."""
        ...

    async def read(self) -> Drain | None:
        """The drain; None if there is none, or it is over."""
        ...

    async def read_with_job(self, job_id: str) -> tuple[Drain | None, Job | None]:
        """The drain, and the job as `JobStore.read` finds it, in one round trip: a worker needs both for each claim."""
        ...
