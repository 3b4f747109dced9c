"""The contract of `port.NotificationQueue`, on the fake and on every available SQS."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.adapter.sqs_notification_queue import SqsNotificationQueue
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import JobView
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.notification import Notification
from chalicelib.port.notification_queue import NotificationQueue
from tests.backend import BACKENDS, UseBackend
from tests.fake.webhook_parts import MemoryNotificationQueue
from tests.unit.chalicelib.test_retry import job

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: A visible message arrives within this time, seconds.
_ARRIVES_WITHIN_S = 120
URL = "https://example.com/hooks?token=s3cret"


@dataclass
class Bench:
    """A queue, and its receiving ends."""

    queue: NotificationQueue
    #: Takes visible messages out of the queue, without waiting.
    receive: Callable[[], list[str]]
    dead: Callable[[], list[Notification]]
    take_down: Callable[[], None]


@pytest.fixture(params=["memory", *BACKENDS])
def bench(request: pytest.FixtureRequest, use_backend: UseBackend) -> Iterator[Bench]:
    if request.param == "memory":
        yield _fake()
        return
    use_backend(request.param, "sqs.message_group")
    sqs = boto3.client("sqs")
    urls = [sqs.create_queue(QueueName=f"{name}-{uuid.uuid4().hex}")["QueueUrl"] for name in ("webhooks", "dead")]
    queue = SqsNotificationQueue(*urls)
    yield Bench(
        queue,
        lambda: _taken(sqs, urls[0]),
        lambda: [queue.parse(body) for body in _taken(sqs, urls[1])],
        lambda: _delete(sqs, urls),
    )
    sqs.close()


def _fake() -> Bench:
    queue = MemoryNotificationQueue()

    def receive() -> list[str]:
        batch = queue.receive()
        for message_id, _ in batch:
            queue.delete(message_id)
        return [body for _, body in batch]

    def take_down() -> None:
        queue.down = True

    return Bench(queue, receive, lambda: queue.dead, take_down)


def _delete(sqs: "SQSClient", urls: list[str]) -> None:
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def _taken(sqs: "SQSClient", url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]


def notification(text: str = "Ein Würfel ☃ \x00 \ud800") -> Notification:
    """Of a job with a result that SQS would refuse as it is."""
    ended = replace(
        job(attempt=1, id=str(uuid.uuid4())),
        status=Status.COMPLETED,
        completed_at=5,
        result=[{"name": text}],
        payload={},
    )
    return Notification.of_end(JobView(ended, pieces={0: {"name": text}}), URL)


async def received(bench: Bench, count: int) -> list[Notification]:
    messages: list[Notification] = []
    deadline = time.monotonic() + _ARRIVES_WITHIN_S
    while len(messages) < count:
        assert time.monotonic() < deadline, f"only {messages} arrived"
        messages += [bench.queue.parse(body) for body in bench.receive()]
        await asyncio.sleep(0.02)
    return messages


async def test_a_notification_arrives_as_it_was_sent(bench: Bench) -> None:
    sent = replace(notification(), number=3, hop=2, due_at=77, round="again")
    await bench.queue.send(sent)
    (got,) = await received(bench, 1)
    assert replace(got, view=None) == replace(sent, view=None)
    assert got.view is not None
    assert sent.view is not None
    assert (got.view.job, got.view.pieces) == (sent.view.job, sent.view.pieces)


async def test_progress_arrives_without_its_job(bench: Bench) -> None:
    sent = Notification.of_progress(job(attempt=1, id=str(uuid.uuid4())), URL)
    await bench.queue.send(sent)
    assert await received(bench, 1) == [sent]


async def test_a_job_of_any_size_fits_into_a_message(bench: Bench) -> None:
    await bench.queue.send(notification("é" * 400_000))
    (got,) = await received(bench, 1)
    assert got.result_omitted
    assert got.view is not None
    assert got.view.job.result is None


@pytest.mark.needs("sqs.delay")
async def test_a_delay_of_hours_is_accepted(bench: Bench) -> None:
    await bench.queue.send(notification(), delay_s=36_000)
    assert bench.receive() == []


async def test_a_buried_notification_is_in_the_dead_letter_queue(bench: Bench) -> None:
    sent = notification()
    await bench.queue.bury(sent)
    deadline = time.monotonic() + _ARRIVES_WITHIN_S
    while not (dead := bench.dead()):
        assert time.monotonic() < deadline, "it did not arrive"
        await asyncio.sleep(0.02)
    assert [each.id for each in dead] == [sent.id]
    assert bench.receive() == []


async def test_a_queue_that_is_down_is_unavailable(bench: Bench) -> None:
    bench.take_down()
    with pytest.raises(QueueUnavailable):
        await bench.queue.send(notification())
    with pytest.raises(QueueUnavailable):
        await bench.queue.bury(notification())
