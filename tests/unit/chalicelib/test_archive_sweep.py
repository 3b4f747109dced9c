"""What recovery archives, and jobs that are lost before they could be archived."""

import asyncio
from collections.abc import Sequence

import pytest

from chalicelib.domain.document import Document
from chalicelib.domain.error import LibraryUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record import JobRecord
from tests.unit.chalicelib.system import System, message
from tests.unit.chalicelib.test_archive import recorded, swept


async def test_a_sweep_that_finds_the_library_down_still_recovers_every_job() -> None:
    """It tries to archive a few jobs, and only after it has checked all of them."""
    system = System()
    system.documents.down = True
    for _ in range(20):
        await system.work((await system.submitted("generate_relics", count=1)).id)
    lost = await system.submitted()
    asked: list[JobRecord] = []
    add = system.history.add

    async def count(record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        asked.append(record)
        return await add(record, pieces)

    system.history.add = count  # type: ignore[method-assign]
    await asyncio.sleep(system.timing.resend_after_s + 1)
    assert await system.services.recovery.sweep() == 1
    assert system.queue.sent[-1:] == [(lost.id, 0)]
    assert 0 < len(asked) < 20


@pytest.mark.parametrize("refused_count", [1, 9])
async def test_old_jobs_that_the_library_always_refuses_do_not_hold_up_the_others(refused_count: int) -> None:
    """A piece may be too large for the library, for example. To the caller, that looks like an outage."""
    system = System()
    system.documents.down = True
    jobs = [await system.submitted("generate_relics", count=1) for _ in range(14)]
    await system.work(*(job.id for job in jobs))
    system.documents.down = False
    refused = {job.id for job in jobs[:refused_count]}
    add = system.history.add

    async def refuse(record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        if record.id in refused:
            raise LibraryUnavailable
        return await add(record, pieces)

    system.history.add = refuse  # type: ignore[method-assign]
    await swept(system)
    assert set(await system.unfinished()) == refused


async def test_a_sweep_archives_for_a_bounded_time() -> None:
    system = System()
    system.documents.down = True
    for _ in range(100):
        await system.work((await system.submitted("generate_relics", count=1)).id)
    system.documents.down = False
    add = system.history.add

    async def slowly(record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        await asyncio.sleep(2)
        return await add(record, pieces)

    system.history.add = slowly  # type: ignore[method-assign]
    await asyncio.sleep(system.timing.never_stuck_s)
    started_at = asyncio.get_running_loop().time()
    await system.services.recovery.sweep()
    assert asyncio.get_running_loop().time() - started_at < 30
    left = len(await system.unfinished())
    assert 0 < left < 100
    await system.services.recovery.sweep()
    assert len(await system.unfinished()) < left


async def test_a_sweep_archives_however_many_jobs_have_ended() -> None:
    """Recovery has one minute, and settles the quotas of all jobs first."""
    system = System()
    system.documents.down = True
    for _ in range(100):
        await system.work((await system.submitted("generate_relics", count=1)).id)
    system.documents.down = False
    settle = system.database.quotas.settle

    async def slowly(*jobs: Job) -> None:
        await asyncio.sleep(1)
        await settle(*jobs)

    await asyncio.sleep(system.timing.never_stuck_s)
    system.database.quotas.settle = slowly  # type: ignore[method-assign]
    async with asyncio.timeout(60):
        await system.services.recovery.sweep()
    assert len(await system.unfinished()) < 100


async def test_a_job_that_cannot_be_archived_does_not_hold_up_the_others() -> None:
    system = System()
    system.documents.down = True
    broken, other = [await system.submitted("generate_relics", count=1) for _ in range(2)]
    await system.work(broken.id, other.id)
    system.documents.down = False
    del system.server.records[broken.id].pieces[0]["details"]
    await swept(system)
    assert [record.id for record in await recorded(system)] == [other.id]
    assert await system.unfinished() == [broken.id]


@pytest.mark.parametrize("dead", [False, True])
async def test_a_job_that_the_store_has_lost_is_recorded_as_failed(dead: bool) -> None:
    system = System()
    job = await system.submitted()
    del system.server.records[job.id]
    worker = system.services.worker
    assert await (worker.fail_dead_letters if dead else worker.work)([message(job.id)]) == []
    (record,) = await recorded(system)
    assert (record.id, record.type, record.status, record.error_code) == (job.id, job.type, Status.FAILED, "job_lost")
    assert record.ended_at > 0


@pytest.mark.parametrize("dead", [False, True])
async def test_a_message_about_a_lost_job_comes_back_until_the_job_can_be_recorded(dead: bool) -> None:
    system = System()
    system.history.down = True
    lost = message("7b1c2f60-0000-4000-8000-000000000000")
    worker = system.services.worker
    handle = worker.fail_dead_letters if dead else worker.work
    assert await handle([lost]) == [lost.id]
    system.history.down = False
    assert await handle([lost]) == []
    assert len(await recorded(system)) == 1


async def test_a_late_copy_of_a_message_does_not_change_the_record() -> None:
    """The job has expired by then, as every job does."""
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    before = await recorded(system)
    await asyncio.sleep(system.timing.job_ttl_s + 1)
    assert await system.work(job.id) == []
    assert await recorded(system) == before
