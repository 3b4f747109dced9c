"""What is kept of a job when it has ended: its finished pieces in the library, and its record in the history."""

import asyncio

import pytest

from chalicelib.domain import change
from chalicelib.domain.document import Author, Document, Search, Shelf
from chalicelib.domain.error import GenerationFailed, LibraryUnavailable
from chalicelib.domain.job import PieceWarning
from chalicelib.domain.lifecycle import Action, Status
from chalicelib.domain.price import Price
from chalicelib.domain.record import JobRecord
from chalicelib.domain.record_list import RecordFilter
from tests.fake.generator import MODEL
from tests.unit.chalicelib.system import OWNER, System


async def kept(system: System) -> list[Document]:
    """The owner's pieces, by name."""
    pieces, _ = await system.documents.page(OWNER, Search(shelf=Shelf.PIECES), 100)
    return sorted(pieces, key=lambda piece: piece.name)


async def recorded(system: System) -> list[JobRecord]:
    records, _ = await system.history.page(OWNER, RecordFilter(), 100)
    return records


async def swept(system: System) -> None:
    """Make the next sweep check every job."""
    await asyncio.sleep(system.timing.never_stuck_s)
    await system.services.recovery.sweep()


async def test_a_completed_job_leaves_its_pieces_and_one_record() -> None:
    system = System(price=Price(prompt=1.0, completion=10.0))
    job = await system.submitted(count=2, theme="noir", premise="x" * 1000)
    await system.work(job.id)
    done = await system.job(job.id)
    first, second = await kept(system)
    assert first.content == {
        "name": "name 0",
        "description": "backstory 0",
        "language": "en",
        "details": (await system.view(job.id)).pieces[0]["details"],
    }
    assert (first.facts, first.marks) == ({"kind": "character"}, {"tags": [], "favourite": False, "canon": False})
    assert first.origin == first.author == Author(job_id=job.id, root_id=job.id, model=MODEL, prompt_version=1)
    (record,) = await recorded(system)
    assert (record.id, record.status, record.attempts, record.model) == (job.id, Status.COMPLETED, 1, MODEL)
    assert (list(record.made), list(record.names)) == ([first.id, second.id], ["name 0", "name 1"])
    assert record.usage == done.usage
    assert record.cost_usd == pytest.approx(6 * (100 * 1.0 + 10 * 10.0) / 1_000_000)
    assert (record.created_at, record.ended_at) == (done.created_at, done.completed_at)
    assert record.summary == {"theme": "noir", "count": 2, "premise": "x" * 200}
    assert await system.unfinished() == []


async def test_a_created_world_is_what_the_record_names() -> None:
    system = System()
    lore = {"setting": {"name": "Low Tarn", "description": "A drowned town.", "details": {"name": "not a piece"}}}
    job = await system.submitted("create_world", user_id="42", selectedLore=lore)
    await system.work(job.id)
    (record,) = await recorded(system)
    result = (await system.job(job.id)).result
    assert isinstance(result, dict)
    assert (list(record.made), list(record.names)) == ([result["world_id"]], ["Low Tarn"])
    assert record.summary == {"theme": "fantasy", "context": ["Low Tarn"]}
    assert await kept(system) == []


async def test_a_failed_job_leaves_the_pieces_that_it_has_finished() -> None:
    system = System()

    async def fail(_job_id: str, item: int, stage: str) -> None:
        if (item, stage) == (1, "history"):
            raise GenerationFailed("refused", "No.", retryable=False)

    system.generator.before_stage = fail
    job = await system.submitted("generate_relics", count=3)
    await system.work(job.id)
    (record,) = await recorded(system)
    assert (record.status, record.error_code) == (Status.FAILED, "refused")
    assert [piece.name for piece in await kept(system)] == list(record.names) == ["name 0"]


async def test_a_cancelled_job_is_archived_by_its_worker() -> None:
    """The caller cancelled it in the API, which does not wait for the library."""
    system = System()
    job = await system.submitted("generate_relics", count=1)
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(1.5)
    await system.services.reading.cancel(OWNER, job.id)
    assert await system.unfinished() == [job.id]
    await working
    (record,) = await recorded(system)
    assert (record.status, list(record.made)) == (Status.CANCELLED, [])
    assert await system.unfinished() == []


async def test_a_job_that_is_cancelled_before_it_starts_is_archived_when_its_message_arrives() -> None:
    system = System()
    job = await system.submitted()
    await system.services.reading.cancel(OWNER, job.id)
    assert await system.work(job.id) == []
    assert [record.status for record in await recorded(system)] == [Status.CANCELLED]
    assert await system.unfinished() == []


