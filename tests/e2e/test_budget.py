"""A job that uses up its token budget."""

from collections.abc import Iterator

import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.api import Api
from tests.e2e.environment import own_stack

#: Enough for the names and some of the stages of three relics.
BUDGET = 4_000
MOST = BUDGET * 5 // 4


@pytest.fixture(scope="module")
def frugal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    environment = own_stack(
        tmp_path_factory.mktemp("frugal"), OFFLINE_LLM_LATENCY_S="0.02", JOB_TOKEN_BUDGET=str(BUDGET)
    )
    with LocalStack(StackSettings.read(environment)) as running:
        yield running


def tokens(job: dict[str, dict[str, int]]) -> int:
    return job["usage"]["prompt_tokens"] + job["usage"]["completion_tokens"]


def test_a_job_within_its_budget_is_complete(frugal: LocalStack) -> None:
    with Api(frugal.urls.api) as api:
        job = api.finished(api.submit("generate_relics", {"count": 1})["id"])
    assert (job["status"], job["warnings"]) == ("completed", [])


def test_a_job_that_uses_up_its_budget_delivers_what_is_finished_and_retries_complete_it(frugal: LocalStack) -> None:
    """It costs at most a quarter more than its budget: no text of the offline writer is longer."""
    with Api(frugal.urls.api) as api:
        job = api.finished(api.submit("generate_relics", {"count": 6})["id"])
        codes = {job["error_code"], *(warning["code"] for warning in job["warnings"])} - {None}
        assert codes == {"budget_exhausted"}
        assert 0 < tokens(job) <= MOST
        for _ in range(10):
            if not job["warnings"] and job["status"] == "completed":
                break
            job = api.finished(api.ask("POST", f"/jobs/{job['id']}/retry").json()["id"])
            assert tokens(job) <= MOST
    assert job["status"] == "completed"
    assert len(job["result"]) == 6
