"""A meter that writes no metrics, for use outside AWS."""

from chalicelib.domain.job import Job


class SilentMeter:
    """`port.Meter` that discards everything."""

    def claimed(self, job: Job, *, took_over: bool) -> None: ...

    def stage_finished(self, job: Job, duration_ms: int) -> None: ...

    def released(self, job: Job) -> None: ...

    def ended(self, job: Job) -> None: ...

    def message_failed(self, function: str) -> None: ...
