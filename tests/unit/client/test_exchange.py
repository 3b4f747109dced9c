"""When the client repeats a request, and when it gives up."""

import logging
import socket
from typing import Any

import httpx
import pytest

import loresmith
from loresmith import AsyncLoreSmith, LoreSmith, LoreSmithError
from loresmith.job import Job
from loresmith.model import JobState
from tests.unit.client.scripted_api import ADDRESS, JOB_ID, Answer, Clock, ScriptedApi, answer, job, problem

HEALTHY = {"redis": "ok", "queue": "ok", "generator": "ok"}
REFUSED = httpx.ConnectError("Connection refused")


@pytest.mark.parametrize(
    "failure",
    [
        REFUSED,
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
        httpx.ReadTimeout("late"),
        httpx.Response(502),
        problem(503, "store_unavailable", retryable=True),
        httpx.Response(504, text="<html>"),
        problem(429, "throttled", retryable=True),
    ],
    ids=repr,
)
async def test_a_submission_survives_a_short_outage_of_the_api(failure: Any) -> None:
    api = ScriptedApi(failure, failure, answer(job(), 202))
    submitted = await api.client().submit("relics", count=1)
    assert submitted.id == JOB_ID
    assert len(api.requests) == 3


async def test_every_repetition_has_the_same_idempotency_key_and_body() -> None:
    """Otherwise a lost answer would make a second job."""
    api = ScriptedApi(REFUSED, answer(job(), 202), answer(job(), 202))
    client = api.client()
    await client.submit("relics", count=1)
    await client.submit("relics", count=1)
    keys = [request.headers["idempotency-key"] for request in api.requests]
    assert keys[0] == keys[1] != keys[2]
    assert api.bodies[0] == api.bodies[1] == {"type": "generate_relics", "payload": {"count": 1}}


async def test_a_caller_can_choose_the_idempotency_key() -> None:
    api = ScriptedApi(answer(job(), 202))
    await api.client().submit("relics", idempotency_key="order-7")
    assert api.requests[0].headers["idempotency-key"] == "order-7"


@pytest.mark.parametrize("key", ["line\nend", "snow☃", " spaced"])
async def test_a_key_that_no_header_can_hold_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="idempotency key"):
        await ScriptedApi(answer(job(), 202)).client().submit("relics", idempotency_key=key)


async def test_a_piece_is_added_once_even_if_the_answer_was_lost() -> None:
    """The client chooses the id, and the API adds one piece for one id."""
    api = ScriptedApi(httpx.ReadError("reset"), httpx.Response(400))
    with pytest.raises(loresmith.InvalidRequest):
        await api.client().pieces.add(name="Lamp", kind="relic")
    first, second = api.bodies
    assert first == second
    assert first["id"]


async def test_a_secret_is_made_once_although_the_answer_was_lost() -> None:
    """The key makes the repetition safe: the API returns the secret that it has made."""
    made = {"secret": "whsec_c2VjcmV0", "created_at": "2026-11-23T16:39:48Z", "previous_signs_until": None}
    api = ScriptedApi(REFUSED, httpx.ReadError("reset"), httpx.Response(503), answer(made, 201))
    assert (await api.client().webhook.make_secret(end_previous=True)).secret == "whsec_c2VjcmV0"
    assert len({request.headers["idempotency-key"] for request in api.requests}) == 1
    assert {request.url.query for request in api.requests} == {b"end_previous=true"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422, 500])
async def test_a_request_that_would_fail_again_is_not_repeated(status: int) -> None:
    api = ScriptedApi(problem(status, "some_code"))
    with pytest.raises(loresmith.ApiError) as refused:
        await api.client().health()
    assert (refused.value.status, refused.value.code) == (status, "some_code")
    assert len(api.requests) == 1


async def test_the_pause_is_the_one_that_the_api_asks_for() -> None:
    api = ScriptedApi(problem(429, "quota_exceeded", retryable=True, retry_after="17"), answer(HEALTHY))
    await api.client().health()
    assert 17 <= api.pauses_s[0] < 18


