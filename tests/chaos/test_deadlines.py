"""A provider that hangs. The deadlines are a tenth of the deployed ones."""

import json
import time
from collections.abc import Iterator

import pytest

from local.stack.local_stack import LocalStack
from tests.chaos.conftest import stack_settings
from tests.chaos.provider import Provider
from tests.chaos.report import Figure, Report
from tests.e2e.api import Api

JOB_DEADLINE_S = 12
DEADLINES = {"LLM_TIMEOUT_S": "3", "RPC_DEADLINE_S": "9", "JOB_DEADLINE_S": str(JOB_DEADLINE_S)}


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with LocalStack(stack_settings(tmp_path_factory.mktemp("hasty"), **DEADLINES)) as running:
        yield running


def test_a_job_whose_provider_hangs_fails_with_a_timeout(hasty: LocalStack, report: Report) -> None:
    assert hasty.urls.llm is not None
    provider = Provider(hasty.urls.llm)
    provider.be({"fault": "hang"})
    with Api(hasty.urls.api) as api:
        started_at = time.monotonic()
        job = api.finished(api.submit("generate_relics", {"count": 1})["id"])
        took_s = time.monotonic() - started_at
    report.note(
        Figure(f"provider: hangs (deadline {JOB_DEADLINE_S} s)", job["error_code"], took_s, provider.calls().started)
    )
    assert (job["status"], job["error_code"], job["retryable"]) == ("failed", "timeout", True)
    assert "127.0.0.1" not in json.dumps(job)
    calls = provider.wait_until_idle()
    assert calls.dropped == calls.started > 0


def test_a_job_with_an_earlier_deadline_of_its_own_fails_then(hasty: LocalStack) -> None:
    assert hasty.urls.llm is not None
    provider = Provider(hasty.urls.llm)
    provider.be({"fault": "hang"})
    provider.wait_until_idle()
    provider.forget()
    with Api(hasty.urls.api) as api:
        submission = {"type": "generate_relics", "payload": {"count": 1}, "deadline_s": 9}
        job = api.ask("POST", "/jobs", json=submission).json()
        ended = api.finished(job["id"])
        later = api.ask("POST", "/jobs", json=submission | {"deadline_s": JOB_DEADLINE_S + 1})
    assert (ended["status"], ended["error_code"]) == ("failed", "timeout")
    assert ended["deadline_at"] == job["deadline_at"]
    calls = provider.wait_until_idle()
    assert calls.dropped == calls.started > 0
    assert later.json()["errors"][0]["field"] == "deadline_s"
