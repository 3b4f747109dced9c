"""What the people on call can change. Every change is announced first, and logged."""

import asyncio
import json
import logging

import pytest

from chalicelib.domain.lifecycle import Status
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.quota import Quota
from chalicelib.operations import handler
from chalicelib.operations.operation import READS, WRITES
from tests.unit.chalicelib.operator import ME, Operator


async def test_a_write_changes_nothing_until_it_is_confirmed() -> None:
    system = Operator()
    told = await system.planned("drain", lasts_s=60)
    assert told["done"] == []
    assert told["steps"][-1] == "The drain ends by itself after 60 s."
    assert await system.database.drains.read() is None
    done = await system.write("drain", lasts_s=60)
    assert done["done"] == ["The stage is drained. `loresmith ops resume` ends it."]
    drain = await system.database.drains.read()
    assert drain is not None
    assert (drain.by, drain.reason) == (ME, "a test")


async def test_every_change_is_logged_with_who_what_and_why(caplog: pytest.LogCaptureFixture) -> None:
    system = Operator()
    await system.planned("drain", lasts_s=60)
    assert caplog.records == []
    with caplog.at_level(logging.WARNING):
        await system.write("drain", lasts_s=60)
    record = caplog.records[0]
    assert (record.getMessage(), vars(record)["by"], vars(record)["reason"]) == ("Operator: drain", ME, "a test")
    assert vars(record)["arguments"] == {"lasts_s": 60}


async def test_resume_ends_a_drain_and_says_if_there_is_none() -> None:
    system = Operator()
    assert (await system.write("resume"))["changes"] is False
    await system.write("drain", lasts_s=60)
    assert (await system.planned("resume"))["steps"][0] == f'The drain by {ME}, "a test" will end.'
    await system.write("resume")
    assert await system.database.drains.read() is None


async def test_expire_fails_a_waiting_job_and_leaves_it_to_its_owner() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    assert (await system.write("expire", job_id=job.id))["done"][0].startswith(f"Job {job.id} failed")
    ended = await system.job(job.id)
    assert (ended.status, ended.error_code, ended.retryable) == (Status.FAILED, "ended_by_operator", True)
    assert await system.work(job.id) == []
    assert (await system.write("expire", job_id=job.id))["changes"] is False


async def test_expire_refuses_a_job_that_a_worker_holds() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.claim(job, "token", system.timing)
    refused = await system.write("expire", job_id=job.id)
    assert (refused["changes"], refused["refused"]) == (False, True)
    assert f"loresmith ops cancel {job.id}" in refused["steps"][0]


async def test_cancel_ends_a_running_job_of_any_owner() -> None:
    system = Operator()
    job = (await system.submit("somebody", "generate_relics", {"count": 1})).job
    await system.jobs.claim(job, "token", system.timing)
    assert (await system.write("cancel", job_id=job.id))["done"] == [f"Job {job.id} is cancelled."]
    assert (await system.job(job.id)).status is Status.CANCELLED


async def test_quota_shows_the_use_and_reset_forgets_what_is_spent() -> None:
    system = Operator(quota=Quota(max_submissions=1, max_running=5))
    await system.submit("somebody", "generate_relics", {"count": 1})
    use = await system.read("quota", owner="somebody")
    assert (use["standing"]["submissions"], use["standing"]["unfinished"], use["running"]) == (1, 1, 0)
    assert use["standing"]["quota"]["max_submissions"] == 1
    await system.write("quota_reset", owner="somebody")
    use = await system.read("quota", owner="somebody")
    assert (use["standing"]["submissions"], use["standing"]["unfinished"]) == (0, 1)
    assert (await system.write("quota_reset", owner="somebody"))["changes"] is False


async def test_the_job_of_a_requeued_letter_completes() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    letter = system.bury(job.id)
    told = await system.planned("dead_requeue", ids=[letter])
    assert told["steps"] == [
        f"Dead letter {letter} goes back to the queue. A worker then takes its job {job.id} (pending)."
    ]
    assert (await system.write("dead_requeue", ids=[]))["done"] == [
        f"Dead letter {letter} was put back into its queue."
    ]
    assert (system.dead_letters.dead, len(system.dead_letters.sent)) == ([], 1)


