"""The jobs themselves."""

from typing import Protocol

from chalicelib.domain.change import Change
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing


class JobStore(Protocol):
    """Jobs with their finished stages and event logs. Every method may raise `StoreUnavailable`."""

    async def create(self, new: NewJob, timing: Timing) -> Job:
        """Store a new job and add it to the lists in `JobIndex`. Raises `JobConflict` if the id is taken."""
        ...

    async def discard(self, job: Job) -> bool:
        """Delete a pending job without a trace; False if a worker has claimed it: then the job stays."""
        ...

    async def apply(self, job_id: str, change: Change) -> Job:
        """Apply a change in one atomic step and return the changed job.

        A change that ends the job also settles its quotas. The job stays in the list of unfinished jobs until it is
        archived.

        Raises `JobConflict`, and changes nothing, if the lifecycle, the token or an expected value forbids the change.
        The conflict of a job that does not exist has the status "absent".
        """
        ...

    async def record(self, job_id: str, change: Change) -> None:
        """Like `apply`, but without the changed job, which costs more to read than to change.

        Raises `ValueError` if the change ends the job.
        """
        ...

    async def claim(self, job: Job, token: str, timing: Timing) -> JobView:
        """Apply `change.claim`. Returns the claimed job and its finished stages."""
        ...

    async def read(self, job_id: str) -> Job | None:
        """The job; None if it does not exist or has expired."""
        ...

    async def view(self, job_id: str, *, outputs: bool = True) -> JobView | None:
        """The job and its finished stages, read in one atomic step.

        Without `outputs`, each checkpoint has only its item and stage, without usage and remarks. The pieces, which
        contain the outputs, are complete.
        """
        ...

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        """The events after revision `after`, oldest first."""
        ...

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> JobEvent | None:
        """Wait for an event after revision `after`, and return the newest one; None if none arrived in time.

        If the job has ended, return its last event at once, whatever its revision: after a failover of Redis, a caller
        may know a higher one.
        """
        ...

    async def wait_for_end(self, job_id: str, timeout_s: float) -> JobEvent | None:
        """Wait for the job's end, and return its last event; None if it has not ended in time.

        No other event wakes the caller. This saves much work: a job has about 20 events.
        """
        ...

    async def ping(self) -> None:
        """Return if the store accepts writes."""
        ...
