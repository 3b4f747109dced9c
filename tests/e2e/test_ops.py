"""`loresmith ops` on a real local stack, as the engineer on call uses it."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from local.project import ROOT
from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from loresmith.cli.command import app
from tests.chaos.log import worker_of
from tests.chaos.queue import Queue
from tests.e2e.api import Api
from tests.e2e.environment import own_stack
from tests.installed_client import environment
from tests.pseudo_terminal import CTRL_C, PseudoTerminal
from tests.redis_server import until
from tests.webhook_receiver import receiving

#: A drain is only tested with jobs that run for a while.
SLOW = {"theme": "fantasy", "count": 3}
QUICK = {"count": 1}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Recovery never runs by itself: a stuck job stays stuck until somebody reads it."""
    own = {"WORKER_CONCURRENCY": "4", "WORKER_PROCESSES": "2", "RECOVERY_INTERVAL_S": "100000", "LEASE_S": "10"}
    own["WEBHOOK_RETRY_S"] = "1"
    environment = own_stack(tmp_path_factory.mktemp("ops"), OFFLINE_LLM_LATENCY_S="2", **own)
    with LocalStack(StackSettings.read(environment)) as running:
        yield running


@pytest.fixture
def api(stack: LocalStack) -> Iterator[Api]:
    with Api(stack.urls.api) as client:
        yield client


Ops = Callable[..., Result]


@pytest.fixture
def ops(stack: LocalStack) -> Ops:
    def run(*words: str) -> Result:
        folder = str(stack._settings.local_dir)
        return CliRunner().invoke(app, ["ops", "--local", folder, *words], env={"COLUMNS": "200"})

    return run


def said(result: Result) -> str:
    """What it printed, if it succeeded."""
    assert result.exit_code == 0, result.output
    return result.output


def figures(ops: Ops) -> Any:
    return json.loads(said(ops("status", "--json")))


def test_an_idle_stage_is_well(ops: Ops) -> None:
    assert "Nothing is stuck, paused or down." in said(ops("status", "--check"))


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_job_whose_worker_is_lost_is_found_and_explained(
    stack: LocalStack, api: Api, ops: Ops, fault: signal.Signals
) -> None:
    job_id = api.submit("generate_settings", SLOW)["id"]
    until(lambda: api.job(job_id)["progress"] > 20)
    worker = worker_of(stack, job_id)
    os.kill(worker, fault)
    try:
        until(lambda: figures(ops)["stuck"])
        status = ops("status", "--check")
        assert status.exit_code == 3
        assert "1 job is stuck: worker lost. Recovery queues each again within a minute" in status.output
        story = said(ops("inspect", job_id))
        assert story.startswith("It is stuck: its worker was lost ")
        assert "INFO: Attempt started" in story
        assert "The lease of its worker expired: the worker is lost" in story
        assert api.finished(job_id)["status"] == "completed"
    finally:
        if fault is signal.SIGSTOP:
            os.kill(worker, signal.SIGCONT)
    assert said(ops("inspect", job_id)).startswith("It has completed.")


def test_a_drain_for_a_deployment_loses_no_job(stack: LocalStack, api: Api, ops: Ops) -> None:
    """Workers and generator are replaced while nothing runs. Every job completes in its first attempt."""
    before = [api.submit("generate_characters", SLOW)["id"] for _ in range(6)]
    until(lambda: figures(ops)["begun"])
    drained = said(ops("drain", "--reason", "version 2", "--wait", "--yes"))
    assert drained.endswith("No job is running.\n")
    during = [api.submit("generate_relics", QUICK)["id"] for _ in range(3)]
    until(lambda: figures(ops)["jobs"].get("held", 0) >= len(during))
    assert "drain" in api.ask("GET", "/health").json()
    assert '"version 2"' in said(ops("inspect", during[0])).splitlines()[0]
    for name in ("generator", "worker", "worker-2"):
        if name in stack.processes:
            os.kill(stack.processes[name], signal.SIGTERM)
    until(lambda: api.ask("GET", "/health").status_code == 200)
    assert {api.job(job_id)["status"] for job_id in during} == {"pending"}
    assert "The drain has ended." in said(ops("resume", "--reason", "done", "--yes"))
    jobs = [api.finished(job_id) for job_id in [*before, *during]]
    assert {(job["status"], job["attempt"]) for job in jobs} == {("completed", 1)}
    assert "drain" not in api.ask("GET", "/health").json()


