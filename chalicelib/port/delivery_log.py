"""What became of the notifications of each job."""

from typing import Protocol

from chalicelib.domain.notification import DeliveryAttempt

#: How many entries of a job are kept. The oldest are dropped first.
MAX_ENTRIES = 100


class DeliveryLog(Protocol):
    """A log for each job, as long as the job is stored. Every method may raise `StoreUnavailable`."""

    async def append(self, job_id: str, entry: DeliveryAttempt) -> bool:
        """Add an entry, and drop the oldest beyond `MAX_ENTRIES`; False if the job is not stored (any more)."""
        ...

    async def read(self, job_id: str) -> list[DeliveryAttempt]:
        """The entries, oldest first."""
        ...