async def test_a_job_that_its_dead_letter_has_ended_is_retried_once() -> None:
    """Requeueing its message would have no effect. The retry continues from the finished stages."""
    system = Operator()
    job = await system.submitted(count=1)
    await asyncio.sleep(40)
    await system.services.recovery.fail_dead_letter(QueuedJob.of(job))
    (dead,) = (await system.read("dead_list"))["jobs"]
    assert (dead["id"], dead["error_code"], dead["retried_as"]) == (job.id, "undeliverable", None)
    assert "It will be retried" in (await system.planned("dead_requeue", ids=[job.id]))["steps"][0]
    (done,) = (await system.write("dead_requeue", ids=[]))["done"]
    (dead,) = (await system.read("dead_list"))["jobs"]
    assert done == f"Job {job.id} is retried as {dead['retried_as']}."
    assert (await system.write("dead_requeue", ids=[]))["changes"] is False
    await system.work(dead["retried_as"])
    assert (await system.job(dead["retried_as"])).status is Status.COMPLETED


async def test_more_dead_jobs_than_are_listed_can_all_be_retried() -> None:
    """After an outage there are hundreds, and those that are retried stay in the list."""
    system = Operator()
    jobs = [await system.submitted(count=1) for _ in range(103)]
    await asyncio.sleep(40)
    for job in jobs:
        await system.services.recovery.fail_dead_letter(QueuedJob.of(job))
    dead = await system.read("dead_list")
    assert (len(dead["jobs"]), dead["more_jobs"]) == (100, 3)
    oldest = jobs[0].id
    assert oldest in (await system.planned("dead_requeue", ids=[oldest]))["steps"][0]
    told = await system.write("dead_requeue", ids=[])
    assert (len(told["done"]), told["steps"][-1][:11]) == (100, "3 more jobs")
    assert len((await system.write("dead_requeue", ids=[]))["done"]) == 3
    assert (await system.write("dead_requeue", ids=[]))["changes"] is False


async def test_a_noted_job_that_a_worker_has_completed_is_no_dead_job() -> None:
    """The dead-letter worker notes a job before it ends it, and a worker can be faster."""
    system = Operator()
    job = await system.submitted(count=1)
    await system.database.index.note_dead(job.id)
    await system.work(job.id)
    assert (await system.read("dead_list"))["jobs"] == []


async def test_a_list_of_letters_has_no_bodies() -> None:
    """Lambda answers with at most 6 MB, and the body of a webhook's letter has a job's result: up to 200 KB."""
    system = Operator()
    job = await system.submitted(count=1)
    for _ in range(40):
        system.dead_letters.bury(json.dumps({"job_id": job.id, "view": "x" * 200_000}))
    assert len(json.dumps(await system.read("dead_list"))) < 100_000
    assert len(json.dumps(await system.read("inspect", job_id=job.id))) < 100_000


async def test_show_hides_what_may_be_secret_in_the_address_of_a_webhook() -> None:
    system = Operator()
    letter = system.dead_letters.bury(json.dumps({"url": "https://example.com/hooks/SECRET?token=SECRET", "n": 1}))
    shown = await system.read("dead_show", letter_id=letter)
    assert json.loads(shown["body"]) == {"url": "https://example.com", "n": 1}
    assert "SECRET" not in json.dumps(shown)


async def test_an_outage_of_the_queue_halfway_tells_what_is_done() -> None:
    """The letters are not handled, but the jobs are retried. An error alone would hide that."""
    system = Operator()
    job = await system.submitted(count=1)
    await asyncio.sleep(40)
    await system.services.recovery.fail_dead_letter(QueuedJob.of(job))
    system.dead_letters.bury("one")
    system.dead_letters.fails_to_take = True
    letters, jobs = (await system.write("dead_requeue", ids=[]))["done"]
    assert letters == "The queue jobs has failed. Some of its 1 letters may be handled: `dead list`."
    assert jobs.startswith(f"Job {job.id} is retried as")


