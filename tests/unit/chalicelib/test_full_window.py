"""An owner over its rate is refused without asking Redis, and before the body is read."""

import asyncio
from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.api.message import Response
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import DayTokens
from chalicelib.service.full_window import FullWindows
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import System

QUOTA = Quota(max_submissions=2)
NOT_JSON = b"{"


def standing(submissions: int, moves_in_s: int) -> Standing:
    return Standing(QUOTA, submissions, submissions, moves_in_s, DayTokens(0, 0, 3600))


async def post(system: System, body: Any = None, **headers: str) -> Response:
    asked = request(submission(count=1) if body is None else body, None, **headers)
    return await answer(system, endpoint.submit_job, asked)


async def over_the_rate() -> System:
    """A system whose caller has just been refused."""
    system = System(quota=QUOTA)
    assert [(await post(system)).status for _ in range(3)] == [202, 202, 429]
    return system


async def test_the_next_refusal_asks_no_store_and_reads_no_body() -> None:
    """The body is not JSON, and the store is down: neither is noticed."""
    system = await over_the_rate()
    system.server.down = True
    refused = await post(system, NOT_JSON)
    assert (refused.status, refused.body["code"]) == (429, "quota_exceeded")


async def test_a_remembered_refusal_says_how_long_to_wait_and_nothing_else() -> None:
    """Jobs may have ended since the store was asked."""
    system = await over_the_rate()
    await asyncio.sleep(10)
    again = await post(system)
    assert again.headers["Retry-After"] == "50"
    assert again.headers["RateLimit-Policy"] == '"submissions";q=2;w=60'
    assert again.headers["RateLimit"] == '"submissions";r=0;t=50'


async def test_a_caller_that_waits_as_told_is_accepted() -> None:
    system = await over_the_rate()
    await asyncio.sleep(int((await post(system)).headers["Retry-After"]))
    assert (await post(system)).status == 202


async def test_nobody_who_may_submit_is_refused() -> None:
    """Whenever the caller asks: the window moves at a fraction of a second, and answers give whole seconds."""
    for tenths in range(580, 620):
        system = System(quota=Quota(max_submissions=1))
        await post(system)
        submitted_at = asyncio.get_running_loop().time()
        await asyncio.sleep(0.35)
        assert (await post(system)).status == 429
        await asyncio.sleep(submitted_at + tenths / 10 - asyncio.get_running_loop().time())
        assert (await post(system)).status == (202 if tenths >= 600 else 429)


async def test_a_replay_of_an_accepted_request_is_answered_over_the_rate() -> None:
    system = System(quota=QUOTA)
    first = await post(system, idempotency_key="mine")
    assert [(await post(system)).status for _ in range(3)] == [202, 429, 429]
    replay = await post(system, idempotency_key="mine")
    assert (replay.status, replay.body["id"]) == (202, first.body["id"])


async def test_a_dry_run_is_answered_over_the_rate() -> None:
    """It counts against no quota."""
    system = await over_the_rate()
    asked = request(submission(count=1), {"dry_run": "true"})
    assert (await answer(system, endpoint.submit_job, asked)).status == 200


async def test_a_full_window_of_one_owner_does_not_affect_another() -> None:
    system = await over_the_rate()
    system.services.submission.check_window("another")


async def test_an_owner_with_too_many_unfinished_jobs_is_looked_up_each_time() -> None:
    """A job may end at any moment, in any process."""
    system = System(quota=Quota(max_unfinished=1))
    job = await system.submitted()
    assert (await post(system)).status == 429
    await system.work(job.id)
    assert (await post(system)).status == 202


@pytest.mark.parametrize("jump_s", [-5.0, 3600.0])
def test_a_clock_that_jumps_ends_the_refusals(jump_s: float) -> None:
    """Lambda may freeze a process for an hour, and clocks are set back."""
    clock_s = [1000.0]
    windows = FullWindows(lambda: clock_s[0])
    windows.remember("owner", standing(2, 30), 1000.0)
    with pytest.raises(QuotaExceeded):
        windows.check("owner")
    clock_s[0] += jump_s
    windows.check("owner")


def test_a_window_that_is_not_full_is_not_remembered() -> None:
    windows = FullWindows(lambda: 1000.0)
    windows.remember("owner", standing(1, 30), 1000.0)
    windows.check("owner")
