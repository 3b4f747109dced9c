"""One job, from its message to its end."""

import asyncio

import pytest

from chalicelib.domain import change
from chalicelib.domain.document import Shelf
from chalicelib.domain.job import PieceWarning
from chalicelib.domain.lifecycle import Status
from foundation.json_value import as_object
from tests.unit.chalicelib.system import System, message


async def test_a_job_goes_from_pending_to_completed_through_every_stage() -> None:
    system = System()
    job = await system.submitted(count=2)
    assert await system.work(job.id) == []
    done = await system.job(job.id)
    events = await system.jobs.events(job.id, 0)
    assert done.status is Status.COMPLETED
    assert isinstance(done.result, list)
    assert [piece["name"] for piece in done.result] == ["name 0", "name 1"]
    assert [(e.progress, e.message) for e in events] == [
        (0, "Preparing your request..."),
        (0, "Preparing your request..."),
        (20, "Generating characters..."),
        (31, "Generated names..."),
        (43, "Generated names..."),
        (55, "Generated appearances..."),
        (66, "Generated appearances..."),
        (78, "Generated backstories..."),
        (90, "Generated backstories..."),
        *[(90, f"Generated {stage}...") for stage in ("traits", "skills", "stats")] * 2,
        (90, "Finalizing characters..."),
        (100, "Job completed successfully"),
    ]
    assert done.usage.llm_calls == 6


async def test_a_second_delivery_of_a_finished_job_does_nothing() -> None:
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    done = await system.job(job.id)
    assert await system.work(job.id) == []
    assert (await system.job(job.id)).revision == done.revision
    assert set(system.generator.started.values()) == {1}


async def test_two_deliveries_in_one_batch_run_the_job_once() -> None:
    system = System()
    job = await system.submitted()
    assert await system.work(job.id, job.id) == []
    assert (await system.job(job.id)).attempt == 1
    assert set(system.generator.started.values()) == {1}


async def test_the_message_of_a_deleted_job_is_deleted() -> None:
    assert await System().work("7b1c2f60-0000-4000-8000-000000000000") == []


async def test_the_jobs_of_a_batch_run_side_by_side() -> None:
    system = System()
    jobs = [await system.submitted(count=1) for _ in range(10)]
    started_at = asyncio.get_running_loop().time()
    await system.work(*(job.id for job in jobs))
    elapsed_s = asyncio.get_running_loop().time() - started_at
    assert {(await system.job(job.id)).status for job in jobs} == {Status.COMPLETED}
    assert elapsed_s == pytest.approx(3, abs=0.5)


async def test_an_invalid_message_goes_back_and_does_not_affect_the_others() -> None:
    system = System()
    job = await system.submitted()
    poison = message(job.id).__class__(id="poison", body="{}")
    assert await system.services.worker.work([poison, message(job.id)]) == ["poison"]
    assert (await system.job(job.id)).status is Status.COMPLETED


async def test_cancel_stops_the_generator_within_a_second() -> None:
    system = System()

    async def hang_at_the_end(_job_id: str, _item: int, stage: str) -> None:
        await asyncio.sleep(0 if stage == "name" else 10_000)

    system.generator.before_stage = hang_at_the_end
    job = await system.submitted()
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(3.5)
    assert system.generator.under_way > 0
    await system.services.reading.cancel("anonymous", job.id)
    await asyncio.sleep(1)
    assert system.generator.under_way == 0
    assert await working == []
    started = sum(system.generator.started.values())
    await asyncio.sleep(60)
    assert sum(system.generator.started.values()) == started
    assert (await system.job(job.id)).status is Status.CANCELLED


async def test_a_worker_that_lost_its_lease_stops_and_changes_nothing() -> None:
    system = System()
    job = await system.submitted()
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(2.1)
    taken = await system.jobs.apply(job.id, change.claim(await system.job(job.id), "successor", system.timing))
    assert await working == []
    assert (await system.job(job.id)).revision == taken.revision
    assert system.generator.under_way == 0


async def test_warnings_name_the_missing_pieces() -> None:
    system = System()
    missing = PieceWarning(2, "backstory", "refused", "The writer refused.", False)
    system.generator.missing = [missing]
    job = await system.submitted()
    await system.work(job.id)
    done = await system.job(job.id)
    assert done.status is Status.COMPLETED
    assert list(done.warnings) == [missing]


async def test_a_world_is_saved_once_and_is_the_result() -> None:
    system = System()
    job = await system.submitted("create_world", user_id="42")
    await system.work(job.id)
    done = await system.job(job.id)
    result = as_object(done.result)
    world = await system.documents.read(Shelf.WORLDS, "anonymous", str(result["world_id"]))
    assert world is not None
    assert (world.name, world.facts["user_id"], world.content["story"]) == ("Low Tarn", "42", "One.\n\nTwo.")
    assert result["quest"] == world.content["quest"]


async def test_a_world_that_cannot_be_saved_fails_the_job_and_a_retry_pays_nothing() -> None:
    system = System()
    system.documents.down = True
    job = await system.submitted("create_world", user_id="42")
    for _ in range(3):
        await system.work(job.id)
        await asyncio.sleep(system.timing.backoff_cap_s)
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "not_saved", True)
    system.documents.down = False
    again = (await system.services.submission.retry("anonymous", job.id)).job
    await system.work(again.id)
    done = await system.job(again.id)
    assert done.status is Status.COMPLETED
    assert set(system.generator.started.values()) == {1}
    assert done.usage.llm_calls == 0
