"""The bearer token of the client: a string, or a function that is asked again when it is refused."""

import asyncio

import httpx
import pytest

import loresmith
from loresmith import AsyncLoreSmith, LoreSmith
from tests.unit.client.scripted_api import ADDRESS, Clock, ScriptedApi, answer, problem

HEALTHY = {"redis": "ok", "queue": "ok", "generator": "ok"}


async def test_a_token_is_asked_for_once_and_again_after_a_401() -> None:
    tokens = iter(["old", "new"])
    api = ScriptedApi(answer(HEALTHY), problem(401, "unauthenticated"), answer(HEALTHY), answer(HEALTHY))
    client = api.client(token=lambda: next(tokens))
    for _ in range(3):
        await client.health()
    sent = [request.headers["authorization"] for request in api.requests]
    assert sent == ["Bearer old", "Bearer old", "Bearer new", "Bearer new"]


async def test_a_refused_token_takes_nothing_from_the_time_of_the_request() -> None:
    tokens = iter(["old", "new"])
    api = ScriptedApi(problem(401, "unauthenticated"), answer(HEALTHY))
    await api.client(token=lambda: next(tokens), timeout_s=0).health()
    assert [request.extensions["timeout"]["read"] for request in api.requests] == [35, 35]


async def test_a_late_401_for_an_old_token_does_not_ask_for_another_one() -> None:
    """Two calls at once are refused. Each new token may cost a sign-in, and a sent one must stay valid."""
    asked: list[str] = []
    both_sent = asyncio.Barrier(2)

    async def respond(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] != "Bearer 1":
            return answer(HEALTHY)
        await both_sent.wait()
        if request.url.path.endswith("usage"):
            await asyncio.sleep(1)
        return problem(401, "unauthenticated")

    def token() -> str:
        asked.append(str(len(asked) + 1))
        return asked[-1]

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    client = AsyncLoreSmith(ADDRESS, token, http=http)
    await asyncio.gather(client.health(), client.usage(), return_exceptions=True)
    assert asked == ["1", "2"]


async def test_a_second_401_is_the_callers() -> None:
    api = ScriptedApi(problem(401, "unauthenticated"))
    with pytest.raises(loresmith.Unauthenticated):
        await api.client(token=lambda: "refused").health()
    assert len(api.requests) == 2


async def test_an_async_client_awaits_the_token() -> None:
    async def token() -> str:
        return "awaited\n"

    api = ScriptedApi(answer(HEALTHY))
    await api.client(token=token).health()
    assert api.requests[0].headers["authorization"] == "Bearer awaited"


def test_a_blocking_client_says_that_it_cannot_await() -> None:
    async def token() -> str:
        return "never"

    with pytest.raises(TypeError, match="AsyncLoreSmith"):
        ScriptedApi(answer(HEALTHY), now=Clock()).blocking_client(token=token).health()


@pytest.mark.parametrize("token", ["two words", "line\nend", "snow☃"])
async def test_a_token_that_no_header_can_hold_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(loresmith.NotConfigured) as refused:
        await ScriptedApi(answer(HEALTHY)).client(token=token).health()
    assert token not in str(refused.value)


async def test_a_token_does_not_follow_a_redirect() -> None:
    api = ScriptedApi(httpx.Response(307, headers={"location": "https://elsewhere.test/"}))
    with pytest.raises(loresmith.UnexpectedAnswer):
        await api.client(token="mine").submit("relics")
    assert {request.url.host for request in api.requests} == {"api.test"}


def test_address_and_token_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORESMITH_API", ADDRESS + "/")
    monkeypatch.setenv("LORESMITH_TOKEN", "from the environment".replace(" ", "-"))
    api = ScriptedApi(answer(HEALTHY), now=Clock())
    http = api.blocking_client()._performer.http
    with LoreSmith(http=http) as client:
        client.health()
    assert str(api.requests[0].url) == f"{ADDRESS}/health"
    assert api.requests[0].headers["authorization"] == "Bearer from-the-environment"
    assert not http.is_closed, "it is the caller's"
