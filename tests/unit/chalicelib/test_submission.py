"""Accepting a job: it is stored, then queued."""

import pytest

from chalicelib.domain.error import (
    QueueUnavailable,
    StoreUnavailable,
)
from chalicelib.domain.job import Job
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing
from foundation import log_context
from tests.unit.chalicelib.system import OWNER, System


async def test_an_accepted_job_is_stored_and_queued() -> None:
    system = System()
    job = await system.submitted(theme="steampunk")
    assert (await system.job(job.id)).payload["theme"] == "steampunk"
    assert system.queue.sent == [(job.id, 0)]


async def test_a_job_that_cannot_be_queued_is_deleted() -> None:
    system = System()
    system.queue.down = True
    with pytest.raises(QueueUnavailable):
        await system.submitted()
    assert await system.unfinished() == []


async def test_nothing_is_queued_while_the_store_is_down() -> None:
    system = System()
    system.server.down = True
    with pytest.raises(StoreUnavailable):
        await system.submitted()
    assert system.queue.sent == []


@pytest.mark.parametrize("key", [None, "key"])
async def test_a_job_that_was_created_twice_is_queued(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    """The answer to its creation was lost, and the connection's own second try found the job."""
    system = System()
    create = system.jobs.create

    async def create_twice(new: NewJob, timing: Timing) -> Job:
        await create(new, timing)
        return await create(new, timing)

    monkeypatch.setattr(system.jobs, "create", create_twice)
    log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
    accepted = await system.submit(OWNER, "generate_relics", {}, key)
    assert not accepted.is_replayed
    assert system.queue.sent == [(accepted.job.id, 0)]
