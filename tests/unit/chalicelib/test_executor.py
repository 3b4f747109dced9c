"""One job, from its message to its end."""

import asyncio
from contextlib import suppress

import pytest

from chalicelib.domain import change
from chalicelib.domain.change import Change
from chalicelib.domain.error import GenerationFailed, StoreUnavailable
from chalicelib.domain.job import Job, PieceWarning, Usage
from chalicelib.domain.lifecycle import Action, Status
from chalicelib.domain.quota import Quota
from chalicelib.domain.timing import Timing
from tests import virtual_time
from tests.unit.chalicelib.system import OWNER, System, message


def test_a_job_goes_from_pending_to_completed_through_every_stage() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted(count=2)
        assert await system.work(job.id) == []
        done = await system.job(job.id)
        events = await system.store.events(job.id, 0)
        assert done.status is Status.COMPLETED
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
            (90, "Finalizing characters..."),
            (100, "Job completed successfully"),
        ]
        assert done.usage.llm_calls == 6

    virtual_time.run(scenario())


def test_a_second_delivery_of_a_finished_job_does_nothing() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        await system.work(job.id)
        done = await system.job(job.id)
        assert await system.work(job.id) == []
        assert (await system.job(job.id)).revision == done.revision
        assert set(system.generator.started.values()) == {1}

    virtual_time.run(scenario())


def test_two_deliveries_in_one_batch_run_the_job_once() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        assert await system.work(job.id, job.id) == []
        assert (await system.job(job.id)).attempt == 1
        assert set(system.generator.started.values()) == {1}

    virtual_time.run(scenario())


def test_a_job_waits_while_as_many_of_its_owners_run_as_may() -> None:
    """One owner must not take all workers; what waits costs no attempt and is not lost."""

    async def scenario() -> None:
        system = System(quota=Quota(max_running=2))
        jobs = [await system.submitted(count=1) for _ in range(3)]
        assert await system.work(*(job.id for job in jobs)) == []
        states = [await system.job(job.id) for job in jobs]
        assert [state.status for state in states] == [Status.COMPLETED, Status.COMPLETED, Status.PENDING]
        assert system.queue.sent[3:] == [(jobs[2].id, 3.0)]
        await system.work(jobs[2].id)
        assert (await system.job(jobs[2].id)).attempt == 1

    virtual_time.run(scenario())


def test_copies_of_a_waiting_jobs_message_become_one() -> None:
    """SQS copies messages now and then; copies that wait must not go round for ever side by side."""

    async def scenario() -> None:
        system = System(quota=Quota(max_running=1))
        await system.store.enter(OWNER, "a job that runs elsewhere", Quota(max_running=1), 60)
        job = await system.submitted(count=1)
        await system.work(job.id, job.id, job.id)
        assert len(system.queue.sent) == 2

    virtual_time.run(scenario())


def test_a_job_between_its_attempts_takes_no_place() -> None:
    async def scenario() -> None:
        system = System(quota=Quota(max_running=1))
        first, second = [await system.submitted(count=1) for _ in range(2)]

        async def fail(job_id: str, _item: int, _stage: str) -> None:
            if job_id == first.id:
                raise GenerationFailed("generator_unavailable", "Later.", retryable=True)

        system.generator.before_stage = fail
        await system.work(first.id)
        await system.work(second.id)
        assert (await system.job(first.id)).status is Status.PROCESSING
        assert (await system.job(second.id)).status is Status.COMPLETED

    virtual_time.run(scenario())


