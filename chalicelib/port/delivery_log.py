"""What became of the notifications of each job."""

from collections.abc import Set
from typing import Protocol

from chalicelib.domain.notification import DeliveryAttempt

#: How long another copy of a handled message is recognised, seconds: longer than its queue can deliver it again.
MARKED_S = 12 * 3600
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

    async def mark(self, notification_id: str, step: str) -> None:
        """Note that a message was handled (`Notification.step`). Kept for `MARKED_S`, whether the job is stored or not.

        What follows from the message is queued before.
        """
        ...

    async def marks(self, notification_id: str) -> Set[str]:
        """The steps of a notification that were marked."""
        ...
