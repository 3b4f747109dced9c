"""`inspect` shows one job's history, with a first sentence that explains its current state."""

import asyncio
import json

from chalicelib.domain import change
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.quota import Quota
from chalicelib.operations import handler
from tests.unit.chalicelib.operator import Operator
from tests.virtual_time import now_ms


async def test_a_queued_job_waits_for_a_worker() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await asyncio.sleep(3)
    story = await system.read("inspect", job_id=job.id)
    assert story["summary"] == "It waits for a worker. Its message has been in the queue for 3 s."
    assert story["archive"] == "It has not ended, so it is not archived yet."


async def test_a_running_job_is_at_some_percent() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.claim(job, "token", system.timing)
    await system.jobs.apply(job.id, change.advance("token", 45, "Generated names..."))
    await asyncio.sleep(10)
    story = await system.read("inspect", job_id=job.id)
    assert story["summary"] == (
        "A worker is working on it: attempt 1 of 3, 110 s before its deadline. "
        "For 10 s it has been at 45 %: Generated names..."
    )


async def test_a_job_whose_worker_died_is_stuck_until_recovery_sends_it_again() -> None:
    system = Operator()
    job = await system.submitted(count=2)
    work = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(2.5)
    work.cancel()
    await asyncio.wait([work])
    await asyncio.sleep(60)
    story = await system.read("inspect", job_id=job.id)
    assert story["situation"] == "worker lost"
    assert story["summary"].startswith("It is stuck: its worker was lost ")
    assert story["summary"].endswith("The next worker continues from 2 finished stages.")
    assert sum(len(piece["stages"]) for piece in story["pieces"]) == 2


async def test_a_job_between_attempts_waits() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    system.generator.down = True
    await system.work(job.id)
    story = await system.read("inspect", job_id=job.id)
    assert story["summary"].startswith("It waits for its next attempt, which may begin in 1 s: Interrupted;")


async def test_a_job_that_waits_for_its_owners_other_jobs_says_so() -> None:
    system = Operator(quota=Quota(max_running=1))
    await system.quotas.acquire_run_slot("anonymous", "another", Quota(max_running=1), 60)
    job = await system.submitted(count=1)
    await system.work(job.id)
    story = await system.read("inspect", job_id=job.id)
    assert story["situation"] == "deferred"
    assert story["summary"] == "It waits for its owner's other jobs. Its message comes back in 3 s."
    assert story["quota"]["running"] == 1


async def test_a_held_job_names_the_drain() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.write("drain")
    await system.work(job.id)
    story = await system.read("inspect", job_id=job.id)
    assert story["summary"] == 'It waits for the end of the drain by arn:aws:iam::123456789012:user/me, "a test".'


async def test_a_failed_job_says_why_and_whether_it_is_archived() -> None:
    system = Operator()
    job = await system.submitted(count=1)

    async def fail(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("provider_auth")

    system.generator.before_stage = fail
    await system.work(job.id)
    story = await system.read("inspect", job_id=job.id)
    assert story["summary"].startswith("It has failed with provider_auth: ")
    assert story["archive"].startswith("It is archived:")


async def test_the_history_is_in_order_of_time_and_includes_expected_events() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.jobs.claim(job, "token", system.timing)
    moments = (await system.read("inspect", job_id=job.id))["moments"]
    times = [moment["at"] for moment in moments]
    assert times == sorted(times)
    assert moments[0]["what"] == "Submitted by anonymous"
    assert [moment["what"] for moment in moments if moment["at"] > now_ms()] == [
        "The lease of its worker ends, unless the worker renews it",
        "Its deadline",
        "It expires",
    ]


async def test_a_dead_letter_of_the_job_is_part_of_its_history() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    letter = system.bury(job.id)
    system.bury("another")
    story = await system.read("inspect", job_id=job.id)
    assert [each["id"] for each in story["dead_letters"]] == [letter]
    system.dead_letters.down = True
    assert (await system.read("inspect", job_id=job.id))["dead_letters"] is None


async def test_an_unknown_job_is_explained() -> None:
    answer = await handler.read(Operator().operations, {"operation": "inspect", "arguments": {"job_id": "nothing"}})
    assert answer["error"]["code"] == "not_found"
    assert "a job is kept for 24.0 h" in answer["error"]["message"]
    assert "add `--owner OWNER`" in answer["error"]["message"]


async def test_an_expired_job_is_found_in_the_history_of_its_owner() -> None:
    system = Operator()
    job = await system.submitted(count=1)
    await system.work(job.id)
    await asyncio.sleep(system.timing.job_ttl_s + 1)
    story = await system.read("inspect", job_id=job.id, owner="anonymous")
    assert story["summary"] == "It has ended, and is only in the history: it completed."
    assert story["situation"] == "expired"
    assert (story["record"]["id"], story["record"]["attempts"]) == (job.id, 1)
    assert not {"summary", "made", "names"} & story["record"].keys()
    other = {"operation": "inspect", "arguments": {"job_id": job.id, "owner": "somebody"}}
    answer = await handler.read(system.operations, other)
    assert "The history of somebody does not have it either." in answer["error"]["message"]


async def test_the_story_has_no_secret_of_the_job() -> None:
    """An owner's address for webhooks may hold a secret, and a fencing token lets its holder write as the worker."""
    system = Operator()
    job = await system.submitted(count=1)
    webhook = {"url": "https://example.com/hooks/SECRET?token=SECRET", "events": ["job.completed"]}
    system.server.records[job.id].fields["webhook"] = webhook
    await system.jobs.claim(job, "SECRET", system.timing)
    story = await system.read("inspect", job_id=job.id)
    assert "SECRET" not in json.dumps(story)
    assert (story["has_worker"], story["webhook"]) == (True, "https://example.com")
