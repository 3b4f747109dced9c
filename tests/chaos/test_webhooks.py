"""Receivers fail, and so do the parts of the system on the way to them. Every end of a job arrives."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from foundation.limits import WEBHOOK_VISIBILITY_S
from local.project import LOOPBACK
from local.stack.local_stack import LocalStack
from local.stack.tcp_port import assign_ports
from tests.chaos.conftest import stack_settings
from tests.chaos.report import Figure, Report
from tests.chaos.test_library import Port, silence
from tests.e2e.api import Api
from tests.redis_server import Address, RedisServer, until
from tests.webhook_receiver import Receiver, receiving

#: So short that no test waits for long, and so many that no receiver is given up during a test.
SCHEDULE = "0.5," * 40 + "0.5"


@dataclass
class Shaken:
    """A stack whose parts can be stopped."""

    stack: LocalStack
    redis: RedisServer
    #: Where the functions expect DynamoDB and SQS.
    library: Address
    queues: Address
    aws: Port


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    # A port that is known before the stack starts: its programs must find the queues there.
    aws = Port(assign_ports(["aws"], {})["aws"])
    persistent = RedisServer(None, "--appendonly", "yes", "--appendfsync", "always")
    with persistent as redis, Address() as library, Address() as queues:
        for address in (library, queues):
            address.lead_to(aws)
        settings = stack_settings(
            tmp_path_factory.mktemp("webhooks"),
            REDIS_URL=redis.url,
            AWS_PORT=str(aws.port),
            AWS_ENDPOINT_URL_DYNAMODB=f"http://{LOOPBACK}:{library.port}",
            AWS_ENDPOINT_URL_SQS=f"http://{LOOPBACK}:{queues.port}",
            WEBHOOK_RETRY_S=SCHEDULE,
        )
        with LocalStack(settings) as stack:
            yield Shaken(stack, redis, library, queues, aws)


@pytest.fixture
def api(shaken: Shaken) -> Iterator[Api]:
    with Api(shaken.stack.urls.api, patient=True) as client:
        yield client


@pytest.fixture
def secret(api: Api) -> str:
    answer = api.ask("POST", "/webhook/secret", headers={"Idempotency-Key": "one for all tests"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


@pytest.fixture
def receiver(secret: str) -> Iterator[Receiver]:
    with receiving(lambda: secret) as found:
        yield found


def submitted(api: Api, url: str) -> str:
    body = {"type": "generate_relics", "payload": {"count": 1}, "webhook": {"url": url}}
    answer = api.ask("POST", "/jobs", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def attempts(api: Api, job_id: str) -> list[dict[str, Any]]:
    answer = api.ask("GET", f"/jobs/{job_id}/deliveries")
    deliveries = answer.json().get("deliveries", [])
    return [attempt for delivery in deliveries for attempt in delivery["attempts"]]


def codes(api: Api, job_id: str) -> set[str | None]:
    return {attempt["error_code"] for attempt in attempts(api, job_id)}


def check_told_once(api: Api, receiver: Receiver, job_id: str, timeout_s: float = 120) -> None:
    """With one id, and as what the job is."""
    event = receiver.wait_for(job_id, timeout_s=timeout_s)
    assert event.type == "job.completed"
    assert len({event.id for event in receiver.of(job_id)}) == 1
    assert api.job(job_id)["status"] == "completed"


def test_a_receiver_that_is_down_gets_the_event_when_it_is_up(api: Api, secret: str, report: Report) -> None:
    port = assign_ports(["receiver"], {})["receiver"]
    job_id = submitted(api, f"http://{LOOPBACK}:{port}/hooks")
    until(lambda: len(attempts(api, job_id)) >= 2)
    assert "not_reached" in codes(api, job_id)
    at = time.monotonic()
    with receiving(lambda: secret, port) as receiver:
        check_told_once(api, receiver, job_id)
    report.note(Figure("webhook: receiver down, then up", "delivered", time.monotonic() - at))


def test_a_receiver_that_answers_500_gets_the_event_again(api: Api, receiver: Receiver) -> None:
    receiver.status = 500
    job_id = submitted(api, receiver.url)
    until(lambda: len(receiver.of(job_id)) >= 3)
    receiver.status = 204
    until(lambda: None in codes(api, job_id))
    assert "refused" in codes(api, job_id)
    check_told_once(api, receiver, job_id)


def test_a_receiver_that_hangs_does_not_delay_another(api: Api, receiver: Receiver, secret: str) -> None:
    """Its own events arrive once it answers again."""
    go_on = threading.Event()
    receiver.before_answer = go_on.wait  # type: ignore[assignment]
    try:
        slow = [submitted(api, receiver.url) for _ in range(8)]
        until(lambda: bool(receiver.events))
        with receiving(lambda: secret) as other:
            check_told_once(api, other, submitted(api, other.url))
        until(lambda: any("timeout" in codes(api, job_id) for job_id in slow))
    finally:
        go_on.set()
    for job_id in slow:
        check_told_once(api, receiver, job_id)


def test_a_redirect_into_the_network_is_not_followed(api: Api, receiver: Receiver, secret: str) -> None:
    with receiving(lambda: secret) as inside:
        receiver.status, receiver.headers = 302, {"Location": inside.url}
        job_id = submitted(api, receiver.url)
        until(lambda: "redirected" in codes(api, job_id))
        receiver.status, receiver.headers = 204, {}
        check_told_once(api, receiver, job_id)
        assert inside.events == []


def test_the_webhook_is_notified_even_if_the_worker_dies_between_the_end_and_the_message(
    shaken: Shaken, api: Api, receiver: Receiver, report: Report
) -> None:
    """The job stays in the list of unfinished jobs until its end is queued."""
    job_id = submitted(api, receiver.url)
    with silence() as silent:
        shaken.library.cut()
        shaken.library.lead_to(silent)
        assert api.finished(job_id)["status"] == "completed"
        for name, pid in shaken.stack.processes.items():
            if name.startswith("worker"):
                os.kill(pid, signal.SIGKILL)
    assert receiver.of(job_id) == []
    shaken.library.cut()
    shaken.library.lead_to(shaken.aws)
    at = time.monotonic()
    check_told_once(api, receiver, job_id)
    report.note(
        Figure("webhook: worker killed between a job's end and the message", "delivered", time.monotonic() - at)
    )


def test_an_end_is_sent_even_if_sqs_was_down_when_the_job_ended(
    shaken: Shaken, api: Api, receiver: Receiver, report: Report
) -> None:
    """A receive that was cut off may still get the message from SQS, which then hides it for three minutes."""
    job_id = submitted(api, receiver.url)
    until(lambda: api.job(job_id)["status"] != "pending")
    shaken.queues.cut()
    assert api.finished(job_id)["status"] == "completed"
    shaken.queues.lead_to(shaken.aws)
    at = time.monotonic()
    check_told_once(api, receiver, job_id, timeout_s=WEBHOOK_VISIBILITY_S + 120)
    report.note(Figure("webhook: SQS down when a job ends", "delivered", time.monotonic() - at))


def test_an_end_is_sent_even_if_redis_restarted_between_two_attempts(
    shaken: Shaken, api: Api, receiver: Receiver, report: Report
) -> None:
    receiver.status = 500
    job_id = submitted(api, receiver.url)
    until(lambda: len(receiver.of(job_id)) >= 2)
    shaken.redis.kill()
    count = len(receiver.of(job_id))
    until(lambda: len(receiver.of(job_id)) > count)
    receiver.status = 204
    until(lambda: len(receiver.of(job_id)) > count + 1)
    shaken.redis.start()
    at = time.monotonic()
    check_told_once(api, receiver, job_id)
    report.note(Figure("webhook: Redis down between two attempts", "delivered", time.monotonic() - at))
