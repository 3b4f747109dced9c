"""The contract of `port.JobStore`: what its writes and reads answer, and writes of several stages."""

from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from chalicelib.domain import change
from chalicelib.domain.error import JobConflict
from chalicelib.domain.job import Checkpoint, Remark, Usage
from chalicelib.domain.lifecycle import Action
from chalicelib.port.job_store import JobStore
from tests.integration.contract.stored_job import TIMING, TOKEN, change_for, claimed


@pytest.mark.parametrize("action", [Action.ADVANCE, Action.RENEW, Action.RELEASE, Action.RESEND])
async def test_a_recorded_change_is_the_applied_change_without_an_answer(jobs: JobStore, action: Action) -> None:
    recorded, applied = await claimed(jobs), await claimed(jobs)
    await jobs.record(recorded.id, change_for(action, recorded))
    expected = await jobs.apply(applied.id, change_for(action, applied))
    found = await jobs.read(recorded.id)
    assert found is not None
    assert found == replace(expected, id=found.id, root_id=found.root_id)
    assert await jobs.events(recorded.id, 0) == await jobs.events(applied.id, 0)


async def test_a_recorded_change_can_be_refused(jobs: JobStore) -> None:
    job = await claimed(jobs)
    with pytest.raises(JobConflict) as conflict:
        await jobs.record(job.id, change.renew("thief", TIMING))
    assert conflict.value.reason == "token"
    assert await jobs.read(job.id) == job


async def test_the_end_of_a_job_is_applied_not_recorded(jobs: JobStore) -> None:
    """The store needs the ended job: it removes it from the lists and settles its quotas."""
    job = await claimed(jobs)
    with pytest.raises(ValueError, match="ends the job"):
        await jobs.record(job.id, change.complete(TOKEN, [], []))
    assert await jobs.read(job.id) == job


async def test_a_claim_returns_what_earlier_attempts_have_finished(jobs: JobStore) -> None:
    job = await claimed(jobs)
    stage, piece = Checkpoint(1, "name", {"name": "Ysolde"}, Usage(1, 100, 20)), {"name": "Ysolde"}
    await jobs.record(job.id, change.advance(TOKEN, 24, "Generated names...", stage, piece))
    released = await jobs.apply(job.id, change.release(TOKEN, "Again...", 0, uses_attempt=True))
    view = await jobs.claim(released, "second", TIMING)
    assert (view.job.attempt, view.job.lease_token, list(view.checkpoints)) == (2, "second", [stage])
    assert view == await jobs.view(job.id)
    with pytest.raises(JobConflict):
        await jobs.claim(released, "third", TIMING)


async def test_stages_that_are_stored_together_are_each_in_the_event_log(jobs: JobStore) -> None:
    job = await claimed(jobs)
    names = [Checkpoint(item, "name", {"name": f"N{item}"}, Usage(1, 100, 20)) for item in range(2)]
    look = Checkpoint(0, "appearance", {"appearance": "Tall."}, Usage(1, 10, 2))
    steps = [
        change.advance(TOKEN, 30, "Generated names...", names[0], {"name": "N0"}),
        change.advance(TOKEN, 40, "Generated names...", names[1], {"name": "N1"}),
        change.advance(TOKEN, 35, "Generated appearances...", look, {"name": "N0", "appearance": "Tall."}),
    ]
    await jobs.record(job.id, reduce(change.together, steps))
    view = await jobs.view(job.id)
    assert view is not None
    assert sorted(view.checkpoints, key=lambda c: (c.item, c.stage)) == [look, *names]
    assert view.pieces == {0: {"name": "N0", "appearance": "Tall."}, 1: {"name": "N1"}}
    assert (view.job.progress, view.job.message) == (40, "Generated appearances...")
    assert (view.job.revision, view.job.usage) == (job.revision + 3, Usage(3, 210, 42))
    assert [(e.revision, e.progress, e.message) for e in await jobs.events(job.id, job.revision)] == [
        (job.revision + 1, 30, "Generated names..."),
        (job.revision + 2, 40, "Generated names..."),
        (job.revision + 3, 40, "Generated appearances..."),
    ]


async def test_stages_that_are_stored_together_are_paid_for_once(jobs: JobStore) -> None:
    """The second time, the answer to the first was lost."""
    job = await claimed(jobs)
    stages = [Checkpoint(item, "name", {"name": f"N{item}"}, Usage(1, 100, 20)) for item in range(2)]
    steps = [change.advance(TOKEN, 30, "Generated names...", stage) for stage in stages]
    for _ in range(2):
        await jobs.record(job.id, reduce(change.together, steps))
    view = await jobs.view(job.id)
    assert view is not None
    assert (view.checkpoints, view.job.usage) == (stages, Usage(2, 200, 40))


async def test_a_view_can_leave_out_the_outputs_of_the_stages(jobs: JobStore) -> None:
    """A caller sees the pieces, which contain them."""
    job = await claimed(jobs)
    piece: dict[str, Any] = {"name": "Ysolde", "description": None, "type": "character", "details": {}}
    for stage in ("name", "looks"):
        done = Checkpoint(1, stage, {"text": "Tall."}, Usage(1, 100, 20), (Remark("adjusted", "It was cut."),))
        await jobs.apply(job.id, change.advance(TOKEN, 24, "Generated...", done, piece))
    view = await jobs.view(job.id, outputs=False)
    assert view is not None
    assert list(view.checkpoints) == [Checkpoint(1, "looks", {}), Checkpoint(1, "name", {})]
    assert (view.pieces, view.job.usage) == ({1: piece}, Usage(2, 200, 40))
