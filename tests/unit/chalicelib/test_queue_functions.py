"""The functions that SQS calls: which messages Lambda is told to deliver again."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

import app
from chalicelib.service.worker import Message
from local.lambda_emulator.event_source.sqs_event import sqs_event

ARN = "arn:aws:sqs:us-east-1:000000000000:jobs"


class Worker:
    """Fails every message whose body is "bad"."""

    async def work(self, messages: Sequence[Message]) -> list[str]:
        return [message.id for message in messages if message.body == "bad"]

    fail_dead_letters = work


@pytest.mark.parametrize("function", [app.worker, app.dead_letter])
@pytest.mark.parametrize(("bodies", "again"), [(["bad", "good", "bad"], ["0", "2"]), (["good"], [])])
def test_failed_messages_are_named_by_their_ids(
    monkeypatch: pytest.MonkeyPatch, function: object, bodies: list[str], again: list[str]
) -> None:
    """In the form of ReportBatchItemFailures; Lambda deletes every message that is not named."""
    monkeypatch.setattr(app, "services", lambda: SimpleNamespace(worker=Worker()))
    received = [
        {"MessageId": str(number), "ReceiptHandle": "handle", "Body": body, "MD5OfBody": ""}
        for number, body in enumerate(bodies)
    ]
    assert callable(function)
    answer = function(sqs_event(received, ARN), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}
