"""The queue that wakes workers."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job


class JobQueue(Protocol):
    """Delivers each message to a worker at least once. Every method may raise `QueueUnavailable`."""

    async def send(self, job: Job, delay_s: float = 0) -> None:
        """Queue a message for the job. It becomes visible after `delay_s`, rounded up to whole seconds.

        The messages of one owner form a group, so that the queue can be fair among owners. A queue may shorten a delay
        of more than 15 minutes.
        """
        ...

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        """`send` each job without a delay, in as few calls as possible. Returns why a job could not be queued, by id.

        Raises nothing.
        """
        ...

    async def ping(self) -> None:
        """Return if the queue answers."""
        ...
