"""The provider fails in every known way, once and permanently."""

import json
import re
import time
from typing import Any

import pytest

from local.stack.local_stack import LocalStack
from tests.chaos.log import count, lines_of
from tests.chaos.provider import Provider
from tests.chaos.report import Figure, Report
from tests.chaos.running_job import submitted_and_under_way
from tests.e2e.api import Api
from tests.redis_server import until

#: One call for the name, one for the rest.
LEAST_CALLS = 2
PAYLOAD = {"theme": "noir", "count": 1}

#: A fault that occurs once → how many additional calls it costs.
PASSING = dict.fromkeys(
    ("429", "500", "503", "broken_body", "garbage", "wrong_schema", "truncated", "empty", "drop"), 1
)
#: A permanent fault → the error code of the job.
LASTING = {
    "401": "provider_auth",
    "insufficient_quota": "provider_quota",
    "refusal": "refused",
    "broken_body": "provider_unavailable",
    "garbage": "invalid_output",
    "wrong_schema": "invalid_output",
    "truncated": "truncated",
    "empty": "invalid_output",
    "429": "provider_rate_limited",
    "500": "provider_unavailable",
    "drop": "provider_unavailable",
}
#: Faults that are not worth another call.
FINAL = {"401", "insufficient_quota", "refusal"}


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_occurs_once_costs_one_more_call(api: Api, provider: Provider, report: Report, fault: str) -> None:
    provider.be({"fault": fault, "times": 1}, latency_s=0.05)
    started_at = time.monotonic()
    job = api.finished(api.submit("generate_relics", PAYLOAD)["id"])
    calls = provider.calls().started
    report.note(Figure(f"provider: {fault}, once", job["status"], time.monotonic() - started_at, calls, LEAST_CALLS))
    assert job["status"] == "completed"
    assert job["attempt"] == 1
    assert calls == LEAST_CALLS + PASSING[fault]
    assert job["usage"]["llm_calls"] == calls


def test_retry_after_is_obeyed(api: Api, provider: Provider, report: Report) -> None:
    provider.be({"fault": "429", "times": 1, "retry_after_s": 2}, latency_s=0.05)
    started_at = time.monotonic()
    job = api.finished(api.submit("generate_relics", PAYLOAD)["id"])
    waited_s = time.monotonic() - started_at
    report.note(Figure("provider: 429, Retry-After 2", job["status"], waited_s, provider.calls().started, LEAST_CALLS))
    assert job["status"] == "completed"
    assert waited_s >= 2
    assert provider.calls().started == LEAST_CALLS + 1


@pytest.mark.parametrize("fault", LASTING)
def test_a_permanent_fault_fails_the_job_without_revealing_details(
    stack: LocalStack, api: Api, provider: Provider, report: Report, fault: str
) -> None:
    """The answer tells the caller what to do. Only the log says what happened."""
    provider.be({"fault": fault}, latency_s=0.02)
    started_at = time.monotonic()
    job = api.finished(api.submit("generate_relics", PAYLOAD)["id"], timeout_s=240)
    calls = provider.calls().started
    report.note(Figure(f"provider: {fault}, every time", job["error_code"], time.monotonic() - started_at, calls))
    assert (job["status"], job["error_code"]) == ("failed", LASTING[fault])
    assert job["retryable"] is (fault not in FINAL)
    assert calls == 1 if fault in FINAL else calls <= 3 * 8
    assert job["usage"]["llm_calls"] == calls
    assert job["error"].endswith(".")
    _check_nothing_leaks(stack, job)
    _check_the_log_has_the_code(stack, job["id"], job["error_code"])


def _check_nothing_leaks(stack: LocalStack, job: dict[str, Any]) -> None:
    assert stack.urls.llm is not None
    shown = json.dumps(job)
    for secret in (stack.urls.llm, "127.0.0.1", "Traceback", "offline", "Bearer", "openai"):
        assert secret.lower() not in shown.lower()


def _check_the_log_has_the_code(stack: LocalStack, job_id: str, code: str) -> None:
    lines = [line for line in lines_of(stack, "generator") if job_id in line]
    assert any(code in line for line in lines)
    (request_id,) = {json.loads(line)["request_id"] for line in lines}
    assert re.fullmatch("[0-9a-f]{32}", request_id)


def test_a_retry_writes_only_the_piece_that_failed(api: Api, provider: Provider) -> None:
    """Two pieces of three are a result. The retry pays only for the third."""
    provider.be({"fault": "refusal", "schema": "relic_description_history", "times": 1}, latency_s=0.05)
    job = api.finished(api.submit("generate_relics", {"theme": "noir", "count": 3})["id"])
    assert (job["status"], len(job["result"]), len(job["warnings"])) == ("completed", 2, 1)
    assert job["warnings"][0]["code"] == "refused"
    provider.be(latency_s=0.05)
    provider.forget()
    answer = api.ask("POST", f"/jobs/{job['id']}/retry")
    assert answer.status_code == 202
    again = api.finished(answer.json()["id"])
    assert (len(again["result"]), again["warnings"]) == (3, [])
    assert provider.calls().started == 1
    assert again["usage"]["llm_calls"] == 1


def test_a_cancel_stops_all_calls(stack: LocalStack, api: Api, provider: Provider, report: Report) -> None:
    """Calls in flight are dropped, and no call begins after the generator has ended the job."""
    job_id, in_flight = submitted_and_under_way(api, provider)
    answer = api.ask("POST", f"/jobs/{job_id}/cancel")
    at = time.time()
    assert answer.status_code == 202
    calls = provider.wait_until_idle()
    report.note(Figure("cancelled while running", "cancelled", time.time() - at, calls.started, None, calls.dropped))
    assert calls.dropped >= in_flight > 0
    until(lambda: count(stack, "generator", job_id, "Job was cancelled") == 1)
    assert provider.calls().started == calls.started
    assert api.job(job_id)["status"] == "cancelled"


def test_the_logs_of_worker_and_generator_name_the_job(stack: LocalStack, api: Api, provider: Provider) -> None:
    job_id = api.finished(api.submit("generate_relics", PAYLOAD)["id"])["id"]
    assert count(stack, "generator", job_id)
    assert count(stack, "worker", job_id)
