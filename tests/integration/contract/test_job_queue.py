"""The contract of `port.JobQueue`, on the fake and on every available SQS."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

import boto3
import pytest

from chalicelib.adapter.sqs_queue import SqsJobQueue
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.port.job_queue import JobQueue
from tests.backend import BACKENDS, UseBackend
from tests.fake.job_queue import FakeJobQueue
from tests.unit.chalicelib.test_retry import job

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: A visible message arrives within this time, seconds.
_ARRIVES_WITHIN_S = 120


class Message(NamedTuple):
    job: QueuedJob
    #: The message group.
    group: str


class Bench(Protocol):
    """A queue, and its receiving end."""

    @property
    def queue(self) -> JobQueue: ...

    def receive(self) -> list[Message]:
        """Take visible messages out of the queue, without waiting."""
        ...

    def take_down(self) -> None:
        """Make every call fail."""
        ...


class FakeBench:
    def __init__(self) -> None:
        self.queue = FakeJobQueue()

    def receive(self) -> list[Message]:
        return [Message(sent.job, sent.group) for sent in self.queue.receive()]

    def take_down(self) -> None:
        self.queue.down = True


class SqsBench:
    """A separate queue for each test. SQS counts as down for an adapter whose queue does not exist."""

    def __init__(self, sqs: "SQSClient") -> None:
        self._sqs = sqs
        self.url = sqs.create_queue(QueueName=f"contract-{uuid.uuid4()}")["QueueUrl"]
        self.queue = SqsJobQueue(self.url)

    def receive(self) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=self.url, WaitTimeSeconds=0, MessageSystemAttributeNames=["All"], MaxNumberOfMessages=10
        )
        received = answer.get("Messages", [])
        for message in received:
            self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [
            Message(QueuedJob.parse(message["Body"]), message["Attributes"]["MessageGroupId"]) for message in received
        ]

    def take_down(self) -> None:
        self.queue = SqsJobQueue(f"{self.url}-gone")


@pytest.fixture(params=["fake", *BACKENDS])
def bench(request: pytest.FixtureRequest, use_backend: UseBackend) -> Iterator[Bench]:
    if request.param == "fake":
        yield FakeBench()
        return
    needed = [capability for marker in request.node.iter_markers("needs") for capability in marker.args]
    use_backend(request.param, *needed)
    sqs = boto3.client("sqs")
    bench = SqsBench(sqs)
    yield bench
    sqs.delete_queue(QueueUrl=bench.url)
    sqs.close()


def a_job() -> Job:
    return job(attempt=1, id=str(uuid.uuid4()))


async def received(bench: Bench, count: int) -> list[Message]:
    """The next `count` messages."""
    messages: list[Message] = []
    deadline = time.monotonic() + _ARRIVES_WITHIN_S
    while len(messages) < count:
        assert time.monotonic() < deadline, f"only {messages} arrived"
        messages += bench.receive()
        await asyncio.sleep(0.02)
    return messages


@pytest.mark.needs("sqs.message_group")
async def test_a_message_can_record_its_job_and_has_the_group_of_its_owner(bench: Bench) -> None:
    sent = a_job()
    await bench.queue.send(sent)
    queued = QueuedJob(sent.id, sent.owner, sent.type, sent.created_at)
    assert await received(bench, 1) == [Message(queued, owner_hash(sent.owner))]


@pytest.mark.needs("sqs.message_group")
async def test_every_message_is_delivered_even_if_several_are_for_the_same_job(bench: Bench) -> None:
    """A job that is queued again needs the second message: the first one may be lost."""
    first, second = a_job(), a_job()
    for sent in (first, first, second):
        await bench.queue.send(sent)
    messages = await received(bench, 3)
    assert sorted(message.job.id for message in messages) == sorted([first.id, first.id, second.id])


@pytest.mark.needs("sqs.delay", "sqs.message_group")
async def test_a_delay_is_rounded_up_so_that_no_message_arrives_early(bench: Bench) -> None:
    """A worker drops the message of a job that is not due yet."""
    sent, sent_at = a_job(), time.monotonic()
    await bench.queue.send(sent, delay_s=1.1)
    assert [message.job.id for message in await received(bench, 1)] == [sent.id]
    assert time.monotonic() - sent_at > 1.1


@pytest.mark.needs("sqs.delay", "sqs.message_group")
async def test_a_delay_of_hours_is_accepted(bench: Bench) -> None:
    """A provider may ask for any delay. SQS allows 15 minutes."""
    await bench.queue.send(a_job(), delay_s=10_000)
    assert bench.receive() == []


async def test_a_queue_that_answers_can_be_pinged(bench: Bench) -> None:
    await bench.queue.ping()


async def test_a_queue_that_is_down_is_unavailable(bench: Bench) -> None:
    bench.take_down()
    with pytest.raises(QueueUnavailable):
        await bench.queue.send(a_job())
    with pytest.raises(QueueUnavailable):
        await bench.queue.ping()


async def test_many_jobs_are_queued_together(bench: Bench) -> None:
    """More than SQS takes in one call."""
    jobs = [a_job() for _ in range(23)]
    assert await bench.queue.send_all(jobs) == {}
    messages = await received(bench, len(jobs))
    assert {message.job.id for message in messages} == {job.id for job in jobs}


async def test_a_queue_that_is_down_names_the_jobs_that_it_did_not_take(bench: Bench) -> None:
    bench.take_down()
    jobs = [a_job() for _ in range(12)]
    unsent = await bench.queue.send_all(jobs)
    assert set(unsent) == {job.id for job in jobs}
    assert all(isinstance(error, QueueUnavailable) for error in unsent.values())


async def test_no_jobs_need_no_queue(bench: Bench) -> None:
    bench.take_down()
    assert await bench.queue.send_all([]) == {}
