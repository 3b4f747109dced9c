"""The contract of `port.QueueAdmin`: the fake, and SQS on every endpoint."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from chalicelib.adapter.sqs_queue_admin import QueuePair, SqsQueueAdmin
from chalicelib.port.queue_admin import QueueAdmin
from tests.backend import BACKENDS, UseBackend
from tests.fake.queue_admin import MemoryQueueAdmin


@dataclass
class Bench:
    """The queue under test, and the world around it."""

    queue: QueueAdmin
    fake: MemoryQueueAdmin | None = None
    sqs: Any = None
    url: str = ""
    dead_letter_url: str = ""

    def bury(self, body: str) -> str:
        if self.fake:
            return self.fake.bury(body)
        own = {"kind": {"DataType": "String", "StringValue": "kept"}}
        sent = self.sqs.send_message(QueueUrl=self.dead_letter_url, MessageBody=body, MessageAttributes=own)
        return str(sent["MessageId"])

    def queued(self) -> list[str]:
        """The bodies of the messages in the queue. Takes them out of it."""
        if self.fake:
            return self.fake.sent
        bodies: list[str] = []
        while messages := self._received():
            assert all(message["MessageAttributes"]["kind"]["StringValue"] == "kept" for message in messages)
            bodies += [message["Body"] for message in messages]
        return bodies

    def _received(self) -> list[Any]:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", []))


@pytest.fixture(params=["memory", *BACKENDS])
def bench(request: pytest.FixtureRequest, use_backend: UseBackend) -> Iterator[Bench]:
    if request.param == "memory":
        yield Bench(fake := MemoryQueueAdmin(), fake)
        return
    use_backend(request.param)
    sqs, name = boto3.client("sqs"), str(uuid.uuid4())
    urls = [sqs.create_queue(QueueName=each)["QueueUrl"] for each in (name, f"{name}-dlq")]
    yield Bench(SqsQueueAdmin(QueuePair("jobs", *urls)), None, sqs, *urls)
    for url in urls:
        sqs.delete_queue(QueueUrl=url)
    sqs.close()


async def test_letters_are_listed_again_and_again(bench: Bench) -> None:
    """Listing them must not hide them from the next reader or from their handler."""
    wanted = {bench.bury(f"letter {number}") for number in range(23)}
    for _ in range(2):
        found = await bench.queue.letters()
        assert {letter.id for letter in found} == wanted
        assert {letter.queue for letter in found} == {"jobs"}
    assert (await bench.queue.depth()).dead == 23


async def test_a_requeued_letter_is_in_the_queue_with_its_attributes_and_gone_from_the_other(bench: Bench) -> None:
    first, second, third = [bench.bury(json.dumps({"n": number, "é": "ü"})) for number in range(3)]
    assert await bench.queue.requeue([second]) == [second]
    assert bench.queued() == ['{"n": 1, "\\u00e9": "\\u00fc"}']
    assert {letter.id for letter in await bench.queue.letters()} == {first, third}


async def test_a_dropped_letter_is_gone(bench: Bench) -> None:
    first, second = bench.bury("one"), bench.bury("two")
    assert await bench.queue.drop([first]) == [first]
    assert [letter.id for letter in await bench.queue.letters()] == [second]
    assert bench.queued() == []


async def test_a_letter_that_is_not_there_is_not_reported(bench: Bench) -> None:
    there = bench.bury("one")
    assert await bench.queue.requeue([there, "gone"]) == [there]
    assert await bench.queue.drop(["gone"]) == []


async def test_the_depth_counts_what_waits_and_what_is_dead(bench: Bench) -> None:
    bench.bury("one")
    await bench.queue.requeue([bench.bury("two")])
    depth = await bench.queue.depth()
    assert (depth.queue, depth.visible, depth.in_flight, depth.delayed, depth.dead) == ("jobs", 1, 0, 0, 1)
