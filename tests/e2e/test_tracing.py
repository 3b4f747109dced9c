"""One request id connects the API's answer with the calls to the provider."""

import json
from pathlib import Path
from typing import Any

import requests

from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


def lines(stack: LocalStack, part: str, job_id: str) -> list[dict[str, Any]]:
    """The log lines of a job from all processes of the part: there may be a second worker."""
    folder: Path = stack._settings.local_dir
    logs = sorted((folder / "logs").glob(f"{part}*.log"))
    text = "\n".join(log.read_text(encoding="utf-8") for log in logs)
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [line for line in found if line.get("job_id") == job_id]


def test_a_callers_trace_reaches_every_part(stack: LocalStack, api: Api) -> None:
    body = {"type": "generate_relics", "payload": {"count": 1}}
    answer = api.ask("POST", "/jobs", json=body, headers={"traceparent": TRACEPARENT})
    assert answer.headers["X-Request-Id"] == TRACE_ID
    job = api.finished(answer.json()["id"])
    for part in ("worker", "generator"):
        found = lines(stack, part, job["id"])
        assert found
        assert {line["request_id"] for line in found} == {TRACE_ID}
    assert {int(line["attempt"]) for part in ("worker", "generator") for line in lines(stack, part, job["id"])} == {1}
    (accepted,) = [line for line in lines(stack, "api", job["id"]) if line["request_id"] == TRACE_ID]
    assert accepted["message"] == "Job accepted"
    owners = {line["owner"] for part in ("api", "worker", "generator") for line in lines(stack, part, job["id"])}
    assert [len(owner) for owner in owners] == [32]
    assert stack.urls.llm is not None
    calls = requests.get(f"{stack.urls.llm.removesuffix('/v1')}/control/calls", timeout=120).json()["log"]
    mine = [call for call in calls if call["trace"] and call["trace"].split("-")[1] == TRACE_ID]
    assert len(mine) == job["usage"]["llm_calls"]


def test_each_request_without_a_trace_gets_its_own_id(api: Api) -> None:
    ids = {api.ask("GET", "/job-types").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_malformed_trace_is_ignored(api: Api) -> None:
    """The id is written to logs, so it must be 32 hexadecimal digits."""
    answer = api.ask("GET", "/job-types", headers={"traceparent": '00-"}{"level":"FORGED"-x-01'})
    assert len(answer.headers["X-Request-Id"]) == 32


def test_the_api_serves_its_documentation_as_a_page(api: Api) -> None:
    page = api.ask("GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "SwaggerUIBundle" in page.text
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert api.ask("GET", f"/docs/{asset}").status_code == 200
