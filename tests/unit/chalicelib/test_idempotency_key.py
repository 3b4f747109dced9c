"""Submissions with an idempotency key."""

import asyncio
from collections.abc import Mapping

import pytest

from chalicelib.domain.error import (
    IdempotencyMismatch,
    StoreUnavailable,
)
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from foundation import log_context
from tests.unit.chalicelib.system import OWNER, System


async def test_a_key_belongs_to_one_request_of_one_owner() -> None:
    submit = System().submit
    first = await submit(OWNER, "generate_relics", {"theme": "noir"}, "key")
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "generate_relics", {"theme": "opera"}, "key")
    other = await submit("somebody-else", "generate_relics", {"theme": "opera"}, "key")
    assert other.job.id != first.job.id


async def test_invisible_characters_do_not_make_a_different_request() -> None:
    """The key is bound to the normalised request."""
    submit = System().submit
    first = await submit(OWNER, "create_world", {"user_id": 7, "theme": "No\u00ebl"}, "key")
    again = await submit(OWNER, "create_world", {"user_id": "7\u200b", "theme": "\ufeffNoe\u0308\u00adl\n"}, "key")
    assert (again.is_replayed, again.job.id) == (True, first.job.id)
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "create_world", {"user_id": 7, "theme": "Noel"}, "key")


async def test_a_key_whose_first_request_died_before_the_job_was_stored_still_works() -> None:
    """The binding outlives the request that made it, and must not lock the caller out."""
    system = System()
    submit = system.submit
    system.server.down_after = 1
    with pytest.raises(StoreUnavailable):
        await submit(OWNER, "generate_relics", {}, "key")
    system.server.down = False
    accepted = await submit(OWNER, "generate_relics", {}, "key")
    assert not accepted.is_replayed
    assert system.queue.sent == [(accepted.job.id, 0)]


async def test_a_keyed_job_that_could_not_be_queued_stays_and_recovery_queues_it() -> None:
    """An equal request may have returned the job already, so it must not vanish."""
    system = System()
    system.queue.down = True
    accepted = await system.submit(OWNER, "generate_relics", {}, "key")
    system.queue.down = False
    await asyncio.sleep(system.timing.resend_after_s + 1)
    await system.services.recovery.sweep()
    assert system.queue.sent == [(accepted.job.id, 0)]


async def test_a_key_refused_by_the_quota_works_for_its_request_later() -> None:
    """The key stays bound for a minute. Meanwhile an equal request may succeed, and must not be paid for twice."""
    system = System(quota=Quota(max_unfinished=1))
    submit = system.submit
    first = await system.submitted()
    with pytest.raises(QuotaExceeded):
        await submit(OWNER, "generate_relics", {}, "key")
    await system.work(first.id)
    made = await submit(OWNER, "generate_relics", {}, "key")
    again = await submit(OWNER, "generate_relics", {}, "key")
    assert (made.is_replayed, again.is_replayed, again.job.id) == (False, True, made.job.id)
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "generate_events", {}, "key")


async def test_a_key_lives_as_long_as_its_job_but_the_key_of_a_refused_request_expires_soon() -> None:
    """Otherwise refused requests could fill the store with keys."""
    system = System(quota=Quota(max_unfinished=1))
    submit = system.submit
    accepted = await submit(OWNER, "generate_relics", {}, "accepted")
    with pytest.raises(QuotaExceeded):
        await submit(OWNER, "generate_relics", {}, "refused")
    await system.work(accepted.job.id)
    await asyncio.sleep(23 * 3600)
    again = await submit(OWNER, "generate_relics", {}, "accepted")
    assert (again.is_replayed, again.job.id) == (True, accepted.job.id)
    assert (await submit(OWNER, "generate_events", {}, "refused")).job.type == "generate_events"


async def test_equal_requests_at_once_make_one_job_and_one_message() -> None:
    """Even if they share a trace id, as the requests of a caller that tries again do."""
    system = System()
    log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
    submit = system.submit
    accepted = await asyncio.gather(*(submit(OWNER, "generate_relics", {}, "key") for _ in range(8)))
    assert len({each.job.id for each in accepted}) == 1
    assert [each.is_replayed for each in accepted].count(False) == 1
    assert len(system.queue.sent) == 1


async def test_a_slow_equal_request_does_not_count_a_job_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(quota=Quota(max_unfinished=1))
    submit, count = system.submit, system.quotas.count_submissions

    async def count_late(owner: str, tokens: Mapping[str, int], quota: Quota) -> dict[str, Standing | QuotaExceeded]:
        monkeypatch.setattr(system.quotas, "count_submissions", count)
        faster = await submit(OWNER, "generate_relics", {}, "key")
        await system.services.reading.cancel(OWNER, faster.job.id)
        return await count(owner, tokens, quota)

    monkeypatch.setattr(system.quotas, "count_submissions", count_late)
    slow = await submit(OWNER, "generate_relics", {}, "key")
    assert (slow.is_replayed, slow.job.status) == (True, Status.CANCELLED)
    assert await system.submitted()
