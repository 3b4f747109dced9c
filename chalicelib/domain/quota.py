"""How much one owner may submit and run."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.spending import DayTokens
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
    #: Tokens of the jobs of one UTC day (the setting TOKENS_PER_DAY): 20 jobs with the largest default budget.
    max_tokens: int | None = 2_000_000


#: For anonymous callers, who would otherwise all share one quota.
UNLIMITED = Quota(max_unfinished=None, max_running=None, max_submissions=None, max_tokens=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against an owner's quotas after a submission was counted or refused."""

    quota: Quota
    unfinished: int
    submissions: int
    #: Seconds until the oldest submission leaves the window.
    window_moves_in_s: int
    today: DayTokens

    @property
    def unfinished_left(self) -> int | None:
        return _left(self.quota.max_unfinished, self.unfinished)

    @property
    def submissions_left(self) -> int | None:
        return _left(self.quota.max_submissions, self.submissions)

    @property
    def tokens_left(self) -> int | None:
        return None if self.quota.max_tokens is None else self.today.left(self.quota.max_tokens)


class QuotaExceeded(LoreSmithError):
    """The owner has used up a quota. Nothing was stored."""

    failure = REQUEST_FAILURES["quota_exceeded"]

    def __init__(self, standing: Standing, tokens: int) -> None:
        """`tokens`: the budget of the refused job. Of several quotas that are used up, the one with the longest wait
        counts."""
        self.retry_after_s, message = max(_refusals(standing, tokens))
        super().__init__(message)
        self.standing = standing


def _refusals(standing: Standing, tokens: int) -> Iterator[tuple[int, str]]:
    """For each quota that refuses the job: seconds to wait, and a sentence."""
    quota, today = standing.quota, standing.today
    if standing.submissions_left == 0:
        wait_s = max(1, standing.window_moves_in_s)
        yield (
            wait_s,
            f"You have submitted {quota.max_submissions} jobs within {quota.window_s} seconds. That is the limit. "
            f"Try again in {wait_s} s.",
        )
    if standing.unfinished_left == 0:
        yield (
            _WAIT_FOR_END_S,
            f"You have {quota.max_unfinished} unfinished jobs. That is the limit. "
            f"Wait for one to end, or cancel one, and try again in {_WAIT_FOR_END_S} s.",
        )
    if quota.max_tokens is not None and not today.has_room(tokens, quota.max_tokens):
        yield (
            today.retry_after_s(tokens, quota.max_tokens),
            f"This job may need {tokens:,} tokens. Of your {quota.max_tokens:,} for today, {today.spent:,} are used, "
            f"and {today.reserved:,} are reserved for jobs that have not ended. "
            f"Try again {today.when_free(tokens, quota.max_tokens)}.",
        )


def _left(limit: int | None, used: int) -> int | None:
    """None without a limit. Also 0 if the limit is now lower than what is used."""
    return None if limit is None else max(0, limit - used)
