"""Access to the stack's queues through the SQS API."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3

from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.queued_job import QueuedJob
from local.stack.local_stack import LocalStack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Queue:
    """One queue, found by its name."""

    def __init__(self, stack: LocalStack, name: str) -> None:
        self._endpoint = stack.urls.aws
        self._name = name

    def send(self, *bodies: str) -> None:
        with self._sqs() as sqs:
            url = sqs.get_queue_url(QueueName=self._name)["QueueUrl"]
            for body in bodies:
                sqs.send_message(QueueUrl=url, MessageBody=body)

    def send_job(self, job_id: str, copies: int = 1) -> None:
        """Send messages for an anonymous caller's job, which makes relics."""
        self.send(*[QueuedJob(job_id, ANONYMOUS, "generate_relics", time.time_ns() // 1_000_000).encode()] * copies)

    @contextmanager
    def _sqs(self) -> Iterator["SQSClient"]:
        client = boto3.client(
            "sqs",
            endpoint_url=self._endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        try:
            yield client
        finally:
            client.close()