async def test_a_letter_of_an_ended_job_says_that_a_requeue_does_nothing() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.work(job.id)
    system.bury(job.id)
    system.bury("6e8a5a4e-0000-4000-8000-000000000000")
    system.dead_letters.bury("not json")
    ended, gone, broken = [line["about"] for line in (await system.read("dead_list"))["letters"]]
    assert "A worker then drops it" in ended
    assert "records it as lost" in gone
    assert broken == "goes back to the queue jobs."


async def test_a_letter_of_the_webhooks_says_what_it_reports_and_hides_the_address() -> None:
    """The address may contain a secret: only its host is shown."""
    system = Operator()
    url = "https://me:pass@hooks.example/in?token=s3cret"
    letter = system.dead_letters.bury(json.dumps({"event": "job.failed", "job_id": "one", "url": url}))
    (line,) = (await system.read("dead_list"))["letters"]
    told = "job.failed of job one to hooks.example."
    assert line["about"] == f"goes back to the queue, and is sent again: {told}"
    (step,) = (await system.planned("dead_drop", ids=[letter]))["steps"]
    assert f"This is not reported: {told}" in step


async def test_a_dropped_letter_is_gone_and_its_job_stays() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    letter = system.bury(job.id)
    (step,) = (await system.planned("dead_drop", ids=[letter]))["steps"]
    assert f"Its job {job.id} stays pending" in step
    assert (await system.write("dead_drop", ids=[letter]))["done"] == [f"Dead letter {letter} was deleted."]
    assert system.dead_letters.dead == []


async def test_show_has_the_body_of_a_letter() -> None:
    system = Operator()
    letter = system.dead_letters.bury("not json")
    assert (await system.read("dead_show", letter_id=letter))["body"] == "not json"


@pytest.mark.parametrize("operation", ["dead_requeue", "dead_drop"])
async def test_an_unknown_letter_is_refused_and_nothing_happens(operation: str) -> None:
    system = Operator()
    letter = system.dead_letters.bury("one")
    event = {"operation": operation, "arguments": {"ids": [letter, "gone"]}, "by": ME, "reason": "x", "confirmed": True}
    answer = await handler.write(system.operations, event)
    assert answer["error"]["code"] == "not_found"
    assert "gone" in answer["error"]["message"]
    assert len(system.dead_letters.dead) == 1


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({"operation": "fly", "by": ME, "reason": "x"}, "'fly' is not an operation"),
        ({"operation": "status", "by": ME, "reason": "x"}, "The other function has this operation."),
        ({"operation": "drain", "by": ME, "reason": " "}, "reason"),
        ({"operation": "drain", "by": ME, "reason": "x", "arguments": {"lasts_s": 10**6}}, "lasts_s"),
        ({"operation": "expire", "by": ME, "reason": "x"}, "job_id"),
    ],
)
async def test_a_faulty_event_is_answered_with_what_is_wrong(event: dict[str, object], named: str) -> None:
    answer = await handler.write(Operator().operations, event)
    assert answer["error"]["code"] == "invalid_request"
    assert named in answer["error"]["message"]


async def test_the_function_that_reads_has_no_write() -> None:
    assert not READS.keys() & WRITES.keys()
    system = Operator()
    for name in WRITES:
        answer = await handler.read(system.operations, {"operation": name, "arguments": {}})
        assert "The other function has this operation." in answer["error"]["message"]


async def test_an_outage_of_the_store_is_an_answer() -> None:
    system = Operator()
    system.server.down = True
    answer = await handler.read(system.operations, {"operation": "quota", "arguments": {"owner": "anonymous"}})
    assert answer["error"]["code"] == "store_unavailable"
    assert "`loresmith ops status` shows what else is down" in answer["error"]["message"]


async def test_an_outage_of_the_queues_is_told_to_the_people_on_call_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A caller's sentence would say that a job was not kept."""
    system = Operator()
    system.dead_letters.down = True
    answer = await handler.read(system.operations, {"operation": "dead_list"})
    assert answer["error"]["message"].startswith("SQS cannot be reached")
    assert caplog.records[-1].exc_info is not None
