"""Lists of jobs."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from chalicelib.domain.job import Job, JobHead


class JobIndex(Protocol):
    """The jobs of an owner, and all unfinished jobs: those that have not ended, or are not archived.

    Every method may raise `StoreUnavailable`.
    """

    def list_heads(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        """The heads of the owner's jobs, newest first. With `after`, starts after the job with that id.

        Raises `UnknownCursor` if `after` is not one of the owner's jobs.
        """
        ...

    async def read_heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        """The heads of the jobs that exist, in the order of `job_ids`."""
        ...

    async def read_rows(self, job_ids: Sequence[str]) -> list[Job]:
        """The jobs that exist, in the order of `job_ids`, with an empty payload: no list shows it."""
        ...

    def list_unfinished(self, min_age_s: float = 0) -> AsyncGenerator[list[str], None]:
        """The ids of all unfinished jobs, oldest first, in lists of one or more.

        Leaves out jobs that were listed less than `min_age_s` ago.
        """
        ...

    async def note_dead(self, job_id: str) -> None:
        """Note that the dead-letter worker is about to end this job. The note is kept as long as a job."""
        ...

    async def list_dead(self, limit: int) -> list[str]:
        """The ids of the jobs that were noted last, newest first. Their jobs may have expired."""
        ...

    async def is_unfinished(self, job_id: str) -> bool:
        """Whether the job is one of the unfinished ones."""
        ...

    async def remove_unfinished(self, job_id: str, min_age_s: float = 0) -> bool:
        """Remove a job that is archived or expired from the unfinished ones; False if it is not one of them.

        Does nothing, and returns False, if the job was listed less than `min_age_s` ago.
        """
        ...
