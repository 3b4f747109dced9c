"""The worker is killed at each of its awaits in turn. The next reader sees a legal job, and the job completes."""

import asyncio

import pytest

from chalicelib.domain.document import Author, Search, Shelf
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import TERMINAL, Status
from chalicelib.domain.record_list import RecordFilter
from foundation.json_value import as_object
from tests.simulation.dying import dying
from tests.unit.chalicelib.kept import PIECE_ID, piece
from tests.unit.chalicelib.system import OWNER, System, message

#: More gates than a job of one piece passes. The last points come after its end.
POINTS = 80


async def _worker_killed_at(system: System, point: int, job: Job) -> bool:
    """Run a worker that dies at its `point`-th gate. Return False if it ended before that."""
    services, process = dying(system, point)
    working = asyncio.create_task(services.worker.work([message(job.id)]))
    try:
        await working
    except BaseException as death:
        # A task group may wrap the exception. Either way, the process is gone.
        if process.alive:
            raise death from None
    return not process.alive


async def _recovered(system: System, job: Job) -> None:
    """Do what the schedule and the queue do afterwards."""
    for _ in range(10):
        await asyncio.sleep(10)
        await system.services.recovery.sweep()
        await system.work(*{job_id for job_id, _ in system.queue.sent[1:]})
        if (await system.job(job.id)).is_final and not await system.unfinished():
            return


@pytest.mark.parametrize("point", range(1, POINTS + 1))
@pytest.mark.parametrize("type_name", ["generate_characters", "create_world"])
async def test_a_worker_killed_at_any_await_leaves_a_legal_job_that_completes(type_name: str, point: int) -> None:
    system = System()
    payload: dict[str, object] = {"user_id": "1"} if type_name == "create_world" else {"count": 1}
    job = await system.submitted(type_name, **payload)
    died = await _worker_killed_at(system, point, job)
    view, _ = await system.services.reading.job(OWNER, job.id)
    assert view.job.status in {Status.PENDING, Status.PROCESSING, Status.COMPLETED}
    assert (view.job.result is not None) is (view.job.status is Status.COMPLETED)
    assert died or view.job.status in TERMINAL
    await _recovered(system, job)
    done = await system.job(job.id)
    assert done.status is Status.COMPLETED
    assert done.attempt <= 2
    worlds, _ = await system.documents.page(OWNER, Search(shelf=Shelf.WORLDS), 10)
    assert len(worlds) == (type_name == "create_world")
    paid_twice = [count for count in system.generator.started.values() if count > 1]
    assert len(paid_twice) <= 2, "only the stage in progress and the one on its way to the store may be paid for again"


@pytest.mark.parametrize("point", range(1, POINTS + 1))
async def test_a_worker_killed_at_any_await_leaves_each_piece_and_record_once(point: int) -> None:
    """Even between the end of the job, its pieces, its record, and the list of unfinished jobs."""
    system = System()
    job = await system.submitted(count=1)
    await _worker_killed_at(system, point, job)
    await _recovered(system, job)
    assert await system.unfinished() == []
    kept, _ = await system.documents.page(OWNER, Search(shelf=Shelf.PIECES), 10)
    records, _ = await system.history.page(OWNER, RecordFilter(), 10)
    assert [piece.name for piece in kept] == ["name 0"]
    assert [(record.id, record.status, list(record.made)) for record in records] == [
        (job.id, Status.COMPLETED, [kept[0].id])
    ]


@pytest.mark.parametrize("point", range(1, POINTS + 1))
async def test_a_worker_killed_at_any_await_leaves_a_rewritten_piece_with_one_new_version(point: int) -> None:
    """Between the write of the version and the end of the job. Somebody edits the piece before the next attempt."""
    system = System()
    await system.documents.add(piece())
    job = await system.submitted("rewrite_piece", piece_id=PIECE_ID, fields=["appearance"])
    await _worker_killed_at(system, point, job)
    found = await system.documents.read(Shelf.PIECES, OWNER, PIECE_ID)
    assert found is not None
    await system.documents.replace(found, found.with_content({**found.content, "name": "Ada"}, Author(), at=9))
    await _recovered(system, job)
    now = await system.documents.read(Shelf.PIECES, OWNER, PIECE_ID)
    assert now is not None
    versions = [now, *await system.documents.versions(now)]
    assert [version.author.root_id for version in versions].count(job.id) == 1
    assert (now.content["name"], as_object(now.content["details"])["appearance"]) == ("Ada", "new appearance")
    assert await system.documents.count(OWNER, Shelf.PIECES, at_most=10) == 1
    records, _ = await system.history.page(OWNER, RecordFilter(), 10)
    assert [(record.id, list(record.made)) for record in records] == [(job.id, [PIECE_ID])]


async def test_the_crash_points_cover_every_await_of_the_worker() -> None:
    system = System()
    job = await system.submitted(count=1)
    assert not await _worker_killed_at(system, POINTS, job)
