"""The changes that the people on call can make: drains, single jobs, and the quotas of an owner.

Each method only reads, and returns a plan. `Plan.carry_out` makes the change.
"""

import logging
from collections.abc import Sequence

from chalicelib.domain import change
from chalicelib.domain.diagnosis import Finding, diagnose
from chalicelib.domain.drain import Drain
from chalicelib.domain.error import JobConflict, NotFound
from chalicelib.domain.job import Job
from chalicelib.domain.quota import Quota
from chalicelib.domain.situation import duration, explain
from chalicelib.domain.timing import Timing
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.quota_admin import QuotaAdmin, QuotaUse
from chalicelib.service.full_window import Clock
from chalicelib.service.operations.plan import Plan
from chalicelib.service.reading import Reading
from foundation.job_failure import JOB_FAILURES

log = logging.getLogger(__name__)

_FAILURE = JOB_FAILURES["ended_by_operator"]


class Intervention:
    def __init__(
        self,
        *,
        jobs: JobStore,
        drains: DrainSwitch,
        quota_admin: QuotaAdmin,
        reading: Reading,
        timing: Timing,
        quota: Quota,
        meter: Meter,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._drains = drains
        self._quota_admin = quota_admin
        self._reading = reading
        self._timing = timing
        self._quota = quota
        self._meter = meter
        self._clock = clock

    async def drain(self, *, by: str, reason: str, lasts_s: int, refuses: bool) -> Plan:
        """Begin no jobs for up to `lasts_s`. Replaces a current drain."""
        now_ms = round(self._clock() * 1000)
        drain = Drain(by=by, reason=reason, began_at=now_ms, ends_at=now_ms + lasts_s * 1000, refuses=refuses)
        earlier = await self._drains.read()

        async def carry_out() -> list[str]:
            await self._drains.start(drain)
            return ["The stage is drained. `loresmith ops resume` ends it."]

        return Plan([*_replaced(earlier), *_drain_steps(lasts_s, refuses=refuses)], carry_out)

    async def resume(self) -> Plan:
        drain = await self._drains.read()
        if drain is None:
            return Plan(["The stage is not drained. There is nothing to do."])

        async def carry_out() -> list[str]:
            await self._drains.end()
            return ["The drain has ended."]

        return Plan(
            [
                f"The drain {drain.origin} will end.",
                "Waiting jobs begin within 15 seconds, if workers are free.",
            ],
            carry_out,
        )

    async def expire(self, job_id: str) -> Plan:
        """Fail a job that no worker holds. Raises `NotFound`."""
        job = await self._found(job_id)
        if job.is_final:
            return Plan([f"Job {job.id} has already ended. {await self._explain(job)}"])
        if diagnose(job, self._timing) is Finding.LEASED:
            told = [f"{await self._explain(job)} To stop it: `loresmith ops cancel {job.id}`."]
            return Plan(told, is_refused=True)
        code = _FAILURE.code

        async def carry_out() -> list[str]:
            expiry = change.expire(job, code, _FAILURE.sentence, retryable=_FAILURE.retryable)
            try:
                self._meter.ended(await self._jobs.apply(job.id, expiry))
            except JobConflict:
                return [
                    "Nothing was changed: in the meantime, a worker took the job, or the job ended. Inspect it again."
                ]
            return [f"Job {job.id} failed with {code}. Recovery archives it within a minute."]

        return Plan(
            [
                await self._explain(job),
                f"It will fail with {code}. Its finished pieces go into the library, and its owner can retry it.",
            ],
            carry_out,
        )

    async def cancel(self, job_id: str) -> Plan:
        """Cancel a job as its owner could. Raises `NotFound`."""
        job = await self._found(job_id)
        if job.is_final:
            return Plan([f"Job {job.id} has already ended. {await self._explain(job)}"])

        async def carry_out() -> list[str]:
            _, was_cancelled = await self._reading.cancel(job.owner, job.id)
            return [f"Job {job.id} is cancelled." if was_cancelled else f"Job {job.id} ended in the meantime."]

        return Plan(
            [
                await self._explain(job),
                "It will be cancelled: its calls to the LLM stop within a second. Its finished pieces go into the "
                "library, and its owner can retry it.",
            ],
            carry_out,
        )

    async def quota(self, owner: str) -> QuotaUse:
        return await self._quota_admin.use_of(owner, self._quota)

    async def reset_quota(self, owner: str) -> Plan:
        use = await self.quota(owner)
        spent, submissions = use.standing.today.spent, use.standing.submissions
        if not spent and not submissions:
            return Plan([f"{owner} has nothing to reset: no recent submissions, and no tokens spent today."])

        async def carry_out() -> list[str]:
            await self._quota_admin.reset(owner)
            return [f"The quotas of {owner} were reset."]

        return Plan(
            [
                f"{submissions} submissions of the last {self._quota.window_s} s, and {spent:,} tokens that were spent "
                f"today, will no longer count against the quotas of {owner}.",
                "Unfinished jobs and their reserved tokens count until the jobs end. API processes that just refused "
                f"the owner notice within {self._quota.window_s} s.",
            ],
            carry_out,
        )

    async def _found(self, job_id: str) -> Job:
        job = await self._jobs.read(job_id)
        if job is None:
            raise NotFound(f"Redis has no job {job_id}. Look for it with `loresmith ops inspect {job_id}`.")
        return job

    async def _explain(self, job: Job) -> str:
        return explain(job, self._timing, await self._drains.read()).text


def _replaced(earlier: Drain | None) -> Sequence[str]:
    return [f"This replaces the drain {earlier.origin}."] if earlier else []


def _drain_steps(lasts_s: int, *, refuses: bool) -> Sequence[str]:
    submitted = (
        "New jobs are refused with 503 `draining` and Retry-After."
        if refuses
        else "New jobs are accepted, and wait too."
    )
    return [
        "Workers begin no jobs. Waiting jobs stay pending in the queue, use no attempt, and do not time out.",
        "Jobs that have begun continue, with all their attempts.",
        submitted,
        f"The drain ends by itself after {duration(lasts_s)}.",
    ]
