"""How much one owner may submit and run."""

from dataclasses import dataclass

from chalicelib.domain.error import LoreSmithError
from foundation.request_failure import REQUEST_FAILURES

#: How long to wait for one of the unfinished jobs to end, seconds.
_WAIT_FOR_END_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The limits of one owner."""

    #: Jobs that have not ended.
    max_unfinished: int = 10
    #: Jobs that run at the same time. The others wait, so that one owner cannot occupy all workers.
    max_running: int = 5
    #: Submissions within a sliding window.
    max_submissions: int = 60
    window_s: int = 60


#: More than anyone submits.
NO_LIMIT = 1_000_000
#: For anonymous callers, who would otherwise all share one quota.
UNLIMITED = Quota(max_unfinished=NO_LIMIT, max_running=NO_LIMIT, max_submissions=NO_LIMIT)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of an owner's quotas after a submission was counted or refused."""

    quota: Quota
    unfinished_left: int
    submissions_left: int
    #: Seconds until the oldest submission leaves the window.
    window_moves_in_s: int


class QuotaExceeded(LoreSmithError):
    """The owner has used up a quota. Nothing was stored."""

    failure = REQUEST_FAILURES["quota_exceeded"]

    def __init__(self, standing: Standing) -> None:
        quota = standing.quota
        if standing.submissions_left <= 0:
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
