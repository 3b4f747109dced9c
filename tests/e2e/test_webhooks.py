"""Webhooks over real HTTP: what an owner's own server receives, and verifies with the library of Standard Webhooks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from local.stack.local_stack import LocalStack
from local.stack.tcp_port import assign_ports, is_listening
from tests.e2e.api import Api
from tests.redis_server import until
from tests.snippet.block import all_blocks
from tests.webhook_receiver import Event, Receiver, receiving

RELICS = {"type": "generate_relics", "payload": {"count": 1}}
#: An address with a secret, as it reaches the receiver.
PRIVATE = "/hooks?token=s3cret"


@pytest.fixture
def secret(newcomer: Api) -> str:
    answer = newcomer.ask("POST", "/webhook/secret")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


@pytest.fixture
def receiver(secret: str) -> Iterator[Receiver]:
    with receiving(lambda: secret) as found:
        yield found


def submitted(api: Api, **options: Any) -> str:
    answer = api.ask("POST", "/jobs", json=RELICS | options)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def deliveries(api: Api, job_id: str) -> list[dict[str, Any]]:
    return list(api.ask("GET", f"/jobs/{job_id}/deliveries").json()["deliveries"])


def was_delivered(api: Api, job_id: str) -> bool:
    """Whether the log says so of the newest event. A fast receiver has the event before the log has anything."""
    return [each["state"] for each in deliveries(api, job_id)][-1:] == ["delivered"]


def test_the_end_of_a_job_is_sent_to_its_webhook_signed_and_as_the_api_shows_it(
    newcomer: Api, receiver: Receiver
) -> None:
    job_id = submitted(newcomer, webhook={"url": receiver.url})
    event = receiver.wait_for(job_id)
    assert event.type == "job.completed"
    assert event.data == newcomer.job(job_id) | {"result_omitted": False}
    until(lambda: was_delivered(newcomer, job_id))
    (delivery,) = deliveries(newcomer, job_id)
    assert (delivery["id"], delivery["event"], delivery["next_at"]) == (event.id, "job.completed", None)
    assert delivery["attempts"][-1]["status"] == 204


def test_progress_is_sent_only_on_request_and_has_earlier_revisions_than_the_end(
    newcomer: Api, receiver: Receiver
) -> None:
    """Requests may arrive out of order, and twice."""
    wanted = {"url": receiver.url, "events": ["job.progress", "job.completed"]}
    events: list[Event] = []

    def had_progress() -> bool:
        """A job may end before its progress is sent, which is then dropped."""
        job_id = submitted(newcomer, payload={"count": 10}, webhook=wanted)
        receiver.wait_for(job_id, "job.completed")
        until(lambda: was_delivered(newcomer, job_id))
        events[:] = receiver.of(job_id)
        return "job.progress" in {event.type for event in events}

    until(had_progress)
    (end,) = {event.data["revision"] for event in events if event.type == "job.completed"}
    progress = {event.data["revision"] for event in events if event.type == "job.progress"}
    assert {event.type for event in events} == {"job.completed", "job.progress"}
    assert max(progress) < end


def test_the_default_applies_to_jobs_without_their_own_webhook_and_can_be_turned_off(
    guarded: LocalStack, newcomer: Api, receiver: Receiver
) -> None:
    """The address has a secret, which nobody reads in a log."""
    answer = newcomer.ask("PUT", "/webhook", json={"url": receiver.url + "?token=s3cret"})
    assert answer.status_code == 200, answer.text
    assert newcomer.ask("GET", "/webhook").json()["url"].endswith(PRIVATE)
    silent, loud = submitted(newcomer, webhook=None), submitted(newcomer)
    event = receiver.wait_for(loud)
    assert event.path == PRIVATE
    until(lambda: was_delivered(newcomer, loud))
    assert "s3cret" not in newcomer.ask("GET", f"/jobs/{loud}/deliveries").text
    assert [log.name for log in guarded.logs.glob("*.log") if "s3cret" in log.read_text()] == []
    newcomer.archived(silent)
    assert deliveries(newcomer, silent) == []
    assert newcomer.ask("DELETE", "/webhook").status_code == 200
    assert newcomer.ask("GET", "/webhook").status_code == 404


def test_a_cancelled_job_is_sent_and_can_be_sent_again(newcomer: Api, receiver: Receiver) -> None:
    job_id = submitted(newcomer, payload={"count": 10}, webhook={"url": receiver.url})
    newcomer.ask("POST", f"/jobs/{job_id}/cancel")
    event = receiver.wait_for(job_id, "job.cancelled")
    until(lambda: was_delivered(newcomer, job_id))
    again = newcomer.ask("POST", f"/jobs/{job_id}/deliveries/{event.id}/redeliver")
    assert again.status_code == 202
    assert again.json()["state"] in ("waiting", "delivered")  # a fast receiver has it before the API answers
    assert receiver.wait_for(job_id, count=2).id == event.id
    until(lambda: len(deliveries(newcomer, job_id)[0]["attempts"]) >= 2)


def test_both_secrets_sign_after_a_rotation(newcomer: Api, receiver: Receiver) -> None:
    """The receiver still has the old one."""
    answer = newcomer.ask("POST", "/webhook/secret").json()
    assert answer["previous_signs_until"] is not None
    receiver.wait_for(submitted(newcomer, webhook={"url": receiver.url}))
    with receiving(lambda: str(answer["secret"])) as updated:
        updated.wait_for(submitted(newcomer, webhook={"url": updated.url}))


def test_nobody_else_sees_a_jobs_deliveries(guarded: LocalStack, newcomer: Api, receiver: Receiver) -> None:
    job_id = submitted(newcomer, webhook={"url": receiver.url})
    event = receiver.wait_for(job_id)
    with Api(guarded.urls.api, guarded.token("somebody else")) as other:
        assert other.ask("GET", f"/jobs/{job_id}/deliveries").status_code == 404
        assert other.ask("POST", f"/jobs/{job_id}/deliveries/{event.id}/redeliver").status_code == 404


def test_the_function_of_the_document_verifies_a_request(
    newcomer: Api, receiver: Receiver, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = [block for block in all_blocks() if (block.document, block.language) == ("docs/webhooks.md", "python")]
    defined: dict[str, Any] = {}
    exec(block.code, defined)
    job_id = submitted(newcomer, webhook={"url": receiver.url})
    event = receiver.wait_for(job_id)
    defined["receive"](event.body, event.headers, secret)
    assert capsys.readouterr().out == f"job.completed {job_id}\n"


def test_the_example_of_a_receiver_runs_unchanged(newcomer: Api, secret: str, tmp_path: Path) -> None:
    port = assign_ports(["receiver"], {})["receiver"]
    variables = dict(os.environ) | {"WEBHOOK_SECRET": secret, "PORT": str(port)}
    output = tmp_path / "output"
    with output.open("wb") as log:
        program = [sys.executable, str(ROOT / "examples/webhook_receiver.py")]
        example = subprocess.Popen(program, env=variables, stdout=log, stderr=log)
    try:
        until(lambda: is_listening(port))
        job_id = submitted(newcomer, webhook={"url": f"http://127.0.0.1:{port}/"})
        until(lambda: f"job.completed {job_id} 100" in output.read_text())
    finally:
        example.kill()
        example.wait()