async def test_without_retry_after_the_pauses_grow_and_differ() -> None:
    """Clients that lost the same API must not come back together."""
    seen = set()
    for _ in range(20):
        api = ScriptedApi(REFUSED, REFUSED, REFUSED, REFUSED, answer(HEALTHY))
        started_at = api._now()
        await api.client().health()
        assert api.times_s[0] == started_at
        for pause_s, longest_s in zip(api.pauses_s, (0.25, 0.5, 1, 2), strict=True):
            assert longest_s / 2 <= pause_s <= longest_s
        seen.add(api.pauses_s[0])
    assert len(seen) > 1


async def test_the_client_gives_up_after_its_timeout_with_the_last_error() -> None:
    api = ScriptedApi(REFUSED)
    with pytest.raises(loresmith.ConnectionLost, match="refused") as lost:
        await api.client(timeout_s=30).health()
    assert lost.value.retryable
    assert 20 < api.times_s[-1] - api.times_s[0] <= 30


async def test_the_client_does_not_wait_if_retry_after_exceeds_its_timeout() -> None:
    """A quota of the day may be free in hours: the caller hears of it at once."""
    api = ScriptedApi(problem(429, "quota_exceeded", retryable=True, retry_after="7200"))
    with pytest.raises(loresmith.RateLimited) as refused:
        await api.client(timeout_s=60).submit("relics")
    assert refused.value.retry_after_s == 7200
    assert len(api.requests) == 1


async def test_without_a_timeout_a_request_is_sent_once_and_has_the_usual_time() -> None:
    api = ScriptedApi(REFUSED)
    with pytest.raises(loresmith.ConnectionLost):
        await api.client(timeout_s=0).health()
    (request,) = api.requests
    assert request.extensions["timeout"]["read"] == 35


async def test_the_time_that_is_left_limits_a_request() -> None:
    api = ScriptedApi(answer(HEALTHY))
    await api.client(timeout_s=7).health()
    assert api.requests[0].extensions["timeout"]["read"] == 7


async def test_a_timeout_has_its_own_error() -> None:
    with pytest.raises(loresmith.RequestTimeout):
        await ScriptedApi(httpx.ReadTimeout("late")).client(timeout_s=1).health()


async def test_on_retry_is_called_before_each_repetition() -> None:
    told: list[tuple[str, float]] = []
    api = ScriptedApi(REFUSED, answer(HEALTHY))
    await api.client(on_retry=lambda error, pause_s: told.append((error.code, pause_s))).health()
    assert [code for code, _ in told] == ["connection_lost"]
    assert told[0][1] == pytest.approx(api.pauses_s[0])


def test_the_blocking_client_repeats_in_the_same_way() -> None:
    clock = Clock()
    api = ScriptedApi(
        REFUSED, problem(503, "queue_unavailable", retryable=True, retry_after="2"), answer(job()), now=clock
    )
    followed = Job[Any](api.blocking(clock, timeout_s=60), JobState.model_validate(job()))
    assert followed.refresh().id == JOB_ID
    assert 0.125 <= api.pauses_s[0] <= 0.25
    assert 2 <= api.pauses_s[1] <= 2.25


async def test_a_name_that_does_not_exist_fails_at_once() -> None:
    api = ScriptedApi(unresolved(socket.EAI_NONAME))
    with pytest.raises(loresmith.ConnectionLost) as refused:
        await api.client().health()
    assert (len(api.requests), refused.value.retryable) == (1, False)


async def test_a_name_is_tried_again_if_the_resolver_is_away_or_the_name_existed_before() -> None:
    away, unknown = unresolved(socket.EAI_AGAIN), unresolved(socket.EAI_NONAME)
    api = ScriptedApi(away, answer(HEALTHY), unknown, answer(HEALTHY))
    client = api.client()
    await client.health()
    await client.health()
    assert len(api.requests) == 4


def unresolved(errno: int) -> httpx.ConnectError:
    """As httpx raises it."""
    failure = httpx.ConnectError("Name or service not known")
    failure.__cause__ = socket.gaierror(errno, "Name or service not known")
    return failure


