"""A queue of its own, a Lambda function that does what it is told, and what the function has seen."""

import asyncio
import json
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from infra.local.event_source.mapping import EventSourceMapping, MappingConfig
from infra.local.event_source.queue import SqsQueue
from infra.local.runtime.pool import SandboxPool
from infra.local.runtime.sandbox import Function, RuntimeArgv, aws_runtime

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: Long enough that nothing comes again while a test looks.
LONG_S = 60
#: Deliveries after which the queue gives a message up.
MAX_RECEIVE_COUNT = 2

#: Notes what it gets, one line for each message, and does what the body says.
_HANDLER = r"""
import json, os, time

def worker(event, context):
    failures = []
    _note([_begun(record, event, context) for record in event["Records"]])
    for record in event["Records"]:
        match record["body"].split(":"):
            case ["fail", *_]:
                failures.append({"itemIdentifier": record["messageId"]})
            case ["raise", *_]:
                raise RuntimeError("as I was told")
            case ["exit", *_]:
                os._exit(3)
            case ["hang", *_]:
                time.sleep(600)
            case ["hold", *_]:
                while not os.path.exists(os.environ["GO"]):
                    time.sleep(0.01)
            case ["pause", seconds]:
                time.sleep(float(seconds))
            case ["answer", *answer]:
                return json.loads(":".join(answer))
    _note([{"ended": record["body"], "at": time.time()} for record in event["Records"]])
    return {"batchItemFailures": failures}

def dead_letter(event, context):
    _note([{"buried": record["body"]} for record in event["Records"]])

def recover(event, context):
    _note([{"scheduled": event}])

def _begun(record, event, context):
    return {"body": record["body"], "batch": len(event["Records"]), "at": time.time(), "pid": os.getpid(),
            "receives": int(record["attributes"]["ApproximateReceiveCount"]), "record": record,
            "remaining_ms": context.get_remaining_time_in_millis()}

def _note(lines):
    seen = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(seen, "".join(json.dumps(line) + "\n" for line in lines).encode())
    os.close(seen)
"""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping that runs in this process, and the environments of its function."""

    mapping: EventSourceMapping
    pool: SandboxPool


@dataclass(frozen=True, slots=True)
class Bench:
    url: str
    dead_url: str
    function: Function

    @property
    def config(self) -> MappingConfig:
        """One batch at a time: what is not yet wanted stays in the queue. No poll for a drain to wait for."""
        return MappingConfig(function_timeout_s=self.function.timeout_s, maximum_concurrency=1, poll_s=0)

    def send(self, *bodies: str, **options: Any) -> None:
        with sqs() as client:
            for body in bodies:
                client.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def go(self) -> None:
        """Let go on what is on hold."""
        Path(self.function.environment["GO"]).touch()

    def noted(self) -> list[dict[str, Any]]:
        """Every whole line that the function has written."""
        file = Path(self.function.environment["SEEN"])
        return [json.loads(line) for line in file.read_text().split("\n")[:-1]] if file.exists() else []

    def seen(self) -> list[dict[str, Any]]:
        """Deliveries to the function, one entry for each message."""
        return [line for line in self.noted() if "body" in line]

    def bodies(self) -> list[str]:
        return [line["body"] for line in self.seen()]

    def visible(self) -> int:
        return _count(self.url, "ApproximateNumberOfMessages")

    def hidden(self) -> int:
        """Received, neither deleted nor visible again."""
        return _count(self.url, "ApproximateNumberOfMessagesNotVisible")

    def left(self) -> int:
        # Asked for at once: a message goes from one to the other in between.
        return _count(self.url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

    def dead(self) -> int:
        return _count(self.dead_url, "ApproximateNumberOfMessages")

    @asynccontextmanager
    async def mapped(self, config: MappingConfig | None = None) -> AsyncIterator[Mapped]:
        """The mapping runs while the block does, and is drained at its end."""
        config = config or self.config
        pool = SandboxPool(self.function, config.maximum_concurrency)
        mapping = EventSourceMapping(SqsQueue(self.url), pool.invoke, config)
        assert await pool.warm()  # a cold start takes no visibility time then
        running = asyncio.create_task(mapping.run())
        try:
            yield Mapped(mapping, pool)
        finally:
            await mapping.drain()
            await asyncio.wait([running])
            await pool.end()
        running.result()


def make_bench(
    folder: Path, *, visibility_s: int = LONG_S, timeout_s: float = 20, runtime: RuntimeArgv = aws_runtime
) -> Bench:
    (folder / "function.py").write_text(_HANDLER)
    url, dead_url = _make_queues(visibility_s)
    function = Function(
        name="bench",
        handler="function.worker",
        root=folder,
        timeout_s=min(timeout_s, visibility_s),
        environment=dict(os.environ) | {"SEEN": str(folder / "seen.jsonl"), "GO": str(folder / "go")},
        runtime=runtime,
        log_dir=folder,
    )
    return Bench(url, dead_url, function)


async def until(condition: Callable[[], bool], timeout_s: float = 40) -> None:
    deadline = time.monotonic() + timeout_s
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not come to be"
        await asyncio.sleep(0.02)


@contextmanager
def sqs() -> Iterator["SQSClient"]:
    client = boto3.client("sqs")
    try:
        yield client
    finally:
        client.close()


def _make_queues(visibility_s: int) -> tuple[str, str]:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    with sqs() as client:
        dead_url = client.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVE_COUNT})
        url = client.create_queue(
            QueueName=name, Attributes={"VisibilityTimeout": str(visibility_s), "RedrivePolicy": redrive}
        )["QueueUrl"]
    return url, dead_url


def _count(url: str, *names: Any) -> int:
    with sqs() as client:
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)