def test_a_drain_can_refuse_new_jobs(api: Api, ops: Ops) -> None:
    said(ops("drain", "--reason", "maintenance", "--refuse", "--minutes", "5", "--yes"))
    try:
        refused = api.ask("POST", "/jobs", json={"type": "generate_relics", "payload": QUICK})
        assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "draining", "30")
        told = CliRunner().invoke(app, ["--api", api.url, "status", "--json"])
        assert json.loads(told.stdout)["health"]["drain"]["refuses_jobs"] is True
    finally:
        said(ops("resume", "--reason", "done", "--yes"))
    assert api.finished(api.submit("generate_relics", QUICK)["id"])["status"] == "completed"


def test_a_job_that_its_dead_letter_ended_is_retried(stack: LocalStack, api: Api, ops: Ops) -> None:
    """The handler of dead letters has failed the job. The engineer needs only its id, or --all."""
    said(ops("drain", "--reason", "no worker may take it", "--yes"))
    job_id = api.submit("generate_relics", QUICK)["id"]
    Queue(stack, "jobs-dlq").send_job(job_id)
    assert api.finished(job_id)["error_code"] == "undeliverable"
    said(ops("resume", "--reason", "done", "--yes"))
    assert job_id in said(ops("dead", "list"))
    declined = ops("dead", "requeue", job_id, "--reason", "a test")
    assert (declined.exit_code, "It will be retried" in declined.output) == (1, True)
    done = json.loads(said(ops("dead", "requeue", "--all", "--reason", "fixed", "--yes", "--json")))
    (dead,) = [job for job in json.loads(said(ops("dead", "list", "--json")))["jobs"] if job["id"] == job_id]
    assert done["done"] == [f"Job {job_id} is retried as {dead['retried_as']}."]
    assert api.finished(dead["retried_as"])["status"] == "completed"


def test_webhooks_that_were_given_up_are_found_sent_again_and_dropped(api: Api, ops: Ops) -> None:
    """The receivers refused until no attempt was left. One of them works again."""
    secret = str(api.ask("POST", "/webhook/secret").json()["secret"])
    with receiving(lambda: secret) as receiver:
        receiver.status = 500
        job = {"type": "generate_relics", "payload": QUICK, "webhook": {"url": f"{receiver.url}?token=s3cret"}}
        wanted, unwanted = (api.ask("POST", "/jobs", json=job).json()["id"] for _ in range(2))
        until(lambda: {wanted, unwanted} <= letters_by_job(ops).keys())
        letters = letters_by_job(ops)
        status = ops("status", "--check")
        assert (status.exit_code, "2 dead letters from the queue `webhooks`" in status.output) == (3, True)
        listed = said(ops("dead", "list"))
        assert f"job.completed of job {wanted} to 127.0.0.1:{receiver.port}." in listed
        assert ("s3cret" in listed, "are with their handler" in listed) == (False, False)
        assert letters[wanted] in said(ops("inspect", wanted, "--no-logs"))
        refused = len(receiver.of(wanted))
        assert refused == 2  # the first attempt, and one more after WEBHOOK_RETRY_S
        receiver.status = 204
        said(ops("dead", "requeue", letters[wanted], "--reason", "the receiver is up", "--yes"))
        receiver.wait_for(wanted, count=refused + 1)
        dropped = said(ops("dead", "drop", letters[unwanted], "--reason", "nobody wants it", "--yes"))
        assert f"This is not reported: job.completed of job {unwanted}" in dropped
        until(lambda: not letters_by_job(ops))


def letters_by_job(ops: Ops) -> dict[str, str]:
    """Job → its dead letter."""
    listed = json.loads(said(ops("dead", "list", "--json")))["letters"]
    return {line["job_id"]: line["letter"]["id"] for line in listed}


