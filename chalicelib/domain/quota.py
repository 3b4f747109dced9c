"""How much one owner may ask for."""

from dataclasses import dataclass

from chalicelib.domain.error import LoreSmithError

#: When to look again whether an unfinished job has ended, seconds.
_LOOK_AGAIN_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What an owner is entitled to."""

    #: Jobs that have not ended.
    max_unfinished: int = 10
    #: Of these, jobs that workers run at the same time; the others wait, so that one owner cannot take all workers.
    max_running: int = 5
    #: Submissions within a window that slides.
    max_submissions: int = 60
    window_s: int = 60


#: More than anybody asks for.
NO_LIMIT = 1_000_000
#: For callers that are not told apart: a quota would make strangers share it.
UNLIMITED = Quota(max_unfinished=NO_LIMIT, max_running=NO_LIMIT, max_submissions=NO_LIMIT)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an owner stands after a submission was counted, or refused."""

    quota: Quota
    #: What is left of each.
    unfinished_left: int
    submissions_left: int
    #: Seconds until the oldest submission leaves the window.
    window_moves_in_s: int


class QuotaExceeded(LoreSmithError):
    """The owner has used up what it is entitled to; nothing was stored."""

    code = "quota_exceeded"
    retryable = True

    def __init__(self, standing: Standing) -> None:
        quota = standing.quota
        if standing.submissions_left <= 0:
            self.retry_after_s = max(1, standing.window_moves_in_s)
            message = (
                f"You have submitted {quota.max_submissions} jobs within {quota.window_s} seconds, which is as many as "
                f"you may. Try again in {self.retry_after_s} s."
            )
        else:
            self.retry_after_s = _LOOK_AGAIN_S
            message = (
                f"You have {quota.max_unfinished} unfinished jobs, which is as many as you may. "
                f"Wait for one to end, or cancel one, and try again in {self.retry_after_s} s."
            )
        super().__init__(message)
        self.standing = standing
