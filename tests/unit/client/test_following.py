"""How the client follows a job to its end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import loresmith
from loresmith import AsyncJob, AsyncLoreSmith
from loresmith.model import JobState
from tests.unit.client.scripted_api import ADDRESS, JOB_ID, Clock, ScriptedApi, answer, held, job, problem

PIECE = {"name": "Lamp", "description": "It burns.", "type": "relic", "language": "en", "details": {"age": 3}}
DONE = job("completed", 9, result=[PIECE])


def event(revision: int, status: str = "processing") -> dict[str, Any]:
    at = "2026-11-23T16:39:48.602Z"
    return {"revision": revision, "at": at, "status": status, "progress": revision, "message": "..."}


def events(*found: dict[str, Any]) -> dict[str, Any]:
    return {"events": list(found), "links": job()["links"]}


def handle(api: ScriptedApi, state: dict[str, Any] | None = None) -> AsyncJob[Any]:
    return AsyncJob(api.client()._performer, JobState.model_validate(state or job()))


def late_client(*script: tuple[float, httpx.Response | Exception], timeout_s: float) -> AsyncLoreSmith:
    """A client of an API that gives each answer after so many seconds."""
    answers = iter(script)

    async def answer_late(request: httpx.Request) -> httpx.Response:
        delay_s, given = next(answers)
        limit_s = request.extensions["timeout"]["read"]
        await asyncio.sleep(min(delay_s, limit_s))
        if delay_s > limit_s:
            raise httpx.ReadTimeout("late")
        if isinstance(given, Exception):
            raise given
        return given

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer_late))
    return AsyncLoreSmith(ADDRESS, timeout_s=timeout_s, http=http)


async def test_a_wait_without_a_callback_asks_only_for_the_end() -> None:
    api = ScriptedApi(held(job(revision=5)), held(DONE))
    followed = handle(api)
    assert (await followed.wait())[0].name == "Lamp"
    assert [request.headers["prefer"] for request in api.requests] == ["wait=20", "wait=20"]
    assert followed.status == "completed"


async def test_a_wait_with_a_callback_shows_each_change_once() -> None:
    """The API also answers when nothing has changed for 20 s."""
    seen: list[int] = []
    api = ScriptedApi(held(job(revision=2)), held(job(revision=2)), held(DONE))
    await handle(api).wait(on_progress=lambda state: seen.append(state.revision))
    assert seen == [1, 2, 9]
    assert api.requests[1].headers["prefer"] == "wait=20, after=2, gather=0.5"


async def test_a_callback_may_be_async() -> None:
    seen: list[int] = []

    async def on_progress(state: JobState) -> None:
        seen.append(state.revision)

    await handle(ScriptedApi(held(DONE))).wait(on_progress=on_progress)
    assert seen == [1, 9]


async def test_an_error_of_the_callback_reaches_the_caller() -> None:
    def on_progress(state: JobState) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await handle(ScriptedApi(held(DONE))).wait(on_progress=on_progress)


async def test_an_api_that_stops_holding_answers_is_polled_less_often() -> None:
    """It answers at once if too many callers wait. Asking again at once would make that worse."""
    api = ScriptedApi(answer(job(), retry_after="3"), answer(job()), answer(DONE))
    await handle(api).wait()
    assert api.pauses_s == [3, 3]


async def test_a_job_is_followed_through_a_restart_of_the_api() -> None:
    lost = httpx.ConnectError("Connection refused")
    api = ScriptedApi(held(job(revision=2)), httpx.ReadError("reset"), lost, lost, lost, held(DONE))
    assert [state.revision async for state in handle(api).updates()] == [1, 2, 9]


async def test_a_wait_ends_after_its_timeout_and_the_job_continues() -> None:
    api = ScriptedApi(answer(job(revision=3), retry_after="3"))
    with pytest.raises(loresmith.WaitTimeout) as late:
        await handle(api).wait(timeout_s=10)
    assert late.value.job.revision == 3
    assert 10 <= api.times_s[-1] - api.times_s[0] + 3 <= 13
    assert {request.method for request in api.requests} == {"GET"}, "nothing is cancelled"


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), problem(503, "store_unavailable", retryable=True)])
async def test_a_wait_ends_after_its_timeout_even_if_the_api_is_unavailable(failure: Any) -> None:
    api = ScriptedApi(failure)
    with pytest.raises(loresmith.WaitTimeout) as late:
        await handle(api).wait(timeout_s=5)
    assert isinstance(late.value.__cause__, loresmith.ConnectionLost | loresmith.ServerError)
    assert api.times_s[-1] - api.times_s[0] <= 5


async def test_a_wait_without_a_timeout_ends_when_the_api_is_unavailable_for_too_long() -> None:
    api = ScriptedApi(httpx.ConnectError("refused"))
    with pytest.raises(loresmith.ConnectionLost):
        await handle(api).wait()
    assert 50 < api.times_s[-1] - api.times_s[0] <= 60


async def test_an_outage_counts_from_its_beginning_not_from_that_of_a_long_poll() -> None:
    """The API stops after it has held an answer for 19 s. A few seconds later it holds answers again."""
    lost, refused = httpx.ReadError("reset"), httpx.ConnectError("refused")
    client = late_client((19, lost), *[(0, refused)] * 4, (20, held(job(revision=2))), (0, held(DONE)), timeout_s=15)
    assert len(await AsyncJob[Any](client._performer, JobState.model_validate(job())).wait()) == 1


async def test_a_wait_without_patience_ends_with_its_own_error() -> None:
    """The API holds each answer for as long as it may."""
    client = late_client(*[(hold_s, held(job())) for hold_s in (20, 9, 1)], timeout_s=0)
    with pytest.raises(loresmith.WaitTimeout):
        await AsyncJob[Any](client._performer, JobState.model_validate(job())).wait(timeout_s=29.5)


async def test_the_time_of_a_wait_comes_before_the_patience_if_both_are_used_up() -> None:
    for _ in range(50):  # pauses are random
        with pytest.raises(loresmith.WaitTimeout):
            await handle(ScriptedApi(httpx.ConnectError("refused"))).wait(timeout_s=55)


async def test_without_patience_the_first_failure_of_a_long_poll_is_the_last() -> None:
    client = late_client((20, held(job(revision=2))), (1, httpx.ReadError("reset")), timeout_s=0)
    with pytest.raises(loresmith.ConnectionLost):
        await AsyncJob[Any](client._performer, JobState.model_validate(job())).wait()


async def test_a_wait_can_be_cancelled_and_the_client_used_again() -> None:
    api = ScriptedApi(answer(job(), retry_after="3"))
    followed = handle(api)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(followed.wait(), 10)
    assert (await followed.refresh()).revision == 1


async def test_an_iteration_can_be_left_early() -> None:
    api = ScriptedApi(held(job(revision=2)), held(job(revision=3)))
    async for state in handle(api).updates():
        if state.revision == 2:
            break
    assert len(api.requests) == 1


async def test_the_api_is_not_asked_to_hold_an_answer_past_the_timeout() -> None:
    api = ScriptedApi(held(DONE))
    await handle(api).wait(timeout_s=7.5)
    assert api.requests[0].headers["prefer"] == "wait=7"


async def test_the_client_waits_longer_than_the_api_may_hold_the_answer() -> None:
    api = ScriptedApi(held(DONE))
    await handle(api).wait()
    assert api.requests[0].extensions["timeout"]["read"] > 20 + 29


async def test_a_failed_job_is_an_error_with_the_job() -> None:
    failed = job("failed", 4, error="It was late.", error_code="timeout", retryable=True)
    with pytest.raises(loresmith.JobFailed, match="timeout: It was late") as end:
        await handle(ScriptedApi(held(failed))).wait()
    assert (end.value.code, end.value.retryable, end.value.job.id) == ("timeout", True, JOB_ID)


async def test_a_cancelled_job_is_an_error_of_its_own() -> None:
    with pytest.raises(loresmith.JobCancelled):
        await handle(ScriptedApi(held(job("cancelled", 4)))).wait()


def test_an_unfinished_job_has_no_result() -> None:
    with pytest.raises(loresmith.JobUnfinished):
        _ = handle(ScriptedApi(answer(job()))).result


async def test_events_come_in_order_without_a_gap_up_to_the_end() -> None:
    api = ScriptedApi(held(events(event(1), event(2))), held(events(event(3), event(4, "completed"))))
    assert [each.revision async for each in handle(api).events()] == [1, 2, 3, 4]
    assert [request.url.params["after"] for request in api.requests] == ["0", "2"]


async def test_events_can_continue_where_they_were_left() -> None:
    api = ScriptedApi(held(events(event(4, "failed"))))
    assert [each.revision async for each in handle(api).events(after=3)] == [4]
    assert api.requests[0].url.params["after"] == "3"


async def test_there_are_no_events_after_the_end_of_a_job() -> None:
    """The API answers at once. The client must not poll forever."""
    api = ScriptedApi(answer(events()), answer(DONE))
    assert [each async for each in handle(api).events(after=9)] == []


async def test_waiting_for_events_ends_with_the_timeout() -> None:
    api = ScriptedApi(*[answer(events()), answer(job())] * 20)
    with pytest.raises(loresmith.WaitTimeout):
        _ = [each async for each in handle(api).events(timeout_s=10)]
    assert len(api.requests) < 20


async def test_events_end_with_the_timeout_even_if_the_api_is_unavailable() -> None:
    api = ScriptedApi(answer(events()), httpx.ConnectError("refused"))
    with pytest.raises(loresmith.WaitTimeout):
        _ = [each async for each in handle(api).events(timeout_s=10)]
    assert api.times_s[-1] - api.times_s[0] <= 10


async def test_a_job_that_has_expired_meanwhile_is_not_found() -> None:
    with pytest.raises(loresmith.NotFound):
        await handle(ScriptedApi(problem(404, "not_found"))).wait()


async def test_a_retry_is_a_new_job_and_has_a_key() -> None:
    api = ScriptedApi(answer(job(id="new", retry_of=JOB_ID), 202))
    retried = await handle(api, job("failed", 3)).retry()
    assert (retried.id, retried.state.retry_of) == ("new", JOB_ID)
    assert api.requests[0].headers["idempotency-key"]
    assert api.requests[0].content == b""


def test_the_blocking_client_follows_in_the_same_way() -> None:
    seen: list[int] = []
    api = ScriptedApi(answer(job(), 202), held(job(revision=2)), held(DONE), now=Clock())
    made = api.blocking_client().generate("relics", count=1, on_progress=lambda state: seen.append(state.revision))
    assert [piece.name for piece in made] == ["Lamp"]
    assert seen == [1, 2, 9]


def test_the_blocking_client_iterates_too() -> None:
    api = ScriptedApi(answer(job(), 202), held(events(event(1), event(2, "completed"))), now=Clock())
    submitted = api.blocking_client().submit("relics")
    assert [each.revision for each in submitted.events()] == [1, 2]


async def test_a_late_answer_does_not_take_a_job_back() -> None:
    """Two tasks follow one handle. The slower one must not hide the end from somebody who has already waited for it."""
    ended, late = asyncio.Event(), asyncio.Event()

    async def respond(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return answer(job("pending", 1), 202)
        if "after=1, gather" in request.headers["prefer"]:
            late.set()
            await ended.wait()
            return held(job("processing", 2))
        await late.wait()
        return held(job("completed", 3, result=[]))

    client = AsyncLoreSmith(ADDRESS, http=httpx.AsyncClient(transport=httpx.MockTransport(respond)))
    submitted = await client.submit("relics")
    updates = asyncio.create_task(_all(submitted.updates()))
    assert await submitted.wait() == []
    ended.set()
    assert [state.status for state in await updates] == ["pending", "completed"]
    assert submitted.result == []


async def _all(states: AsyncIterator[JobState]) -> list[JobState]:
    return [state async for state in states]
