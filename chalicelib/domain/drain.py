"""A drain: for a while, workers begin no job. Jobs that have begun go on, and all others wait in the queue."""

from dataclasses import dataclass

from chalicelib.domain.error import LoreSmithError
from foundation.request_failure import REQUEST_FAILURES

#: A drain ends by itself after this, seconds, so a forgotten one does not stop a stage for ever.
USUAL_S = 3_600
#: The longest drain, seconds: half the life of a job, so the jobs that wait for its end are still there.
LONGEST_S = 12 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Who drains the stage, why, and for how long. Times are milliseconds since 1970 (UTC)."""

    by: str
    reason: str
    began_at: int
    ends_at: int
    #: Whether new jobs are refused too.
    refuses: bool = False

    @property
    def origin(self) -> str:
        """Who began it and why, as the end of a sentence."""
        return f'by {self.by}, "{self.reason}"'


class Draining(LoreSmithError):
    """New jobs are refused during a drain. Nothing was stored."""

    failure = REQUEST_FAILURES["draining"]
    #: Seconds after which a client should try again. A drain is usually over within minutes.
    retry_after_s = 30
