"""Traces in SQS messages. `tests/integration/contract/test_job_queue.py` has all other tests of the queue."""

import uuid

import boto3
import pytest

from chalicelib.adapter.sqs_queue import SqsJobQueue
from local.stack.aws_resource import Queues
from tests.unit.chalicelib.test_retry import job


@pytest.mark.needs("sqs.trace_header")
async def test_a_message_has_the_trace_of_its_invocation(aws: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    await SqsJobQueue(aws.jobs_url).send(job(attempt=1, id=str(uuid.uuid4())))
    sqs = boto3.client("sqs")
    answer = sqs.receive_message(QueueUrl=aws.jobs_url, WaitTimeSeconds=10, MessageSystemAttributeNames=["All"])
    (message,) = answer["Messages"]
    sqs.delete_message(QueueUrl=aws.jobs_url, ReceiptHandle=message["ReceiptHandle"])
    sqs.close()
    assert message["Attributes"]["AWSTraceHeader"] == trace
