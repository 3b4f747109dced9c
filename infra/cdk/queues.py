"""The job queue, the queue of webhooks, and their dead-letter queues."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from foundation.limits import (
    DEAD_LETTER_VISIBILITY_S,
    MAX_RECEIVE_COUNT,
    WEBHOOK_MAX_RECEIVE_COUNT,
    WEBHOOK_VISIBILITY_S,
)
from infra.cdk.settings import InfraSettings, has_webhooks


class Queues(Construct):
    """Encrypted, TLS only.

    Each queue hides a message for at least six times the timeout of the function that reads it.
    """

    def __init__(self, scope: Construct, construct_id: str, settings: InfraSettings) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = _queue(
            self, "DeadLetters", f"{settings.name}-jobs-dlq", DEAD_LETTER_VISIBILITY_S, retention_days=14
        )
        self.jobs = _queue(
            self,
            "Jobs",
            f"{settings.name}-jobs",
            settings.timing.queue_visibility_s,
            retention_days=4,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVE_COUNT, queue=self.dead_letters),
        )
        #: None if the stage sends no webhooks.
        self.webhooks = WebhookQueues(self, "Webhooks", settings) if has_webhooks(settings) else None


class WebhookQueues(Construct):
    """What no receiver has accepted is kept for two weeks, so that operators can send it again."""

    def __init__(self, scope: Construct, construct_id: str, settings: InfraSettings) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = _queue(
            self, "DeadLetters", f"{settings.name}-webhooks-dlq", WEBHOOK_VISIBILITY_S, retention_days=14
        )
        self.queue = _queue(
            self,
            "Queue",
            f"{settings.name}-webhooks",
            WEBHOOK_VISIBILITY_S,
            retention_days=4,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=WEBHOOK_MAX_RECEIVE_COUNT, queue=self.dead_letters),
        )


def _queue(
    scope: Construct,
    construct_id: str,
    name: str,
    visibility_s: int,
    *,
    retention_days: int,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        construct_id,
        queue_name=name,
        visibility_timeout=cdk.Duration.seconds(visibility_s),
        retention_period=cdk.Duration.days(retention_days),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        dead_letter_queue=dead_letter_queue,
    )
