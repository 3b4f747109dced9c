"""Every duration in the life of a job, and the rules that they must obey together."""

import math
from dataclasses import dataclass, fields
from itertools import pairwise

from foundation.llm import LLM_TIMEOUT_S

#: The shortest deadline that a caller may set, seconds.
MIN_DEADLINE_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds, unless the name says otherwise. The defaults are the deployed ones."""

    #: One call to the LLM, retries not counted.
    llm_timeout_s: float = LLM_TIMEOUT_S
    #: One attempt: the gRPC call to the generator (guide, "Error Handling": >90 s fails).
    rpc_deadline_s: float = 90
    #: A job with all its attempts, from its first claim for which the generator has room (guide, "Troubleshooting":
    #: times out after 2 minutes).
    job_deadline_s: int = 120
    #: The worker Lambda's time-out: the job's deadline, and time to store how the job ended.
    worker_timeout_s: float = 150
    #: SQS visibility timeout: six times the function's time-out (AWS Lambda developer guide, "Using Lambda with SQS").
    queue_visibility_s: int = 900
    #: How long a worker's claim holds without renewal, and how often it is renewed.
    lease_s: float = 15
    heartbeat_s: float = 0.5
    #: A job fails if no worker claims it, or the generator has no room for it, within this time.
    max_pending_s: int = 3600
    #: A job's message counts as lost after this; doubled for each message that no worker used.
    resend_after_s: float = 30
    #: A job is kept this long after its creation (guide: 24 h).
    job_ttl_s: int = 86_400
    #: Full-jitter exponential backoff between attempts: the first and the highest upper bound.
    backoff_base_s: float = 1
    backoff_cap_s: float = 20
    #: No attempt starts if less time than this is left.
    min_attempt_s: float = 3
    #: How long after the deadline the job's own worker may still end it. Then any process may.
    deadline_grace_s: float = 5
    #: The shortest time between two writes of a job's progress. Stages and final states are always written.
    progress_interval_s: float = 0.1

    @property
    def lease_ms(self) -> int:
        return int(self.lease_s * 1000)

    @property
    def never_stuck_s(self) -> float:
        """A job cannot be stuck before this age: neither its lease, nor its message, nor its time has run out."""
        return min(self.lease_s, self.resend_after_s, self.deadline_bounds_s[0], self.max_pending_s)

    @property
    def deadline_bounds_s(self) -> tuple[int, int]:
        """The shortest and the longest deadline that a caller may set for a job."""
        return min(MIN_DEADLINE_S, self.job_deadline_s), self.job_deadline_s

    def faults(self) -> list[str]:
        """What is wrong with these durations, as sentences; empty if nothing is."""
        chain = ("llm_timeout_s", "rpc_deadline_s", "job_deadline_s", "worker_timeout_s", "queue_visibility_s")
        faults = [
            f"{f.name.upper()} must be a number above 0"
            for f in fields(self)
            if not 0 < getattr(self, f.name) < math.inf
        ]
        for shorter, longer in pairwise(chain):
            short, long = getattr(self, shorter), getattr(self, longer)
            if short >= long:
                faults.append(f"{shorter.upper()} ({short}) must be less than {longer.upper()} ({long})")
        if self.heartbeat_s * 3 > self.lease_s:
            faults.append(f"HEARTBEAT_S ({self.heartbeat_s}) must be at most a third of LEASE_S ({self.lease_s})")
        if self.job_deadline_s + self.deadline_grace_s >= self.worker_timeout_s:
            faults.append("JOB_DEADLINE_S + DEADLINE_GRACE_S must be less than WORKER_TIMEOUT_S")
        return faults
