"""The address and the headers of a request to the provider."""

import httpx2
import pytest

from generator_service.app import build_llm, llm_client
from generator_service.settings import Settings
from tests.unit.generator.scripted_provider import ASK, answer_of, good

OPENAI = "https://api.openai.com/v1"
OTHER = "http://llm.invalid/v1"


async def request_of(**settings: str) -> httpx2.Request:
    """The request for one question with these settings."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return good()

    given = Settings.read({"OPENAI_API_KEY": "sk-key", "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "p-1"} | settings)
    async with llm_client(given, httpx2.AsyncClient(transport=httpx2.MockTransport(answer))) as client:
        await answer_of(build_llm(given, client), ASK)
    return requests[0]


async def test_the_http_client_has_no_time_limits_of_its_own() -> None:
    """The SDK's would end a slow connection after five seconds. The limit of a call is LLM_TIMEOUT_S."""
    sent = await request_of()
    assert set(sent.extensions["timeout"].values()) == {None}


async def test_the_operators_headers_replace_the_default_ones() -> None:
    """Azure reads its key from the header `api-key`, and gateways expect other tokens."""
    headers = '{"authorization": "Basic abc", "api-key": "k", "USER-AGENT": "me"}'
    sent = await request_of(OPENAI_BASE_URL=OTHER, LLM_EXTRA_HEADERS=headers)
    assert sent.headers.get_list("authorization") == ["Basic abc"]
    assert (sent.headers["api-key"], sent.headers.get_list("user-agent")) == ("k", ["me"])


async def test_the_path_follows_the_base_url_and_the_query_is_added() -> None:
    sent = await request_of(OPENAI_BASE_URL="http://llm.invalid/a%20b/v1/", LLM_EXTRA_QUERY='{"api-version": "1 2"}')
    assert str(sent.url) == "http://llm.invalid/a%20b/v1/chat/completions?api-version=1+2"


@pytest.mark.parametrize(("url", "organization"), [(OPENAI, "org-1"), (OTHER, None)])
async def test_only_openai_is_told_the_organization(url: str, organization: str | None) -> None:
    sent = await request_of(OPENAI_BASE_URL=url)
    assert sent.headers.get("openai-organization") == organization
    assert sent.headers.get("openai-project") == (organization and "p-1")
    assert sent.headers["authorization"] == "Bearer sk-key"
