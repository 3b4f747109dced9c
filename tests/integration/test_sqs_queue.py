"""The job queue on SQS."""

import json
import uuid
from typing import Any

import boto3
import pytest

from chalicelib.adapter.sqs_queue import SqsJobQueue
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.owner import owner_hash
from local.stack.aws_resource import Queues
from tests.unit.chalicelib.test_retry import job


def receive(queue_url: str, wait_s: int = 1) -> list[Any]:
    sqs = boto3.client("sqs")
    try:
        answer = sqs.receive_message(
            QueueUrl=queue_url, WaitTimeSeconds=wait_s, MessageSystemAttributeNames=["All"], MaxNumberOfMessages=10
        )
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return list(answer.get("Messages", []))
    finally:
        sqs.close()


@pytest.mark.needs("sqs.message_group")
async def test_a_message_names_its_job_and_groups_by_owner(aws: Queues) -> None:
    sent = job(attempt=1, id=str(uuid.uuid4()))
    await SqsJobQueue(aws.jobs_url).send(sent)
    (message,) = receive(aws.jobs_url)
    assert json.loads(message["Body"]) == {"job_id": sent.id}
    assert message["Attributes"]["MessageGroupId"] == owner_hash(sent.owner)


@pytest.mark.needs("sqs.trace_header")
async def test_a_message_takes_the_trace_of_the_invocation_along(aws: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    await SqsJobQueue(aws.jobs_url).send(job(attempt=1))
    (message,) = receive(aws.jobs_url)
    assert message["Attributes"]["AWSTraceHeader"] == trace


@pytest.mark.needs("sqs.delay")
async def test_a_delay_is_rounded_up_so_that_no_message_comes_early(aws: Queues) -> None:
    """A job that is not due yet would be left to recovery."""
    await SqsJobQueue(aws.jobs_url).send(job(attempt=1), delay_s=0.1)
    assert receive(aws.jobs_url, wait_s=0) == []
    assert len(receive(aws.jobs_url, wait_s=5)) == 1


async def test_a_queue_that_is_not_there_is_unavailable(aws: Queues) -> None:
    gone = SqsJobQueue(aws.jobs_url + "-gone")
    with pytest.raises(QueueUnavailable):
        await gone.send(job(attempt=1))
    with pytest.raises(QueueUnavailable):
        await gone.ping()
