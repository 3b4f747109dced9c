"""`loresmith ops` on the deployed stage: each function has the rights that its operations need."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.domain.queued_job import QueuedJob
from loresmith.cli.command import app
from tests.e2e.api import Api
from tests.infra.emulated.cloud import REGION, Cloud
from tests.infra.emulated.conftest import OWNER
from tests.infra.emulated.processes import wait_for
from tests.infra.emulated.test_deployment import event_source

Ops = Callable[..., Any]


@pytest.fixture
def ops(cloud: Cloud) -> Ops:
    """Runs a command with --json, as an engineer with AWS credentials does, and returns the answer."""
    environment = {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    def run(*words: str) -> Any:
        result = CliRunner().invoke(app, ["ops", "--stage", "emulated", *words, "--json"], env=environment)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


@contextmanager
def disabled(cloud: Cloud, *functions: str) -> Iterator[None]:
    """These functions get no messages."""
    client, mappings = cloud.client("lambda"), [event_source(cloud, function) for function in functions]
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        for mapping in mappings:
            client.update_event_source_mapping(UUID=mapping, Enabled=True)


def test_the_status_of_the_stage_is_read_with_the_rights_of_the_role(ops: Ops) -> None:
    figures = ops("status")
    assert figures["parts"] == {"generator": "ok", "provider": "ok"}
    assert "jobs" in [queue["queue"] for queue in figures["queues"]]


def test_a_finished_job_is_inspected(api: Api, ops: Ops) -> None:
    job_id = api.finished(api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"])["id"]
    assert ops("inspect", job_id, "--no-logs")["summary"] == "It has completed."


def test_a_dead_letter_is_put_back_and_its_job_completes(cloud: Cloud, api: Api, ops: Ops) -> None:
    with disabled(cloud, "worker", "dead-letter"):
        job_id = api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"]
        body = QueuedJob(job_id, OWNER, "generate_relics", 0).encode()
        sent = cloud.client("sqs").send_message(QueueUrl=cloud.outputs["DeadLetterQueueUrl"], MessageBody=body)
        (letter,) = [line["letter"]["id"] for line in ops("dead", "list")["letters"] if line["job_id"] == job_id]
        assert letter == sent["MessageId"]
        assert ops("dead", "show", letter)["body"] == body
        done = ops("dead", "requeue", letter, "--reason", "a test", "--yes")["done"]
        assert done == [f"Dead letter {letter} was put back into its queue."]
        assert letter not in {line["letter"]["id"] for line in ops("dead", "list")["letters"]}
    assert api.finished(job_id)["status"] == "completed"


def test_a_drain_keeps_jobs_waiting_and_loses_none(api: Api, ops: Ops) -> None:
    ops("drain", "--reason", "a deployment", "--yes")
    try:
        job_id = api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"]
        wait_for("the held job", lambda: ops("status")["jobs"].get("held") == 1)
        assert api.job(job_id)["status"] == "pending"
    finally:
        ops("resume", "--reason", "done", "--yes")
    job = api.finished(job_id)
    assert (job["status"], job["attempt"]) == ("completed", 1)


def test_a_job_is_expired_with_the_rights_of_the_role(cloud: Cloud, api: Api, ops: Ops) -> None:
    with disabled(cloud, "worker"):
        job_id = api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"]
        assert ops("expire", job_id, "--reason", "a test", "--yes")["changes"] is True
    assert api.job(job_id)["error_code"] == "ended_by_operator"


def test_the_function_that_reads_changes_nothing(cloud: Cloud) -> None:
    event = {"operation": "drain", "by": "me", "reason": "x", "confirmed": True}
    answer = cloud.client("lambda").invoke(FunctionName=f"{cloud.stack_name}-ops-read", Payload=json.dumps(event))
    assert json.loads(answer["Payload"].read())["error"]["code"] == "invalid_request"
