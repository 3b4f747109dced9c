"""Dead letters, and the jobs that their handler has ended: lists them, puts them back, drops them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.dead_letter import JOBS_QUEUE, DeadLetter, LetterHead, QueueDepth, report_in
from chalicelib.domain.error import LoreSmithError, NotFound, QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.owner import owner_hash
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.queue_admin import QueueAdmin
from chalicelib.service.operations.plan import Plan
from chalicelib.service.submission import Submission

#: How many jobs that the dead-letter worker has ended are listed, and are retried at once: a function has 60 s.
_MOST_LISTED = _MOST_RETRIED = 100
#: How many of them are looked through, and how many are read at a time.
_MOST_JOBS, _PAGE = 10_000, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A dead letter, and what a requeue would do."""

    letter: LetterHead
    job_id: str | None
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that the dead-letter worker has ended. Times are milliseconds since 1970 (UTC)."""

    id: str
    type: str
    owner: str
    error_code: str | None
    created_at: int
    ended_at: int
    #: The job that retries it; None if none does.
    retried_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """The answer to `dead list`."""

    letters: Sequence[LetterLine]
    #: The newest.
    jobs: Sequence[DeadJob]
    #: How many more were noted.
    more_jobs: int
    queues: Sequence[QueueDepth]


@dataclass(frozen=True, slots=True)
class Letter:
    """The answer to `dead show`."""

    letter: LetterHead
    body: str
    job_id: str | None
    about: str


class DeadLetters:
    def __init__(
        self, *, jobs: JobStore, index: JobIndex, queues: Mapping[str, QueueAdmin], submission: Submission
    ) -> None:
        """`queues`: by the name of the queue."""
        self._jobs = jobs
        self._index = index
        self._queues = queues
        self._submission = submission

    async def all(self) -> Dead:
        # Counted first: a letter that is being read counts as one that its handler has.
        depths = await asyncio.gather(*(queue.depth() for queue in self._queues.values()))
        letters, noted = await asyncio.gather(self._letters(), self._index.list_dead(_MOST_JOBS))
        jobs = await self._ended(noted[:_MOST_LISTED])
        retries = await _retries(self._index, jobs)
        lines = [LetterLine(letter=each.head, job_id=each.job_id, about=await self._about(each)) for each in letters]
        dead_jobs = [
            DeadJob(
                id=job.id,
                type=job.type,
                owner=owner_hash(job.owner),
                error_code=job.error_code,
                created_at=job.created_at,
                ended_at=job.completed_at or job.updated_at,
                retried_as=job.retry_id if job.retry_id in retries else None,
            )
            for job in jobs
        ]
        return Dead(letters=lines, jobs=dead_jobs, more_jobs=len(noted[_MOST_LISTED:]), queues=depths)

    async def show(self, letter_id: str) -> Letter:
        """Raises `NotFound`."""
        for letter in await self._letters():
            if letter.id == letter_id:
                return Letter(letter.head, letter.shown_body, letter.job_id, await self._about(letter))
        raise NotFound(
            f"No dead letter has the id {letter_id}. If it is being handled right now, it comes back "
            "within three minutes, or is gone for good. See `dead list`."
        )

    async def requeue(self, ids: Collection[str]) -> Plan:
        """Requeue these dead letters, and retry these jobs, which ended as dead letters. Without `ids`: all of them.

        Raises `NotFound`.
        """
        letters = [each for each in await self._letters() if not ids or each.id in ids]
        found = await self._jobs_to_retry(ids)
        jobs, left = found[:_MOST_RETRIED], len(found[_MOST_RETRIED:])
        _check_found(ids, [*(each.id for each in letters), *(job.id for job in found)])
        steps = [f"Dead letter {each.id} {await self._about(each)}" for each in letters]
        steps += [
            f"Job {job.id} has ended ({job.error_code}), so requeueing has no effect. It will be retried: a new job "
            "continues from its finished stages, and counts against its owner's quotas."
            for job in jobs
        ]
        if left:
            steps.append(f"{left} more jobs are left for the next `loresmith ops dead requeue`.")
        if not steps:
            return Plan(["There are no dead letters and no jobs to retry."])

        async def carry_out() -> list[str]:
            told = await self._handled(
                letters, lambda queue, ids: queue.requeue(ids), "Dead letter {} was put back into its queue."
            )
            return [*told, *[await self._retry(job) for job in jobs]]

        return Plan(steps, carry_out)

    async def drop(self, ids: Collection[str]) -> Plan:
        """Delete these dead letters. Raises `NotFound`."""
        letters = [each for each in await self._letters() if each.id in ids]
        _check_found(ids, [each.id for each in letters])
        steps = [
            f"Dead letter {each.id} in {each.queue} will be deleted for good. {await self._left_behind(each)}"
            for each in letters
        ]

        async def carry_out() -> list[str]:
            return await self._handled(letters, lambda queue, ids: queue.drop(ids), "Dead letter {} was deleted.")

        return Plan(steps, carry_out)

    async def _letters(self) -> list[DeadLetter]:
        found = await asyncio.gather(*(queue.letters() for queue in self._queues.values()))
        return [letter for letters in found for letter in letters]

    async def _ended(self, job_ids: Sequence[str]) -> list[Job]:
        """Those of the noted jobs that have failed: a note is made before the end, which a worker may prevent."""
        return [job for job in await self._index.read_rows(job_ids) if job.status is Status.FAILED]

    async def _jobs_to_retry(self, wanted: Collection[str]) -> list[Job]:
        """The `wanted` jobs, or all that nobody has retried yet; newest first."""
        noted = await self._index.list_dead(_MOST_JOBS)
        if wanted:
            return await self._ended([job_id for job_id in noted if job_id in wanted])
        found: list[Job] = []
        for start in range(0, len(noted), _PAGE):
            jobs = await self._ended(noted[start : start + _PAGE])
            retries = await _retries(self._index, jobs)
            found += [job for job in jobs if job.retry_id not in retries]
        return found

    async def _about(self, letter: DeadLetter) -> str:
        """What a requeue does."""
        job_id = letter.job_id
        if (report := report_in(letter)) is not None:
            return f"goes back to the queue, and is sent again: {report}."
        if job_id is None or letter.queue != JOBS_QUEUE:
            return f"goes back to the queue {letter.queue}."
        job = await self._jobs.read(job_id)
        if job is None:
            return f"goes back to the queue. Its job {job_id} is gone. A worker then records it as lost."
        if job.is_final:
            return f"goes back to the queue. A worker then drops it: its job {job_id} has ended ({job.status})."
        return f"goes back to the queue. A worker then takes its job {job_id} ({job.status})."

    async def _left_behind(self, letter: DeadLetter) -> str:
        if (report := report_in(letter)) is not None:
            return f"This is not reported: {report}. The owner can have it sent again while the job is kept."
        if letter.queue != JOBS_QUEUE:
            return "Its webhook will not be sent."
        job = await self._jobs.read(letter.job_id) if letter.job_id else None
        if job is None:
            return "Redis does not have its job."
        if job.is_final:
            return "Its job has ended, so nothing is lost."
        return (
            f"Its job {job.id} stays {job.status}: recovery sends a new message for it. "
            f"To end the job: `loresmith ops expire {job.id}`."
        )

    async def _handled(
        self,
        letters: Sequence[DeadLetter],
        handle: Callable[[QueueAdmin, Collection[str]], Awaitable[list[str]]],
        sentence: str,
    ) -> list[str]:
        """Handle the letters queue by queue, and tell what became of each. An outage of one queue stops no other."""
        told: list[str] = []
        for name, queue in self._queues.items():
            ids = [letter.id for letter in letters if letter.queue == name]
            try:
                handled = await handle(queue, ids) if ids else []
            except QueueUnavailable:
                told.append(f"The queue {name} has failed. Some of its {len(ids)} letters may be handled: `dead list`.")
                continue
            gone = "Dead letter {} was already gone: the dead-letter function took it."
            told += [(sentence if each in handled else gone).format(each) for each in ids]
        return told

    async def _retry(self, job: Job) -> str:
        try:
            accepted = await self._submission.retry(job.owner, job.id)
        except LoreSmithError as error:
            return f"Job {job.id} was not retried: {error.message}"
        return f"Job {job.id} is retried as {accepted.job.id}."


async def _retries(index: JobIndex, jobs: Sequence[Job]) -> set[str]:
    """The ids of the jobs that retry these."""
    return {head.id for head in await index.read_heads([job.retry_id for job in jobs])}


def _check_found(wanted: Collection[str], found: Collection[str]) -> None:
    if missing := sorted(set(wanted) - set(found)):
        raise NotFound(
            f"No dead letter, and no job that ended as one, has this id: {', '.join(missing)}. See `dead list`. A "
            "dead letter that is being handled right now comes back within three minutes, or is gone for good."
        )
