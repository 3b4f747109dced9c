"""The state of the stage: first the problems, in words, then the figures."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from chalicelib.domain.dead_letter import QueueDepth
from chalicelib.domain.drain import Drain
from chalicelib.domain.error import QueueUnavailable, StoreUnavailable, Unavailable
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.situation import STUCK, Situation, duration, sent_in_vain, situation_of, stuck_since
from chalicelib.domain.timing import Timing
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.generator import Generator
from chalicelib.port.job_index import JobIndex
from chalicelib.port.queue_admin import QueueAdmin
from chalicelib.port.quota_admin import QuotaAdmin
from chalicelib.service.full_window import Clock
from chalicelib.service.operations.figures import Figures, JobLine, job_line

log = logging.getLogger(__name__)

#: At most this many unfinished jobs are read, the oldest first.
_MOST_JOBS = 2_000
#: At most this many are listed.
_MOST_LISTED = 50
_MOST_DEAD = 100
#: Recovery handles stuck jobs every minute. After this many seconds, it does not run, or it fails.
_RECOVERY_LATE_S = 180
#: A worker archives a job at once, and recovery within a minute, seconds.
_ARCHIVE_LATE_S = 120
#: If a job waits longer than this for a worker, there may be too few workers, seconds.
_WAIT_LONG_S = 300
#: A stage of a job takes less than this unless the LLM is slow, seconds.
_STILL_S = 45
_PAUSED = "paused"
#: What it means that a part is down, and where to look.
_DOWN: Mapping[str, str] = {
    "Redis": (
        "Redis cannot be reached, or it refuses. No job is accepted, and running jobs wait. Jobs, tokens and "
        "drains cannot be shown. See the alarms redis-* in docs/operations.md."
    ),
    "generator": (
        "The generator cannot be reached. Running jobs are tried again, and fail when their attempts are used up. See "
        "generator-unhealthy in docs/operations.md."
    ),
    "queues": "SQS cannot be reached, or it refuses: no job is accepted. The log of `ops-read` says why.",
}
#: The share of the daily stop above which it is reported as a problem.
_NEARLY = 0.9
#: Why jobs in this situation are stuck, and what happens next.
_WHY: Mapping[Situation, str] = {
    Situation.WORKER_LOST: "worker lost. Recovery queues each again within a minute. Finished stages are kept.",
    Situation.MESSAGE_LOST: "no worker took the message. Recovery sends it again within a minute.",
    Situation.OVERDUE: "past the deadline. Recovery ends each within a minute.",
    Situation.EXHAUSTED: "worker lost in the last attempt. Recovery ends each within a minute.",
}


class StatusReport:
    def __init__(
        self,
        *,
        index: JobIndex,
        drains: DrainSwitch,
        quota_admin: QuotaAdmin,
        queues: Sequence[QueueAdmin],
        generator: Generator,
        timing: Timing,
        daily_stop: int | None,
        clock: Clock,
    ) -> None:
        self._index = index
        self._drains = drains
        self._quota_admin = quota_admin
        self._queues = queues
        self._generator = generator
        self._timing = timing
        self._daily_stop = daily_stop
        self._clock = clock

    async def read(self) -> Figures:
        """The state of the stage. Where a part cannot be reached, its place says so."""
        try:
            return await self._read()
        except StoreUnavailable:
            return await self._without_redis()

    async def _read(self) -> Figures:
        drain = await self._drains.read()
        (jobs, more_begun, has_more), dead, tokens, depths, parts = await asyncio.gather(
            self._unfinished(is_drained=drain is not None),
            self._index.list_dead(_MOST_DEAD),
            self._quota_admin.tokens_of_all(),
            self._depths(),
            self._parts(),
        )
        if depths is None:
            parts["queues"] = "down"
        by_situation: dict[Situation, list[Job]] = {}
        for job in jobs:
            by_situation.setdefault(situation_of(job, self._timing, drain), []).append(job)
        ended = by_situation.pop(Situation.ENDED, [])
        stuck = [job for situation in by_situation if situation in STUCK for job in by_situation[situation]]
        waits = [job.waited_s for job in by_situation.get(Situation.QUEUED, ())]
        figures = Figures(
            at=round(self._clock() * 1000),
            problems=(),
            drain=drain,
            jobs={situation.value: len(found) for situation, found in by_situation.items()},
            begun=more_begun + sum(map(_has_begun, jobs)),
            has_more_jobs=has_more,
            unarchived=len(ended),
            longest_wait_s=max(waits, default=None),
            running=self._lines(by_situation.get(Situation.RUNNING, ()), drain),
            stuck=self._lines(stuck, drain),
            queues=depths or (),
            dead_jobs=len(dead),
            parts=parts,
            tokens_today=tokens,
            daily_stop=self._daily_stop,
        )
        return replace(figures, problems=[*self._problems_of_jobs(by_situation, ended), *_problems(figures)])

    async def _without_redis(self) -> Figures:
        depths, parts = await asyncio.gather(self._depths(), self._parts())
        figures = Figures(
            at=round(self._clock() * 1000),
            problems=(),
            drain=None,
            jobs={},
            begun=None,
            has_more_jobs=False,
            unarchived=0,
            longest_wait_s=None,
            running=(),
            stuck=(),
            queues=depths or (),
            dead_jobs=0,
            parts={"Redis": "down", **parts} | ({} if depths is not None else {"queues": "down"}),
            tokens_today=None,
            daily_stop=self._daily_stop,
        )
        return replace(figures, problems=list(_problems(figures)))

    async def _unfinished(self, *, is_drained: bool) -> tuple[list[Job], int, bool]:
        """The oldest unfinished jobs, how many younger ones have begun, and whether there are younger ones.

        The younger ones are only looked at during a drain, since `drain --wait` must not miss one that has begun.
        """
        jobs: list[Job] = []
        more_begun, has_more = 0, False
        async with aclosing(self._index.list_unfinished()) as pages:
            async for job_ids in pages:
                room = _MOST_JOBS - len(jobs)
                # No figure needs the results of jobs that are not archived, which may be large.
                jobs += [replace(job, result=None) for job in await self._index.read_rows(job_ids[:room])]
                has_more = has_more or len(job_ids) > room
                if has_more and not is_drained:
                    break
                heads = await self._index.read_heads(job_ids[room:])
                touched = [head.id for head in heads if head.status is Status.PROCESSING]
                more_begun += sum(map(_has_begun, await self._index.read_rows(touched)))
        return jobs, more_begun, has_more

    async def _depths(self) -> list[QueueDepth] | None:
        try:
            return list(await asyncio.gather(*(queue.depth() for queue in self._queues)))
        except QueueUnavailable:
            log.warning("The queues cannot be reached", exc_info=True)
            return None

    async def _parts(self) -> dict[str, str]:
        """State of each part: "ok", "down", or for the provider how long it pauses."""
        try:
            pause_s = await self._generator.provider_pause_s()
        except Unavailable:
            return {"generator": "down", "provider": "unknown"}
        return {"generator": "ok", "provider": f"{_PAUSED} for {duration(pause_s)}" if pause_s else "ok"}

    def _lines(self, jobs: Sequence[Job], drain: Drain | None) -> list[JobLine]:
        return [job_line(job, self._timing, drain) for job in jobs[:_MOST_LISTED]]

    def _problems_of_jobs(self, by_situation: Mapping[Situation, Sequence[Job]], ended: Sequence[Job]) -> Iterator[str]:
        for situation, why in _WHY.items():
            if jobs := by_situation.get(situation, ()):
                yield f"{_jobs_are(len(jobs))} stuck: {why}"
        stuck = [(job, situation) for situation in STUCK for job in by_situation.get(situation, ())]
        if any(sent_in_vain(job) for job, _ in stuck):
            yield "Recovery has sent messages again, and no worker took them. Do workers run, and receive messages?"
        if still := [job for job in by_situation.get(Situation.RUNNING, ()) if _still_s(job) > _STILL_S]:
            longest = duration(max(map(_still_s, still)))
            yield (
                f"{_jobs_are(len(still))} running without progress, for up to {longest}: the LLM is slow or hangs. "
                "A call that takes too long is tried again."
            )
        if any(
            job.observed_at - stuck_since(job, found, self._timing) > _RECOVERY_LATE_S * 1000 for job, found in stuck
        ):
            yield "Recovery should have handled the stuck jobs by now. Is it running? See the log of `recover`."
        late = [job for job in ended if job.observed_at - (job.completed_at or 0) > _ARCHIVE_LATE_S * 1000]
        if late:
            yield (
                f"{_jobs_are(len(late))} not archived yet: finished pieces are missing from the library. "
                'Look for "Job could not be archived" in the logs of `worker` and `recover`.'
            )


def _problems(figures: Figures) -> Iterator[str]:
    """The problems that do not concern single jobs."""
    for part, state in figures.parts.items():
        if state == "down":
            yield _DOWN[part]
        if state.startswith(_PAUSED):
            yield f"The LLM's provider has asked for a pause: it is {state}. Running jobs wait or retry later."
    if figures.drain is not None:
        left = duration((figures.drain.ends_at - figures.at) / 1000)
        refused = ", and new jobs are refused" if figures.drain.refuses else ""
        yield (
            f"The stage is drained {figures.drain.origin}: no job begins{refused}. The drain ends by itself in {left}, "
            "or with `loresmith ops resume`."
        )
    for depth in figures.queues:
        if depth.dead:
            letters = "1 dead letter" if depth.dead == 1 else f"{depth.dead} dead letters"
            yield f"{letters} from the queue `{depth.queue}`: see `loresmith ops dead list`."
    if (wait_s := figures.longest_wait_s or 0) > _WAIT_LONG_S:
        yield f"A job has waited for a worker for {duration(wait_s)}. Are the workers at their limit?"
    yield from _spending(figures)


def _spending(figures: Figures) -> Iterator[str]:
    stop, today = figures.daily_stop, figures.tokens_today
    if stop is not None and today is not None and today.spent + today.reserved > _NEARLY * stop:
        yield (
            f"{today.spent + today.reserved:,} of the {stop:,} tokens for today are used or reserved. New jobs are "
            f"refused when they run out. The next day begins in {duration(today.ends_in_s)}."
        )


def _still_s(job: Job) -> float:
    """For how long the job has shown no progress, seconds."""
    return (job.observed_at - job.updated_at) / 1000


def _has_begun(job: Job) -> bool:
    return job.has_begun and not job.is_final


def _jobs_are(count: int) -> str:
    return "1 job is" if count == 1 else f"{count} jobs are"