def test_its_place_is_free_before_its_next_message_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the job by that message has a place of its own, which a late leave would take away."""

    async def scenario() -> None:
        system = System(quota=Quota(max_running=1))
        job = await system.submitted(count=1)

        async def fail(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("generator_unavailable", "Later.", retryable=True)

        async def send(_job: Job, _delay_s: float = 0) -> None:
            free.append(await system.store.enter(OWNER, "another", system.quota, 60))

        free: list[bool] = []
        system.generator.before_stage = fail
        monkeypatch.setattr(system.queue, "send", send)
        await system.work(job.id)
        assert free == [True]

    virtual_time.run(scenario())


def test_the_message_of_a_job_that_is_gone_is_deleted() -> None:
    async def scenario() -> None:
        assert await System().work("7b1c2f60-0000-4000-8000-000000000000") == []

    virtual_time.run(scenario())


def test_a_batch_runs_side_by_side() -> None:
    async def scenario() -> None:
        system = System()
        jobs = [await system.submitted(count=1) for _ in range(10)]
        started_at = asyncio.get_running_loop().time()
        await system.work(*(job.id for job in jobs))
        elapsed_s = asyncio.get_running_loop().time() - started_at
        assert {(await system.job(job.id)).status for job in jobs} == {Status.COMPLETED}
        assert elapsed_s == pytest.approx(3, abs=0.5)

    virtual_time.run(scenario())


def test_a_message_that_is_no_message_goes_back_and_harms_nobody() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        poison = message(job.id).__class__(id="poison", body="{}")
        assert await system.services.worker.work([poison, message(job.id)]) == ["poison"]
        assert (await system.job(job.id)).status is Status.COMPLETED

    virtual_time.run(scenario())


def test_cancel_stops_the_generator_within_a_second() -> None:
    async def scenario() -> None:
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

    virtual_time.run(scenario())


def test_a_worker_that_lost_its_lease_stops_and_changes_nothing() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        working = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(2.1)
        taken = await system.store.apply(job.id, change.claim(await system.job(job.id), "successor", system.timing))
        assert await working == []
        assert (await system.job(job.id)).revision == taken.revision
        assert system.generator.under_way == 0

    virtual_time.run(scenario())


def test_a_transient_failure_is_tried_again_without_paying_twice() -> None:
    async def scenario() -> None:
        system = System()

        async def overloaded_once(_job_id: str, item: int, stage: str) -> None:
            if (item, stage) == (1, "appearance") and len(system.queue.sent) == 1:
                raise GenerationFailed("provider_unavailable", "Down.", retryable=True)

        system.generator.before_stage = overloaded_once
        job = await system.submitted()
        assert await system.work(job.id) == []
        waiting = await system.job(job.id)
        assert (waiting.status, waiting.lease_token) == (Status.PROCESSING, None)
        assert waiting.message == "Interrupted; trying again (attempt 2 of 3)..."
        assert system.queue.sent[1] == (job.id, 1.0)
        await asyncio.sleep(1)
        await system.work(job.id)
        done = await system.job(job.id)
        assert (done.status, done.attempt) == (Status.COMPLETED, 2)
        assert set(system.generator.started.values()) == {1}

    virtual_time.run(scenario())


def test_a_delayed_attempt_is_not_begun_early_by_a_duplicate_message() -> None:
    async def scenario() -> None:
        system = System()

        async def busy(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("provider_rate_limited", "Slow down.", retryable=True, retry_after_s=10)

        system.generator.before_stage = busy
        job = await system.submitted()
        await system.work(job.id)
        assert await system.work(job.id) == []
        assert (await system.job(job.id)).attempt == 1

    virtual_time.run(scenario())


def test_the_third_failure_is_the_last() -> None:
    async def scenario() -> None:
        system = System()

        async def down(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("provider_unavailable", "The writers cannot be reached.", retryable=True)

        system.generator.before_stage = down
        job = await system.submitted()
        for _ in range(3):
            await system.work(job.id)
            await asyncio.sleep(20)
        failed = await system.job(job.id)
        assert (failed.status, failed.attempt) == (Status.FAILED, 3)
        assert (failed.error_code, failed.retryable) == ("provider_unavailable", True)
        assert failed.error == "The writers cannot be reached."
        assert failed.usage == Usage(3, 300, 0), "what came to nothing was paid for too"

    virtual_time.run(scenario())


def test_a_permanent_failure_ends_the_job_at_once() -> None:
    async def scenario() -> None:
        system = System()

        async def refuse(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("refused", "The writer refused this request.", retryable=False)

        system.generator.before_stage = refuse
        job = await system.submitted()
        await system.work(job.id)
        failed = await system.job(job.id)
        assert (failed.status, failed.attempt, failed.retryable) == (Status.FAILED, 1, False)
        assert len(system.queue.sent) == 1

    virtual_time.run(scenario())


def test_a_full_generator_uses_up_no_attempt() -> None:
    async def scenario() -> None:
        system = System()

        async def full(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("overloaded", "Busy.", retryable=True, retry_after_s=2, uses_attempt=False)

        system.generator.before_stage = full
        job = await system.submitted()
        for _ in range(5):
            await system.work(job.id)
            await asyncio.sleep(4)
        assert (await system.job(job.id)).attempt == 0
        assert (await system.job(job.id)).status is Status.PROCESSING

    virtual_time.run(scenario())


def test_a_job_that_was_given_back_is_sent_though_the_answer_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second try finds it given back already: the next attempt must not wait until the message counts as lost."""

    async def scenario() -> None:
        system = System()
        apply = system.store.apply

        async def lose_the_answer(job_id: str, asked: Change) -> Job:
            job = await apply(job_id, asked)
            if asked.action is Action.RELEASE:
                raise StoreUnavailable
            return job

        async def fail(_job_id: str, _item: int, _stage: str) -> None:
            raise GenerationFailed("generator_unavailable", "Later.", retryable=True, retry_after_s=2)

        monkeypatch.setattr(system.store, "apply", lose_the_answer)
        system.generator.before_stage = fail
        job = await system.submitted()
        await system.work(job.id)
        assert system.queue.sent == [(job.id, 0), (job.id, 3)]

    virtual_time.run(scenario())


