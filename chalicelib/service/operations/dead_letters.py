"""Dead letters, and the jobs that their handler has ended: lists them, puts them back, drops them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.dead_letter import JOBS_QUEUE, DeadLetter, QueueDepth, report_in
from chalicelib.domain.error import LoreSmithError, NotFound
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.queue_desk import QueueDesk
from chalicelib.service.operations.plan import Plan
from chalicelib.service.submission import Submission

#: How many jobs that the dead-letter worker has ended are listed.
_MOST_JOBS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A dead letter, and what a requeue would do."""

    letter: DeadLetter
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
    jobs: Sequence[DeadJob]
    queues: Sequence[QueueDepth]


@dataclass(frozen=True, slots=True)
class Letter:
    """The answer to `dead show`."""

    letter: DeadLetter
    body: str
    job_id: str | None
    about: str


class DeadLetters:
    def __init__(
        self, *, jobs: JobStore, index: JobIndex, desks: Mapping[str, QueueDesk], submission: Submission
    ) -> None:
        """`desks`: by the name of the queue."""
        self._jobs = jobs
        self._index = index
        self._desks = desks
        self._submission = submission

    async def all(self) -> Dead:
        # Counted first: a letter that is being read counts as one that its handler has.
        depths = await asyncio.gather(*(desk.depth() for desk in self._desks.values()))
        letters, jobs = await asyncio.gather(self._letters(), self._dead_jobs())
        retries = {job.id: await self._jobs.read(job.retry_id) for job in jobs}
        lines = [LetterLine(letter=each, job_id=each.job_id, about=await self._about(each)) for each in letters]
        dead_jobs = [
            DeadJob(
                id=job.id,
                type=job.type,
                owner=owner_hash(job.owner),
                error_code=job.error_code,
                created_at=job.created_at,
                ended_at=job.completed_at or job.updated_at,
                retried_as=retry.id if (retry := retries[job.id]) else None,
            )
            for job in jobs
        ]
        return Dead(letters=lines, jobs=dead_jobs, queues=depths)

    async def show(self, letter_id: str) -> Letter:
        """Raises `NotFound`."""
        for letter in await self._letters():
            if letter.id == letter_id:
                return Letter(letter, letter.body, letter.job_id, await self._about(letter))
        raise NotFound(
            f"No dead letter has the id {letter_id}. Its handler may have it at this moment; then it comes back within "
            "three minutes, or is gone for good. See `dead list`."
        )

    async def requeue(self, ids: Collection[str]) -> Plan:
        """Put these letters back, and retry these jobs, which their handler has ended. Without `ids`: all of them.

        Raises `NotFound`.
        """
        letters = [each for each in await self._letters() if not ids or each.id in ids]
        jobs = [job for job in await self._dead_jobs() if job.id in ids or (not ids and await self._is_open(job))]
        _check_found(ids, [*(each.id for each in letters), *(job.id for job in jobs)])
        steps = [f"Letter {each.id}: {await self._about(each)}" for each in letters]
        steps += [
            f"Job {job.id} has ended ({job.error_code}), so a message would do nothing. It is retried: a new job "
            "continues from its finished stages, and counts against its owner's quotas."
            for job in jobs
        ]
        if not steps:
            return Plan(["There are no dead letters, and no job was ended by their handler without being retried."])

        async def carry_out() -> list[str]:
            return [*await self._put_back(letters), *[await self._retry(job) for job in jobs]]

        return Plan(steps, carry_out)

    async def drop(self, ids: Collection[str]) -> Plan:
        """Delete these letters. Raises `NotFound`."""
        letters = [each for each in await self._letters() if each.id in ids]
        _check_found(ids, [each.id for each in letters])
        steps = [
            f"Letter {each.id} in {each.queue} is deleted for good. {await self._left_behind(each)}" for each in letters
        ]

        async def carry_out() -> list[str]:
            found = await asyncio.gather(*(self._desks[q].drop(i) for q, i in _by_queue(letters).items()))
            return _told(letters, {each for dropped in found for each in dropped}, "Letter {} is deleted.")

        return Plan(steps, carry_out)

    async def _letters(self) -> list[DeadLetter]:
        found = await asyncio.gather(*(desk.letters() for desk in self._desks.values()))
        return [letter for letters in found for letter in letters]

    async def _dead_jobs(self) -> list[Job]:
        """Jobs that the dead-letter worker has noted, and that have ended."""
        found = await self._index.read_rows(await self._index.list_dead(_MOST_JOBS))
        return [job for job in found if job.is_final]

    async def _is_open(self, job: Job) -> bool:
        """Whether nobody has retried the job yet."""
        return job.is_incomplete and await self._jobs.read(job.retry_id) is None

    async def _about(self, letter: DeadLetter) -> str:
        """What a requeue does."""
        job_id = letter.job_id
        if (report := report_in(letter)) is not None:
            return f"goes back to the queue, and is sent again: {report}."
        if job_id is None or letter.queue != JOBS_QUEUE:
            return f"goes back to the queue {letter.queue}."
        job = await self._jobs.read(job_id)
        if job is None:
            return f"goes back to the queue. Its job {job_id} is gone: a worker records it as lost, if nobody has."
        if job.is_final:
            return f"goes back to the queue, where a worker drops it: its job {job_id} has ended ({job.status})."
        return f"goes back to the queue, where a worker takes its job {job_id} ({job.status})."

    async def _left_behind(self, letter: DeadLetter) -> str:
        if (report := report_in(letter)) is not None:
            return f"This is not reported: {report}. The owner can have it sent again while the job is kept."
        if letter.queue != JOBS_QUEUE:
            return "What it would have done is not done."
        job = await self._jobs.read(letter.job_id) if letter.job_id else None
        if job is None:
            return "It names no job that Redis has."
        if job.is_final:
            return "Its job has ended, so nothing is lost."
        return (
            f"Its job {job.id} stays {job.status}: recovery sends a new message for it. "
            f"To end the job: `loresmith ops expire {job.id}`."
        )

    async def _put_back(self, letters: Sequence[DeadLetter]) -> list[str]:
        found = await asyncio.gather(*(self._desks[q].requeue(i) for q, i in _by_queue(letters).items()))
        return _told(letters, {each for sent in found for each in sent}, "Letter {} is in its queue again.")

    async def _retry(self, job: Job) -> str:
        try:
            accepted = await self._submission.retry(job.owner, job.id)
        except LoreSmithError as error:
            return f"Job {job.id} was not retried: {error.message}"
        return f"Job {job.id} is retried as {accepted.job.id}."


def _check_found(wanted: Collection[str], found: Collection[str]) -> None:
    if missing := sorted(set(wanted) - set(found)):
        raise NotFound(
            f"Not found among the dead letters and the jobs that they ended: {', '.join(missing)}. See `dead list`. "
            "A letter that its handler has at this moment comes back within three minutes, or is gone for good."
        )


def _by_queue(letters: Sequence[DeadLetter]) -> dict[str, list[str]]:
    queues: dict[str, list[str]] = {}
    for letter in letters:
        queues.setdefault(letter.queue, []).append(letter.id)
    return queues


def _told(letters: Sequence[DeadLetter], handled: Collection[str], sentence: str) -> list[str]:
    gone = "Letter {} was gone: its handler was faster."
    return [(sentence if letter.id in handled else gone).format(letter.id) for letter in letters]
