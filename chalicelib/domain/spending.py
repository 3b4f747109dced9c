"""How many tokens a job may spend, and the tokens of one day.

Tokens are those of prompts and completions together. A day is a UTC day.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.estimate import Estimate
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from foundation.job_failure import JOB_FAILURES
from foundation.request_failure import REQUEST_FAILURES

#: A job's budget is this many times what it is expected to cost. Models that think, and scripts that need more tokens
#: for a word, cost up to three times as much as English from a plain model.
MARGIN = 3
#: The smallest budget. An answer that runs away to its limit costs up to 6,000 tokens, and 4,000 more if the
#: model thinks. One of them must not use up the budget of a small job.
MIN_BUDGET = 15_000
#: JOB_TOKEN_BUDGET. Ten settings, the most expensive job, are expected to cost 30,000.
MAX_BUDGET = 100_000
#: Tokens of a byte of UTF-8 (generator_service/llm/dialect.py).
_TOKENS_PER_BYTE = 0.25

DAY_S = 86_400
_DAY_MS = DAY_S * 1000
#: How long to wait if running jobs may free enough tokens when they end, seconds.
_WAIT_FOR_JOBS_S = 30
#: Endings that interrupt calls. What these calls cost is never reported.
_INTERRUPTED = frozenset({JOB_FAILURES["timeout"].code, JOB_FAILURES["worker_lost"].code})


def job_budget(estimate: Estimate, payload_bytes: int, max_budget: int) -> int:
    """The token budget of a job.

    `estimate` is for a payload of usual size. Every call repeats the payload, so a large one costs more.
    """
    payload_tokens = math.ceil(payload_bytes * _TOKENS_PER_BYTE)
    expected = estimate.tokens + estimate.llm_calls * payload_tokens
    return min(max_budget, max(MIN_BUDGET, MARGIN * expected))


def counted_tokens(job: Job) -> int:
    """What an ended job counts against the daily limits.

    That is what it has reported. A job that began and was stopped in the middle of its calls counts at least a third of
    its budget, which is about its expected cost. Otherwise a caller could spend without a limit by cancelling jobs.
    """
    is_interrupted = job.status is Status.CANCELLED or job.error_code in _INTERRUPTED
    if not job.has_begun or not is_interrupted:
        return job.usage.tokens
    return max(job.usage.tokens, (job.token_budget or 0) // MARGIN)


def utc_day(at_ms: int) -> str:
    """The day, such as "2026-11-29"."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def days_around(at_ms: int) -> list[str]:
    """The day, the one before and the one after.

    A reservation made by one clock is in one of these if `at_ms` is from another clock, or from a moment later.
    """
    return [utc_day(at_ms + offset_ms) for offset_ms in (0, -_DAY_MS, _DAY_MS)]


def day_ends_in_s(at_ms: int) -> int:
    return math.ceil((_DAY_MS - at_ms % _DAY_MS) / 1000)


@dataclass(frozen=True, slots=True)
class DayTokens:
    """The tokens of one day, of one owner or of all owners."""

    #: What the ended jobs count (`counted_tokens`).
    spent: int
    #: The budgets of the jobs that have not ended.
    reserved: int
    #: Seconds until midnight UTC.
    ends_in_s: int

    def has_room(self, tokens: int, limit: int | None) -> bool:
        """Whether `tokens` can be reserved. Then the limit holds even if every job spends its whole budget."""
        return limit is None or self.spent + self.reserved + tokens <= limit

    def left(self, limit: int) -> int:
        return max(0, limit - self.spent - self.reserved)

    def retry_after_s(self, tokens: int, limit: int) -> int:
        """When there may be room: once jobs have ended and freed what they did not spend, or at midnight."""
        return min(_WAIT_FOR_JOBS_S, self.ends_in_s) if self.spent + tokens <= limit else self.ends_in_s

    def when_free(self, tokens: int, limit: int) -> str:
        """`retry_after_s` for people: "in 30 s, when jobs may have ended"."""
        wait_s = self.retry_after_s(tokens, limit)
        if wait_s < self.ends_in_s:
            return f"in {wait_s} s, when jobs may have ended"
        hours, minutes = divmod(math.ceil(wait_s / 60), 60)
        return f"after midnight UTC, in {f'{hours} h ' if hours else ''}{minutes} min"


class SpendingStopped(LoreSmithError):
    """All owners together have used up DAILY_TOKEN_STOP. Nothing was stored."""

    failure = REQUEST_FAILURES["spending_stopped"]

    def __init__(self, day: DayTokens, tokens: int, stop: int) -> None:
        super().__init__(
            "The tokens that all callers may use in a day are used up or reserved. "
            f"Try again {day.when_free(tokens, stop)}."
        )
        self.retry_after_s = day.retry_after_s(tokens, stop)
        #: Tokens that are neither spent nor reserved.
        self.left = day.left(stop)
