"""What a job has rewritten becomes the next version of the piece or world, once, whatever has happened to it since."""

import asyncio
from typing import Any

import pytest

from chalicelib.domain.document import Author, Document, Shelf
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record_list import RecordFilter
from chalicelib.service.rewriting import Rewriting
from tests.fake.generator import MODEL
from tests.unit.chalicelib.kept import LOW_TARN, OSK, PIECE_ID, WORLD_ID, piece, world
from tests.unit.chalicelib.system import OWNER, System
from tests.virtual_time import now_ms, now_s


async def submitted(*fields: str) -> tuple[System, Job]:
    system = System()
    await system.documents.add(piece())
    await system.documents.add(world())
    return system, await system.submitted("rewrite_piece", piece_id=PIECE_ID, fields=list(fields))


async def kept(system: System, shelf: Shelf = Shelf.PIECES) -> Document:
    found = await system.documents.read(shelf, OWNER, PIECE_ID if shelf is Shelf.PIECES else WORLD_ID)
    assert found is not None
    return found


async def test_the_new_fields_become_a_version_whose_author_is_the_job() -> None:
    system, job = await submitted("description", "appearance")
    await system.work(job.id)
    now, done = await kept(system), await system.job(job.id)
    details: Any = OSK["details"]
    expected = {**OSK, "description": "new description", "details": {**details, "appearance": "new appearance"}}
    assert (done.status, now.version, now.content) == (Status.COMPLETED, 2, expected)
    assert now.author == Author(job_id=job.id, root_id=job.id, model=MODEL, prompt_version=1)
    assert (now.origin, now.edited) == (Author(), False)
    assert [version.content for version in await system.documents.versions(now)] == [OSK]
    assert done.result == {"piece": {"id": PIECE_ID, "version": 2, "kind": "character", **expected}}


async def test_the_history_says_what_was_rewritten_and_no_new_piece_is_kept() -> None:
    system, job = await submitted("appearance")
    await system.work(job.id)
    (record,), _ = await system.history.page(OWNER, RecordFilter(), 10)
    assert (record.made, record.names) == ([PIECE_ID], ["Osk Venn"])
    assert {name: record.summary[name] for name in ("piece", "fields")} == {
        "piece": "Osk Venn",
        "fields": ["appearance"],
    }
    assert await system.documents.count(OWNER, Shelf.PIECES, at_most=10) == 1


async def test_a_part_of_a_world_is_rewritten() -> None:
    system, _ = await submitted("name")
    job = await system.submitted("rewrite_world", world_id=WORLD_ID, fields=["quest"])
    await system.work(job.id)
    now, done = await kept(system, Shelf.WORLDS), await system.job(job.id)
    quest = {"title": "new title", "description": "new description"}
    assert (now.version, now.content, now.author.job_id) == (2, {**LOW_TARN, "quest": quest}, job.id)
    shown = {name: LOW_TARN[name] for name in ("title", "story", "language")}
    assert done.result == {"world": {"id": WORLD_ID, "version": 2, **shown, "quest": quest}}


async def test_only_the_stages_of_the_fields_are_written() -> None:
    system, job = await submitted("flaw", "skills")
    await system.work(job.id)
    assert {stage for _, _, stage in system.generator.started} == {"traits", "skills"}


async def test_what_was_changed_while_the_job_ran_is_kept() -> None:
    system, job = await submitted("appearance")
    edited = piece().with_content({**OSK, "name": "Ada"}, Author(), at=2).with_marks({"tags": ["act one"]}, at=3)
    await system.documents.replace(piece(), edited)
    await system.work(job.id)
    now = await kept(system)
    assert (now.content["name"], now.marks, now.edited) == ("Ada", {"tags": ["act one"]}, True)
    assert now.content["details"]["appearance"] == "new appearance"  # type: ignore[call-overload, index]


async def test_a_change_at_the_same_moment_is_not_overwritten() -> None:
    """Between the read and the write of the delivery."""
    system, job = await submitted("appearance")
    replace = system.documents.replace

    async def replaced(old: Document, new: Document) -> None:
        system.documents.replace = replace  # type: ignore[method-assign]
        await replace(old, old.with_marks({"favourite": True}, at=2))
        await replace(old, new)

    system.documents.replace = replaced  # type: ignore[method-assign]
    await system.work(job.id)
    now = await kept(system)
    assert (now.version, now.marks, now.author.job_id) == (3, {"favourite": True}, job.id)


async def test_a_second_attempt_does_not_add_a_second_version() -> None:
    """The worker died after it had delivered, and before it had ended the job."""
    system, job = await submitted("appearance")
    await system.work(job.id)
    delivered = await kept(system)
    edited = delivered.with_content({**delivered.content, "name": "Ada"}, Author(), at=9)
    await system.documents.replace(delivered, edited)
    rewriting = Rewriting(system.documents, now_s)
    again = await rewriting.deliver_piece(await system.job(job.id), [{"name": "x", "description": "y", "details": {}}])
    assert await kept(system) == edited
    assert again == (await system.job(job.id)).result


async def test_a_piece_in_the_trash_gets_the_version_and_stays_there() -> None:
    system, job = await submitted("appearance")
    deleted_at = now_ms()
    await system.documents.replace(piece(), piece().moved(deleted_at=deleted_at, at=deleted_at))
    await system.work(job.id)
    now = await kept(system)
    assert (now.deleted_at, now.author.job_id) == (deleted_at, job.id)


async def test_a_piece_that_was_deleted_for_good_fails_the_job_for_good() -> None:
    system, job = await submitted("appearance")
    await system.documents.replace(piece(), piece().moved(deleted_at=now_ms(), at=now_ms()))
    await system.documents.empty_trash(OWNER)
    await system.work(job.id)
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "document_gone", False)
    assert failed.attempt == 1


async def test_a_rewrite_that_cannot_be_saved_is_tried_again_and_not_paid_for_again() -> None:
    system, job = await submitted("appearance")
    system.documents.down = True
    for _ in range(3):
        await system.work(job.id)
        await asyncio.sleep(system.timing.backoff_cap_s)
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "not_saved", True)
    system.documents.down = False
    again = (await system.services.submission.retry(OWNER, job.id)).job
    await system.work(again.id)
    assert (await system.job(again.id)).status is Status.COMPLETED
    assert set(system.generator.started.values()) == {1}
    assert (await kept(system)).author.root_id == job.id


async def test_a_failed_rewrite_changes_nothing() -> None:
    system, job = await submitted("appearance")

    async def refused(*_: object) -> None:
        raise GenerationFailed("refused")

    system.generator.before_stage = refused
    await system.work(job.id)
    assert (await system.job(job.id)).error_code == "refused"
    assert await kept(system) == piece()


@pytest.mark.parametrize("field", ["title", "story", "quest"])
async def test_each_part_of_a_world_can_be_rewritten(field: str) -> None:
    system, _ = await submitted("name")
    job = await system.submitted("rewrite_world", world_id=WORLD_ID, fields=[field])
    await system.work(job.id)
    content = (await kept(system, Shelf.WORLDS)).content
    assert {name for name in LOW_TARN if content[name] != LOW_TARN[name]} == {field}
