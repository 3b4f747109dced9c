"""How much one owner may submit and run."""

from dataclasses import dataclass

from chalicelib.domain.error import LoreSmithError
from foundation.request_failure import REQUEST_FAILURES

#: How long to wait for one of the unfinished jobs to end, seconds.
_WAIT_FOR_END_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The limits of one owner. None: no limit."""

    #: Jobs that have not ended (the setting MAX_ACTIVE_JOBS).
    max_unfinished: int | None = 10
    #: Jobs that run at the same time. The others wait, so that one owner cannot occupy all workers.
    max_running: int | None = 5
    #: Submissions within a sliding window.
    max_submissions: int | None = 60
    window_s: int = 60


#: For anonymous callers, who would otherwise all share one quota.
UNLIMITED = Quota(max_unfinished=None, max_running=None, max_submissions=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against an owner's quotas after a submission was counted or refused."""

    quota: Quota
    unfinished: int
    submissions: int
    #: Seconds until the oldest submission leaves the window.
    window_moves_in_s: int

    @property
    def unfinished_left(self) -> int | None:
        return _left(self.quota.max_unfinished, self.unfinished)

    @property
    def submissions_left(self) -> int | None:
        return _left(self.quota.max_submissions, self.submissions)


class QuotaExceeded(LoreSmithError):
    """The owner has used up a quota. Nothing was stored."""

    failure = REQUEST_FAILURES["quota_exceeded"]

    def __init__(self, standing: Standing) -> None:
        quota = standing.quota
        if standing.submissions_left == 0:
            self.retry_after_s = max(1, standing.window_moves_in_s)
            message = (
                f"You have submitted {quota.max_submissions} jobs within {quota.window_s} seconds. That is the limit. "
                f"Try again in {self.retry_after_s} s."
            )
        else:
            self.retry_after_s = _WAIT_FOR_END_S
            message = (
                f"You have {quota.max_unfinished} unfinished jobs. That is the limit. "
                f"Wait for one to end, or cancel one, and try again in {self.retry_after_s} s."
            )
        super().__init__(message)
        self.standing = standing


def _left(limit: int | None, used: int) -> int | None:
    """None without a limit. Also 0 if the limit is now lower than what is used."""
    return None if limit is None else max(0, limit - used)
