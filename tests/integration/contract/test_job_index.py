"""The contract of `port.JobIndex`."""

import uuid
from dataclasses import replace

import pytest

from chalicelib.domain import change
from chalicelib.domain.error import UnknownCursor
from chalicelib.domain.job import JobHead
from chalicelib.domain.lifecycle import Status
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from tests.clock import FakeClock
from tests.integration.contract.stored_job import TIMING, TOKEN, claimed, created, in_status


async def unfinished(index: JobIndex) -> list[str]:
    return [job_id async for page in index.list_unfinished() for job_id in page]


@pytest.mark.parametrize("status", list(Status))
async def test_unfinished_jobs_are_listed_until_they_are_removed(
    jobs: JobStore, index: JobIndex, status: Status
) -> None:
    """Even jobs that have ended: they are not archived yet."""
    job = await in_status(jobs, status)
    assert await unfinished(index) == [job.id]
    assert await index.is_unfinished(job.id)
    assert await index.remove_unfinished(job.id)
    assert await unfinished(index) == []
    assert not await index.is_unfinished(job.id)
    assert not await index.remove_unfinished(job.id)


async def test_jobs_that_have_expired_are_still_listed(jobs: JobStore, index: JobIndex, clock: FakeClock) -> None:
    """So that recovery notices a job that expired before it was archived."""
    expired = await created(jobs)
    clock.advance(TIMING.job_ttl_s + 60)
    young = await created(jobs)
    assert await unfinished(index) == [expired.id, young.id]


async def test_unfinished_jobs_are_listed_oldest_first(jobs: JobStore, index: JobIndex, clock: FakeClock) -> None:
    ids = []
    for _ in range(3):
        ids.append((await created(jobs)).id)
        clock.advance(1)
    assert await unfinished(index) == ids


async def test_jobs_younger_than_the_minimum_age_are_left_out(
    jobs: JobStore, index: JobIndex, clock: FakeClock
) -> None:
    old = await created(jobs)
    clock.advance(15)
    await created(jobs)
    listed = [job_id async for page in index.list_unfinished(min_age_s=15) for job_id in page]
    assert listed == [old.id]


async def test_more_unfinished_jobs_than_one_page_are_all_listed(jobs: JobStore, index: JobIndex) -> None:
    ids = {(await created(jobs)).id for _ in range(120)}
    assert set(await unfinished(index)) == ids


async def test_an_entry_is_removed_only_if_it_has_the_minimum_age(
    jobs: JobStore, index: JobIndex, clock: FakeClock
) -> None:
    """A job is listed a moment before it is created. That entry must stay."""
    job = await created(jobs)
    clock.advance(59)
    assert not await index.remove_unfinished(job.id, min_age_s=60)
    assert await unfinished(index) == [job.id]
    clock.advance(2)
    assert await index.remove_unfinished(job.id, min_age_s=60)
    assert not await index.remove_unfinished(job.id, min_age_s=60)
    assert await unfinished(index) == []


async def test_an_owners_jobs_are_listed_newest_first(jobs: JobStore, index: JobIndex, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    ids = []
    for _ in range(5):
        ids.append((await created(jobs, owner=owner)).id)
        clock.advance(1)
    await created(jobs, owner="somebody-else")
    assert [head.id async for head in index.list_heads(owner)] == ids[::-1]
    assert [head.id async for head in index.list_heads(owner, after=ids[2])] == [ids[1], ids[0]]


async def test_a_list_cannot_start_after_another_owners_job(jobs: JobStore, index: JobIndex) -> None:
    theirs = await created(jobs, owner=str(uuid.uuid4()))
    with pytest.raises(UnknownCursor):
        await anext(index.list_heads(str(uuid.uuid4()), after=theirs.id))


async def test_the_lists_of_an_owner_without_jobs_are_empty(index: JobIndex) -> None:
    assert [head async for head in index.list_heads(str(uuid.uuid4()))] == []
    assert await index.read_heads([]) == []
    assert await index.read_rows([]) == []


async def test_a_head_has_the_fields_that_lists_filter_by(jobs: JobStore, index: JobIndex, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    waiting = await created(jobs, owner=owner)
    clock.advance(1)
    (head,) = [head async for head in index.list_heads(owner)]
    assert head == JobHead(waiting.id, Status.PENDING, waiting.type, 0)
    job = await claimed(jobs, owner=owner)
    await jobs.apply(job.id, change.complete(TOKEN, [{"name": "Zo\u00eb"}], ()))
    newest, _ = [head async for head in index.list_heads(owner)]
    assert newest == JobHead(job.id, Status.COMPLETED, job.type, len('[{"name":"Zo\u00eb"}]'.encode()))


async def test_heads_and_rows_keep_the_given_order_and_skip_unknown_ids(jobs: JobStore, index: JobIndex) -> None:
    ids = [(await created(jobs)).id for _ in range(3)]
    asked = [ids[2], "nothing", ids[0]]
    assert [head.id for head in await index.read_heads(asked)] == [ids[2], ids[0]]
    assert [row.id for row in await index.read_rows(asked)] == [ids[2], ids[0]]


async def test_a_row_is_a_job_without_its_payload(jobs: JobStore, index: JobIndex) -> None:
    job = await claimed(jobs)
    done = await jobs.apply(job.id, change.complete(TOKEN, [{"name": "Zo\u00eb"}], ()))
    (row,) = await index.read_rows([job.id])
    assert row == replace(done, payload={}, observed_at=row.observed_at)
    assert done.payload


async def test_the_jobs_that_dead_letters_ended_are_listed_newest_first(index: JobIndex, clock: FakeClock) -> None:
    noted = [str(uuid.uuid4()) for _ in range(3)]
    for job_id in [*noted, noted[0]]:
        await index.note_dead(job_id)
        clock.advance(1)
    found = [job_id for job_id in await index.list_dead(100) if job_id in noted]
    assert found == noted[::-1]
    assert len(await index.list_dead(2)) == 2