def test_a_waiting_job_can_be_expired_and_a_running_one_cancelled(api: Api, ops: Ops) -> None:
    running = api.submit("generate_settings", SLOW | {"count": 10})["id"]
    until(lambda: api.job(running)["status"] == "processing")
    refused = ops("expire", running, "--reason", "x", "--yes")
    assert (refused.exit_code, "To stop it: `loresmith ops cancel" in refused.output) == (1, True)
    assert "is cancelled." in said(ops("cancel", running, "--reason", "x", "--yes"))
    said(ops("drain", "--reason", "x", "--yes"))
    waiting = api.submit("generate_relics", QUICK)["id"]
    assert "failed with ended_by_operator" in said(ops("expire", waiting, "--reason", "x", "--yes"))
    said(ops("resume", "--reason", "x", "--yes"))
    assert api.job(waiting)["retryable"] is True


def test_the_quotas_of_an_owner_are_shown_and_reset(api: Api, ops: Ops) -> None:
    api.finished(api.submit("generate_relics", QUICK)["id"])
    assert "running jobs" in said(ops("quota", "anonymous"))
    assert "were reset." in said(ops("quota", "anonymous", "--reset", "--reason", "x", "--yes"))
    assert json.loads(said(ops("quota", "anonymous", "--json")))["standing"]["submissions"] == 0


def test_top_shows_the_running_jobs_and_can_end(api: Api, ops: Ops) -> None:
    shown: list[str] = []

    def shows_a_running_job() -> bool:
        """On a busy machine, a job may end before the first look."""
        shown.append(api.submit("generate_settings", SLOW)["id"])
        until(lambda: api.job(shown[-1])["status"] != "pending")
        return shown[-1] in said(ops("top", "--updates", "2", "--every", "0.5"))

    until(shows_a_running_job)
    for job_id in shown:
        api.finished(job_id)


def test_top_in_a_terminal_ends_on_ctrl_c_and_leaves_it_as_it_was(stack: LocalStack, tmp_path: Path) -> None:
    words = ["ops", "--local", str(stack._settings.local_dir), "top", "--every", "0.5"]
    argv = [sys.executable, "-c", "from loresmith.cli import main; main()", *words]
    variables = environment(tmp_path, PYTHONPATH=str(ROOT / "client" / "src"))
    with PseudoTerminal(argv, variables, tmp_path) as shown:
        shown.wait_for("Running", "not seen here")
        shown.type(CTRL_C)
        assert shown.exit_code() == 0
        assert "Traceback" not in shown.shown


def test_every_change_is_in_the_log_with_who_and_why(stack: LocalStack, ops: Ops) -> None:
    said(ops("drain", "--reason", "to be logged", "--yes"))
    said(ops("resume", "--reason", "done", "--yes"))
    lines = [json.loads(line) for line in (stack.logs / "ops-write.log").read_text().splitlines() if "Operator" in line]
    assert any(line["reason"] == "to be logged" and line["by"].startswith("local user ") for line in lines)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("inspect", "nothing"), 1, "Redis has no job nothing."),
        (("dead", "show", "nothing"), 1, "No dead letter has the id nothing."),
        (("dead", "requeue", "--reason", "x"), 2, "Give ids, or use --all."),
        (("dead", "drop", "nothing", "--reason", "x", "--yes"), 1, "No dead letter, and no job that ended as one"),
        (("resume", "--reason", "x", "--yes"), 0, "There is nothing to do."),
        (("drain", "--reason", "x", "--json"), 1, "Use --yes."),
        (("drain", "--reason", "x"), 1, "Use --yes."),
        (("drain", "--yes"), 2, "Say why, for the log: --reason TEXT."),
    ],
)
def test_a_command_that_fails_says_why(ops: Ops, words: tuple[str, ...], code: int, told: str) -> None:
    result = ops(*words)
    assert (result.exit_code, told in result.output) == (code, True), result.output


def test_without_a_stack_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ops", "--local", str(tmp_path), "status"])
    assert result.exit_code == 1
    assert "Start one with make run" in " ".join(result.output.split())


def test_a_page_of_a_browser_cannot_invoke_a_function(stack: LocalStack) -> None:
    """It cannot sign requests, and its CORS preflight is refused."""
    with Api(stack.urls.functions) as stranger:
        path = "/2015-03-31/functions/ops-write/invocations"
        event = {"operation": "drain", "by": "a page", "reason": "x", "confirmed": True}
        assert stranger.ask("POST", path, json=event).status_code == 403
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=x", "Origin": "https://evil.example"}
        assert stranger.ask("POST", path, json=event, headers=signed).status_code == 403
