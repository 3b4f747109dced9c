"""Metrics for operators."""

from typing import Protocol

from chalicelib.domain.job import Job


class Meter(Protocol):
    """Counts what happens to jobs. No method raises or waits."""

    def claimed(self, job: Job, *, took_over: bool) -> None:
        """A worker has claimed the job; `took_over` if another worker's lease on it had expired."""
        ...

    def stage_finished(self, job: Job, duration_ms: int) -> None:
        """A stage of the job is finished; it took `duration_ms`."""
        ...

    def released(self, job: Job) -> None:
        """The job waits for another attempt."""
        ...

    def ended(self, job: Job) -> None:
        """The job has ended. `job` is its final state."""
        ...

    def archive_failed(self) -> None:
        """An attempt to archive an ended job failed."""
        ...

    def job_lost(self) -> None:
        """A job was lost from the store before it ended, or expired before it was archived."""
        ...

    def spending_stopped(self) -> None:
        """A submission was refused because the tokens of all owners for the day are used up or reserved."""
        ...

    def webhook_settled(self, *, delivered: bool) -> None:
        """The end of a job was delivered to its webhook, or nobody will try again."""
        ...

    def message_failed(self, function: str) -> None:
        """A message goes back to its queue because "worker", "dead-letter" or "webhook" could not handle it."""
        ...