async def test_nobody_waits_in_silence_for_an_address_that_may_be_wrong(caplog: pytest.LogCaptureFixture) -> None:
    """Without a handler, Python prints warnings."""
    client = ScriptedApi(REFUSED, REFUSED, answer(HEALTHY), REFUSED, answer(HEALTHY)).client()
    with caplog.at_level(logging.INFO, logger="loresmith"):
        await client.health()
        await client.health()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "INFO"]
    assert "cannot be reached" in caplog.text


async def test_an_error_has_everything_that_the_api_says() -> None:
    faults = [{"field": "payload.count", "message": "must be less than or equal to 10"}]
    with pytest.raises(loresmith.InvalidRequest) as refused:
        await ScriptedApi(problem(400, "invalid_request", errors=faults)).client().submit("relics", count=99)
    error = refused.value
    assert (error.code, error.retryable, error.status, error.request_id) == ("invalid_request", False, 400, "r1")
    assert [(fault.field, fault.message) for fault in error.errors] == [("payload.count", faults[0]["message"])]
    assert str(error) == (
        "invalid_request: It did not work. (request r1): payload.count: must be less than or equal to 10"
    )


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (httpx.Response(200, text="<html>welcome</html>"), loresmith.UnexpectedAnswer),
        (httpx.Response(200, json={"hello": 1}), loresmith.UnexpectedAnswer),
        (httpx.Response(302, headers={"location": "https://login.test"}), loresmith.UnexpectedAnswer),
        (httpx.DecodingError("not gzip"), loresmith.UnexpectedAnswer),
        (httpx.Response(500, text="oops"), loresmith.ServerError),
        (httpx.Response(418, json=["tea"]), loresmith.ApiError),
        (httpx.Response(400, json={"errors": [1, {"field": "a"}]}), loresmith.InvalidRequest),
    ],
)
async def test_an_answer_of_another_program_is_an_error(given: Answer, kind: type[LoreSmithError]) -> None:
    with pytest.raises(kind):
        await ScriptedApi(given).client().health()


async def test_an_id_cannot_become_another_address() -> None:
    api = ScriptedApi(problem(404, "not_found"))
    with pytest.raises(loresmith.NotFound):
        await api.client().jobs.get("../health?x=1")
    assert api.requests[0].url.raw_path == b"/stage/jobs/..%2Fhealth%3Fx%3D1"


async def test_the_health_of_a_service_that_is_down_is_an_answer() -> None:
    assert (await ScriptedApi(answer(HEALTHY | {"redis": "down"}, 503)).client().health()).redis == "down"


@pytest.mark.parametrize(
    "api",
    [
        "",
        "127.0.0.1:18212",
        "ftp://host",
        "http://",
        "http://host/?stage=a",
        "http://me:pw@host",
        "http://[",
        "http://a b",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_at_once(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LORESMITH_API", raising=False)
    with pytest.raises(loresmith.NotConfigured) as refused:
        LoreSmith(api)
    assert "pw" not in str(refused.value)


async def test_a_client_closes_its_own_connections() -> None:
    client = AsyncLoreSmith(ADDRESS)
    await client.close()
    assert client._performer.http.is_closed


async def test_pages_are_read_until_there_are_no_more() -> None:
    """A page may be empty although others follow."""
    pages = [
        {"jobs": [job(), job()], "next_cursor": "a"},
        {"jobs": [], "next_cursor": "b"},
        {"jobs": [job()], "next_cursor": None},
    ]
    api = ScriptedApi(*(answer(page) for page in pages))
    assert len([each async for each in api.client().jobs.list(type="relics")]) == 3
    assert [dict(request.url.params) for request in api.requests] == [
        {"type": "generate_relics", "limit": "100"} | position for position in ({}, {"cursor": "a"}, {"cursor": "b"})
    ]


async def test_a_limit_ends_a_list() -> None:
    api = ScriptedApi(answer({"jobs": [job(), job()], "next_cursor": "a"}))
    assert len([each async for each in api.client().jobs.list(limit=4)]) == 4
    assert [request.url.params["limit"] for request in api.requests] == ["4", "2"]
