"""`POST /jobs/{id}/retry`: a new job continues from the finished pieces of an old one."""

import asyncio

import pytest

from chalicelib.domain.error import (
    GenerationFailed,
    NotAllowedNow,
    NotFound,
)
from chalicelib.domain.job import PieceWarning
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota
from tests.unit.chalicelib.system import OWNER, System


async def test_a_retry_continues_from_the_finished_stages() -> None:
    system = System()

    async def refuse(_job_id: str, item: int, stage: str) -> None:
        if (item, stage) == (2, "backstory") and len(system.queue.sent) == 1:
            raise GenerationFailed("refused", "No.", retryable=False)

    system.generator.before_stage = refuse
    old = await system.submitted()
    await system.work(old.id)
    new = (await system.services.submission.retry(OWNER, old.id)).job
    assert (new.retry_of, new.root_id, new.attempt) == (old.id, old.id, 0)
    await system.work(new.id)
    assert (await system.job(new.id)).status is Status.COMPLETED
    assert system.generator.started[new.id, 2, "backstory"] == 1
    assert sum(count for (job_id, *_), count in system.generator.started.items() if job_id == new.id) == 1


async def test_a_job_with_missing_pieces_can_be_retried() -> None:
    system = System()
    system.generator.missing = [PieceWarning(2, "backstory", "truncated", "Cut short.", True)]
    old = await system.submitted()
    await system.work(old.id)
    assert (await system.services.submission.retry(OWNER, old.id)).job.retry_of == old.id


async def test_a_running_or_complete_job_cannot_be_retried() -> None:
    system = System()
    job = await system.submitted()
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, job.id)
    await system.work(job.id)
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, job.id)


async def test_another_owners_job_cannot_be_retried() -> None:
    system = System()
    job = await system.submitted()
    with pytest.raises(NotFound):
        await system.services.submission.retry("thief", job.id)


async def test_eight_retries_at_once_make_one_job() -> None:
    """Two clicks or two tabs, with different keys or none: the missing pieces are paid for once."""
    system = System(quota=Quota(max_unfinished=1))
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    retry = system.services.submission.retry
    accepted = await asyncio.gather(
        *(retry(OWNER, old.id, key) for key in (None, "a", None, "b", None, "a", "c", None))
    )
    assert len({each.job.id for each in accepted}) == 1
    assert sorted(each.is_replayed for each in accepted) == [False] + [True] * 7
    assert len(system.queue.sent) == 2


async def test_a_successful_retry_is_returned_instead_of_a_second_one() -> None:
    system = System()
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    new = (await system.services.submission.retry(OWNER, old.id)).job
    await system.work(new.id)
    again = await system.services.submission.retry(OWNER, old.id)
    assert (again.job.id, again.job.status, again.is_replayed) == (new.id, Status.COMPLETED, True)


async def test_a_retry_of_a_failed_retry_continues_from_the_newest_job() -> None:
    """The caller may name either job: the new one has the pieces of both."""
    system = System()
    retry = system.services.submission.retry
    first = await system.submitted()
    await system.services.reading.cancel(OWNER, first.id)
    second = (await retry(OWNER, first.id, "key")).job
    await system.services.reading.cancel(OWNER, second.id)
    third = await asyncio.gather(retry(OWNER, first.id), retry(OWNER, second.id))
    assert len({each.job.id for each in third} | {first.id, second.id}) == 3
    assert (third[0].job.retry_of, third[0].job.root_id) == (second.id, first.id)
    assert (await retry(OWNER, first.id, "key")).job.id == second.id


async def test_a_retry_that_could_not_be_queued_stays_and_recovery_queues_it() -> None:
    """An equal request may have returned it already."""
    system = System()
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    system.queue.down = True
    new = (await system.services.submission.retry(OWNER, old.id)).job
    system.queue.down = False
    await asyncio.sleep(system.timing.resend_after_s + 1)
    await system.services.recovery.sweep()
    assert system.queue.sent[-1] == (new.id, 0)


async def test_a_very_long_chain_of_retries_is_refused() -> None:
    system = System()
    first = job = await system.submitted()
    for _ in range(100):
        await system.services.reading.cancel(OWNER, job.id)
        job = (await system.services.submission.retry(OWNER, job.id)).job
    await system.services.reading.cancel(OWNER, job.id)
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, first.id)
    assert (await system.services.submission.retry(OWNER, job.id)).job.retry_of == job.id