def test_a_hanging_generator_is_a_timeout_by_the_deadline() -> None:
    async def scenario() -> None:
        system = System()

        async def hang(_job_id: str, _item: int, _stage: str) -> None:
            await asyncio.sleep(10_000)

        system.generator.before_stage = hang
        job = await system.submitted()
        started_at = asyncio.get_running_loop().time()
        await system.work(job.id)
        await asyncio.sleep(2)
        await system.work(job.id)
        failed = await system.job(job.id)
        assert (failed.status, failed.error_code) == (Status.FAILED, "timeout")
        assert asyncio.get_running_loop().time() - started_at <= system.timing.job_deadline_s + 1
        assert system.generator.under_way == 0

    virtual_time.run(scenario())


def test_pieces_that_are_missing_are_named_in_the_warnings() -> None:
    async def scenario() -> None:
        system = System()
        missing = PieceWarning(2, "backstory", "refused", "The writer refused.", False)
        system.generator.missing = [missing]
        job = await system.submitted()
        await system.work(job.id)
        done = await system.job(job.id)
        assert done.status is Status.COMPLETED
        assert list(done.warnings) == [missing]

    virtual_time.run(scenario())


def test_a_store_that_is_down_for_a_while_costs_nothing() -> None:
    """What was paid for waits in the worker until it can be kept."""

    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        working = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(2.5)
        system.store.down = True
        await asyncio.sleep(10)
        system.store.down = False
        assert await working == []
        assert (await system.job(job.id)).status is Status.COMPLETED
        assert set(system.generator.started.values()) == {1}

    virtual_time.run(scenario())


def test_a_message_goes_back_while_the_store_is_down() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        system.store.down = True
        assert await system.work(job.id) == [message(job.id).id]

    virtual_time.run(scenario())


def test_a_world_is_saved_once_and_is_the_result() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted("create_world", user_id="42")
        await system.work(job.id)
        done = await system.job(job.id)
        world = await system.worlds.read("anonymous", done.result["world_id"])
        assert world is not None
        assert (world.title, world.user_id, world.story) == ("Low Tarn", "42", "One.\n\nTwo.")
        assert done.result["quest"] == world.quest

    virtual_time.run(scenario())


def test_a_world_that_cannot_be_saved_fails_the_job_and_a_retry_pays_nothing() -> None:
    async def scenario() -> None:
        system = System()
        system.worlds.down = True
        job = await system.submitted("create_world", user_id="42")
        for _ in range(3):
            await system.work(job.id)
            await asyncio.sleep(system.timing.backoff_cap_s)
        failed = await system.job(job.id)
        assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "world_not_saved", True)
        system.worlds.down = False
        again = (await system.services.submission.retry("anonymous", job.id)).job
        await system.work(again.id)
        done = await system.job(again.id)
        assert done.status is Status.COMPLETED
        assert set(system.generator.started.values()) == {1}
        assert done.usage.llm_calls == 0

    virtual_time.run(scenario())


def test_what_ends_while_nobody_is_there_to_write_it_is_delivered_again() -> None:
    """The store stays down past the deadline: the message must not be deleted."""

    async def scenario() -> None:
        system = System(Timing(job_deadline_s=100, rpc_deadline_s=90))
        job = await system.submitted()
        working = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(2.5)
        system.store.down = True
        assert await working == [message(job.id).id]

    virtual_time.run(scenario())


def test_a_worker_that_is_stopped_leaves_a_job_that_another_can_take() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        working = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(2.5)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        assert system.generator.under_way == 0
        await asyncio.sleep(system.timing.lease_s + 1)
        assert await system.services.recovery.sweep() == 1
        assert system.queue.sent[-1] == (job.id, 0.0)
        await system.work(job.id)
        assert (await system.job(job.id)).status is Status.COMPLETED
        assert sum(system.generator.started.values()) == 9 + 1

    virtual_time.run(scenario())


def test_a_store_that_refuses_writes_for_a_while_costs_nothing() -> None:
    """As with NOREPLICAS: each stage is kept until the store accepts it, and the attempt goes on."""

    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        work = asyncio.create_task(system.work(job.id))
        for _ in range(3):
            await asyncio.sleep(0.3)
            system.store.takes_no_writes = True
            await asyncio.sleep(3)
            system.store.takes_no_writes = False
        assert await work == []
        done = await system.job(job.id)
        assert (done.status, done.attempt) == (Status.COMPLETED, 1)

    virtual_time.run(scenario())


def test_a_message_waits_a_few_seconds_for_the_store() -> None:
    """Otherwise it would come back only after its visibility timeout, or when recovery sends another one."""

    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        system.store.down = True
        work = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(3)
        system.store.down = False
        assert await work == []
        assert (await system.job(job.id)).status is Status.COMPLETED

    virtual_time.run(scenario())
