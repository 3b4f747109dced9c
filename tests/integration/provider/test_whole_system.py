"""The whole system with a newly started generator."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
import requests

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.api import Api
from tests.e2e.environment import own_stack
from tests.integration.provider import request_cases
from tests.integration.provider.case import Case
from tests.integration.provider.run import finished, judge, run_name, submit
from tests.integration.provider.server import Provider

_KEY = "sk-a-very-secret-key"
_FEW = {case.name: case for case in request_cases.ALL}
THROUGH_EVERYTHING = [
    _FEW[name]
    for name in (
        "no-json-schema",
        "no-system-role",
        "only-plain-text-is-accepted",
    )
]


@pytest.fixture(scope="module")
def own(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack whose generator is restarted for each test, so that it has learned nothing about the provider."""
    environment = own_stack(
        tmp_path_factory.mktemp("own"),
        OPENAI_BASE_URL=provider.url,
        OPENAI_API_KEY=_KEY,
        MAX_SUBMISSIONS_PER_MINUTE="100000",
    )
    with LocalStack(StackSettings.read(environment)) as running:
        yield running


@pytest.fixture
def forgetful(own: LocalStack) -> Iterator[Api]:
    old = own.processes["generator"]
    os.kill(old, signal.SIGKILL)
    deadline = time.monotonic() + 120
    while own.processes["generator"] == old or not _is_healthy(own.urls.api):
        assert time.monotonic() < deadline, "the generator did not come back"
        time.sleep(0.05)
    with Api(own.urls.api) as api:
        yield api


def _is_healthy(url: str) -> bool:
    return requests.get(f"{url}/health", timeout=120).status_code == 200


@pytest.mark.parametrize("case", THROUGH_EVERYTHING, ids=str)
def test_a_newly_started_generator_finds_out_what_the_server_accepts(
    forgetful: Api, provider: Provider, case: Case
) -> None:
    run = run_name(case)
    job_id = submit(forgetful, provider, case, run)
    outcome = finished(forgetful, provider, run, job_id)
    judge(case, outcome)
    assert forgetful.job(job_id)["usage"]["llm_calls"] == len(outcome.calls)
