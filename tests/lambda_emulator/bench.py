"""A test bench for event sources: a queue, and a Lambda function that obeys and records its messages."""

import asyncio
import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import boto3

from local.lambda_emulator.event_source.mapping import MappingConfig

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: Long enough that no message is delivered again during a test.
LONG_S = 60
#: Deliveries after which a message goes to the dead-letter queue.
MAX_RECEIVE_COUNT = 2

#: Records each message that it gets in one line, and does what the body says.
HANDLER = r"""
import json, os, time

def worker(event, context):
    failures = []
    _note([_record(record, event, context) for record in event["Records"]])
    for record in event["Records"]:
        match record["body"].split(":"):
            case ["fail", *_]:
                failures.append({"itemIdentifier": record["messageId"]})
            case ["raise", *_]:
                raise RuntimeError("the message says so")
            case ["exit", *_]:
                os._exit(3)
            case ["hang", *_]:
                time.sleep(600)
            case ["hold", *_]:
                while not os.path.exists(os.environ["GO"]):
                    time.sleep(0.01)
            case ["answer", *answer]:
                return json.loads(":".join(answer))
    _note([{"ended": record["body"], "at": time.time()} for record in event["Records"]])
    return {"batchItemFailures": failures}

def dead_letter(event, context):
    _note([{"dead_letter": record["body"]} for record in event["Records"]])

def recover(event, context):
    _note([{"scheduled": event}])

def _record(record, event, context):
    return {"body": record["body"], "batch": len(event["Records"]), "at": time.time(), "pid": os.getpid(),
            "receives": int(record["attributes"]["ApproximateReceiveCount"]), "record": record,
            "remaining_ms": context.get_remaining_time_in_millis()}

def _note(lines):
    seen = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(seen, "".join(json.dumps(line) + "\n" for line in lines).encode())
    os.close(seen)
"""


class BenchQueues:
    """A queue and its dead-letter queue, both new. Counts their messages."""

    def __init__(self, visibility_s: int) -> None:
        self.url, self.dead_url = _make_queues(visibility_s)

    def visible(self) -> int:
        return _count(self.url, "ApproximateNumberOfMessages")

    def hidden(self) -> int:
        """How many messages have been received, and are neither deleted nor visible again."""
        return _count(self.url, "ApproximateNumberOfMessagesNotVisible")

    def left(self) -> int:
        # In one request: a message could move from one count to the other between two.
        return _count(self.url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

    def dead(self) -> int:
        return _count(self.dead_url, "ApproximateNumberOfMessages")


class Bench(ABC):
    """What all event sources share: the queue, and the files through which a test watches and releases the function."""

    def __init__(self, folder: Path, visibility_s: int, timeout_s: int) -> None:
        self.folder = folder
        self.timeout_s = min(timeout_s, visibility_s)
        self.queues = BenchQueues(visibility_s)

    @property
    def config(self) -> MappingConfig:
        """One batch at a time, so that later messages stay in the queue. No long polls, so that a drain is quick."""
        return MappingConfig(function_timeout_s=self.timeout_s, maximum_concurrency=1, poll_s=0)

    @abstractmethod
    def mapped(self, config: MappingConfig | None = None) -> AbstractAsyncContextManager[object]:
        """Deliver the queue's messages to the function while the block runs. Raises `MappingRefused`."""

    @property
    def files(self) -> dict[str, str]:
        """The function's environment variables: the paths of its files."""
        return {"SEEN": str(self.folder / "seen.jsonl"), "GO": str(self.folder / "go")}

    def send(self, *bodies: str, **options: Any) -> None:
        with sqs() as client:
            for body in bodies:
                client.send_message(QueueUrl=self.queues.url, MessageBody=body, **options)

    def go(self) -> None:
        """Release the messages on hold."""
        Path(self.files["GO"]).touch()

    def noted(self) -> list[dict[str, Any]]:
        """All complete lines that the function has written."""
        file = Path(self.files["SEEN"])
        return [json.loads(line) for line in file.read_text().split("\n")[:-1]] if file.exists() else []

    def seen(self) -> list[dict[str, Any]]:
        """Deliveries to the function, one entry for each message."""
        return [line for line in self.noted() if "body" in line]

    def bodies(self) -> list[str]:
        return [line["body"] for line in self.seen()]


class MakeBench(Protocol):
    """Makes a bench for the event source under test, on the endpoint in the environment."""

    def __call__(self, *, visibility_s: int = LONG_S, timeout_s: int = 20) -> Bench: ...


async def until(condition: Callable[[], bool], timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def deliver_again(bench: Bench, *receipt_handles: str) -> None:
    """Make these messages of the bench visible now, not only after the visibility timeout."""
    with sqs() as client:
        for handle in receipt_handles:
            client.change_message_visibility(QueueUrl=bench.queues.url, ReceiptHandle=handle, VisibilityTimeout=0)


@contextmanager
def sqs() -> Iterator["SQSClient"]:
    client = boto3.client("sqs")
    try:
        yield client
    finally:
        client.close()


def queue_arn(url: str) -> str:
    with sqs() as client:
        return client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _make_queues(visibility_s: int) -> tuple[str, str]:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    with sqs() as client:
        dead_url = client.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": queue_arn(dead_url), "maxReceiveCount": MAX_RECEIVE_COUNT})
        url = client.create_queue(
            QueueName=name, Attributes={"VisibilityTimeout": str(visibility_s), "RedrivePolicy": redrive}
        )["QueueUrl"]
    return url, dead_url


def _count(url: str, *names: Any) -> int:
    with sqs() as client:
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)
