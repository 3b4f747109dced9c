"""`status` says in words what is wrong."""

import asyncio

from chalicelib.domain import change
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.timing import Timing
from tests.fake.memory_server import Record
from tests.unit.chalicelib.operator import Operator
from tests.virtual_time import now_ms


async def test_nothing_is_wrong_with_an_idle_stage() -> None:
    figures = await Operator().read("status")
    assert (figures["problems"], figures["jobs"], figures["parts"]) == ([], {}, {"generator": "ok", "provider": "ok"})


async def test_queued_running_and_waiting_jobs_are_no_problem() -> None:
    system = Operator()
    for _ in range(2):
        await system.submitted(count=1)
    running = await system.submitted(count=1)
    await system.jobs.claim(running, "token", system.timing)
    figures = await system.read("status")
    assert figures["problems"] == []
    assert figures["jobs"] == {"queued": 2, "running": 1}
    assert [line["id"] for line in figures["running"]] == [running.id]


async def test_a_job_of_a_dead_worker_is_stuck_until_recovery_runs() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.claim(job, "token", system.timing)
    await asyncio.sleep(20)
    figures = await system.read("status")
    assert figures["problems"] == [
        "1 job is stuck: worker lost. Recovery queues each again within a minute. Finished stages are kept."
    ]
    assert [line["id"] for line in figures["stuck"]] == [job.id]
    await system.services.recovery.sweep()
    await system.work(job.id)
    assert (await system.read("status"))["problems"] == []


async def test_a_recovery_that_does_not_run_is_reported() -> None:
    system = Operator()
    await system.submitted(count=1)
    await asyncio.sleep(400)
    problems = (await system.read("status"))["problems"]
    assert problems[0].startswith("1 job is stuck: no worker took the message.")
    assert "Recovery should have handled the stuck jobs by now." in problems[1]


async def test_a_message_that_recovery_has_sent_several_times_does_not_make_it_late() -> None:
    """It doubles its patience each time: the fourth message is only missed after four minutes."""
    system = Operator()
    await system.submitted(count=1)
    for _ in range(50):
        await asyncio.sleep(10)
        problems = (await system.read("status"))["problems"]
        assert not any("Recovery should have" in problem for problem in problems)
        await system.services.recovery.sweep()


async def test_a_job_that_has_begun_counts_behind_any_number_of_waiting_jobs() -> None:
    """`drain --wait` says that no job runs when none is counted."""
    system = Operator()
    running = await system.submitted(count=1)
    await system.jobs.claim(running, "token", system.timing)
    waiting = [f"waiting-{number}" for number in range(2_050)]
    system.server.unfinished = dict.fromkeys(waiting, 0) | {running.id: now_ms()}
    record = system.server.records[running.id]
    system.server.records |= {job_id: _waiting(record, job_id) for job_id in waiting}
    await system.write("drain", lasts_s=60)
    figures = await system.read("status")
    assert (figures["has_more_jobs"], figures["begun"]) == (True, 1)


def _waiting(like: Record, job_id: str) -> Record:
    return Record(like.fields | {"id": job_id, "status": Status.PENDING, "attempt": 0, "lease_token": None})


async def test_jobs_past_their_deadline_and_out_of_attempts_are_told_apart() -> None:
    system = Operator()
    late, worn = await system.submitted(count=1), await system.submitted(count=1)
    await system.jobs.claim(late, "token", system.timing)
    for _ in range(3):
        worn = (await system.jobs.claim(worn, "token", Timing(job_deadline_s=600))).job
        await asyncio.sleep(16)
        worn = await system.job(worn.id)
    await asyncio.sleep(80)
    figures = await system.read("status")
    assert {line["id"]: line["situation"] for line in figures["stuck"]} == {late.id: "overdue", worn.id: "exhausted"}


async def test_a_drain_is_shown_with_who_and_why_and_the_jobs_that_it_holds_are_not_stuck() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.write("drain", lasts_s=600)
    await system.work(job.id)
    await asyncio.sleep(200)
    figures = await system.read("status")
    (problem,) = figures["problems"]
    assert "drained" in problem
    assert 'user/me, "a test": no job begins.' in problem
    assert "in 7 min" in problem
    assert (figures["jobs"], figures["stuck"]) == ({"held": 1}, [])


async def test_dead_letters_a_missing_generator_and_spent_tokens_are_reported() -> None:
    system = Operator(daily_stop=20_000)
    system.generator.down = True
    system.dead_letters.bury("broken")
    await system.quotas.reserve_for_all({"a job": 19_000}, None)
    problems = (await system.read("status"))["problems"]
    assert problems[0].startswith("The generator cannot be reached.")
    assert problems[1].startswith("1 dead letter from the queue `jobs`")
    assert problems[2].startswith("19,000 of the 20,000 tokens for today are used or reserved.")


async def test_a_pause_of_the_provider_is_reported() -> None:
    system = Operator()
    system.generator.paused_for_s = 20
    (problem,) = (await system.read("status"))["problems"]
    assert problem.startswith("The LLM's provider has asked for a pause: it is paused for 20 s.")


async def test_without_the_queue_the_rest_is_still_reported() -> None:
    system = Operator()
    system.dead_letters.down = True
    figures = await system.read("status")
    assert (figures["queues"], figures["parts"]["queues"]) == ([], "down")


async def test_an_ended_job_that_is_not_archived_is_reported_after_two_minutes() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.apply(job.id, change.cancel())
    assert (await system.read("status"))["problems"] == []
    await asyncio.sleep(150)
    (problem,) = (await system.read("status"))["problems"]
    assert problem.startswith("1 job is not archived yet")
    assert (await system.job(job.id)).status is Status.CANCELLED


async def test_without_redis_the_other_parts_are_still_told() -> None:
    """And nobody takes it for a stage without jobs."""
    system = Operator()
    system.server.down = True
    system.dead_letters.bury("one")
    figures = await system.read("status")
    assert figures["problems"][0].startswith("Redis cannot be reached")
    assert "1 dead letter from the queue" in figures["problems"][1]
    assert (figures["begun"], figures["tokens_today"]) == (None, None)
    assert figures["parts"] == {"Redis": "down", "generator": "ok", "provider": "ok"}


async def test_messages_that_no_worker_takes_are_named() -> None:
    """Recovery has done what it can, so it is no use to wait for it."""
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.claim(job, "token", system.timing)
    for _ in range(3):
        await asyncio.sleep(20)
        await system.services.recovery.sweep()
    await asyncio.sleep(20)
    figures = await system.read("status")
    assert "Recovery has sent messages again, and no worker took them." in " ".join(figures["problems"])
    assert "and no worker took it: do workers run?" in figures["stuck"][0]["explanation"]


async def test_a_running_job_without_progress_is_named() -> None:
    """Its worker lives, and its LLM does not answer."""
    system = Operator()
    job = (await system.jobs.claim(await system.submitted(count=1), "token", system.timing)).job
    for _ in range(6):
        await asyncio.sleep(10)
        await system.jobs.apply(job.id, change.renew("token", system.timing))
    problems = (await system.read("status"))["problems"]
    assert problems[0].startswith("1 job is running without progress, for up to 60 s: the LLM is slow or hangs.")