async def test_a_cancel_that_comes_just_before_the_end_is_archived_too() -> None:
    """The worker's own end of the job is refused. From the refusal it learns how the job has ended."""
    system = System()
    job = await system.submitted("generate_relics", count=1)
    complete = system.jobs.apply

    async def too_late(job_id: str, wanted: change.Change) -> object:
        if wanted.action is Action.COMPLETE:
            await complete(job_id, change.cancel())
        return await complete(job_id, wanted)

    system.jobs.apply = too_late  # type: ignore[method-assign, assignment]
    assert await system.work(job.id) == []
    assert [(record.status, list(record.names)) for record in await recorded(system)] == [
        (Status.CANCELLED, ["name 0"])
    ]


async def test_a_job_that_recovery_ends_is_archived_by_the_next_sweep() -> None:
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.max_pending_s + 1)
    await system.services.recovery.sweep()
    await system.services.recovery.sweep()
    assert [(record.id, record.error_code) for record in await recorded(system)] == [(job.id, "timeout")]
    assert await system.unfinished() == []


async def test_a_retry_keeps_what_is_new_and_leaves_the_rest_as_it_is() -> None:
    """The pieces of a job and its retry have the same ids. Someone may have edited them in the meantime."""
    system = System()
    system.generator.missing = [PieceWarning(1, "history", "refused", "No.", retryable=True)]
    first = await system.submitted("generate_relics", count=1)
    await system.work(first.id)
    (before,) = await kept(system)
    edited = before.with_content(dict(before.content) | {"name": "Mine"}, Author(), before.updated_at)
    await system.documents.replace(before, edited)
    again = (await system.services.submission.retry(OWNER, first.id)).job
    await asyncio.sleep(1)
    await system.work(again.id)
    assert await kept(system) == [edited]
    newest, oldest = await recorded(system)
    assert (newest.id, newest.retry_of, oldest.id) == (again.id, first.id, first.id)
    assert newest.made == oldest.made
    assert newest.model == MODEL


async def test_a_library_that_is_down_neither_delays_nor_fails_the_job() -> None:
    system = System()
    system.documents.down = True
    job = await system.submitted("generate_relics", count=1)
    assert await system.work(job.id) == []
    assert (await system.job(job.id)).status is Status.COMPLETED
    assert (await recorded(system), await system.unfinished()) == ([], [job.id])
    await swept(system)
    system.documents.down = False
    await swept(system)
    assert [piece.name for piece in await kept(system)] == ["name 0"]
    assert [record.id for record in await recorded(system)] == [job.id]
    assert await system.unfinished() == []


async def test_a_library_that_does_not_answer_holds_up_the_message_for_seconds_only() -> None:
    system = System()

    async def hang(*_: object) -> bool:
        await asyncio.sleep(10_000)
        raise LibraryUnavailable

    add = system.history.add
    system.history.add = hang  # type: ignore[method-assign, assignment]
    job = await system.submitted("generate_relics", count=1)
    started_at = asyncio.get_running_loop().time()
    assert await system.work(job.id) == []
    assert asyncio.get_running_loop().time() - started_at < 20
    system.history.add = add  # type: ignore[method-assign]
    await swept(system)
    assert len(await kept(system)) == 1


async def test_the_quotas_are_settled_before_the_job_is_archived() -> None:
    """An owner's next job must not wait for the library."""
    system = System()
    system.documents.down = system.history.down = True
    job = await system.submitted()
    await system.work(job.id)
    assert await system.quotas.unfinished_ages(OWNER) == {}
    assert (await system.quotas.reserved_ages()) == {}


async def test_a_second_delivery_does_not_bring_back_what_its_owner_has_deleted_for_good() -> None:
    system = System()
    job = await system.submitted("generate_relics", count=1)
    await system.work(job.id)
    (piece,) = await kept(system)
    await system.documents.replace(piece, piece.moved(piece.updated_at, piece.updated_at))
    await system.documents.empty_trash(OWNER)
    await system.work(job.id)
    assert await kept(system) == []


async def ended_with_a_quota_that_was_not_settled(system: System) -> str:
    """The store failed just as the job ended, and the library is down."""
    system.documents.down = True
    job = await system.submitted("generate_relics", count=1)
    await system.work(job.id)
    system.server.counted[OWNER][job.id] = 0
    return job.id


async def test_a_job_is_settled_again_when_it_is_archived() -> None:
    """Once the job is off the list, nothing else would settle it."""
    system = System()
    job_id = await ended_with_a_quota_that_was_not_settled(system)
    system.documents.down = False
    await system.work(job_id)
    assert await system.quotas.unfinished_ages(OWNER) == {}


async def test_a_sweep_settles_a_job_even_if_the_library_is_down() -> None:
    system = System()
    job_id = await ended_with_a_quota_that_was_not_settled(system)
    await swept(system)
    assert await system.quotas.unfinished_ages(OWNER) == {}
    assert await system.unfinished() == [job_id]
