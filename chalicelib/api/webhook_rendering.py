"""Renders webhooks, their deliveries, and what is sent to them."""

import json
from collections.abc import Sequence

from chalicelib.api import rendering
from chalicelib.api.timestamp import timestamp, timestamp_or_none
from chalicelib.api.webhook_body import (
    DeliveriesBody,
    DeliveryAttemptBody,
    DeliveryBody,
    WebhookBody,
    WebhookEventBody,
    WebhookJobBody,
    WebhookSecretBody,
)
from chalicelib.domain.notification import Delivery, DeliveryAttempt, Notification
from chalicelib.domain.price import Price
from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_secret import WebhookSecret


def webhook_json(webhook: Webhook) -> WebhookBody:
    return WebhookBody(url=webhook.url, events=list(webhook.events))


def secret_json(secret: WebhookSecret) -> WebhookSecretBody:
    return WebhookSecretBody(
        secret=secret.current,
        created_at=timestamp(secret.created_at),
        previous_signs_until=timestamp_or_none(secret.previous_signs_until),
    )


def deliveries_json(deliveries: Sequence[Delivery]) -> DeliveriesBody:
    return DeliveriesBody(deliveries=[delivery_json(delivery) for delivery in deliveries])


def delivery_json(delivery: Delivery) -> DeliveryBody:
    return DeliveryBody(
        id=delivery.id,
        event=delivery.event.value,
        revision=delivery.revision,
        url=delivery.url,
        state=delivery.state.value,
        attempts=[_attempt(attempt) for attempt in delivery.attempts],
        next_at=timestamp_or_none(delivery.next_at),
    )


def event_bytes(notification: Notification, base_path: str, price: Price | None) -> bytes:
    """The body of a request to a webhook. The notification has a `view`."""
    if notification.view is None:
        raise ValueError("the job is not read yet")
    job = rendering.job_json(notification.view, base_path, price)
    event = WebhookEventBody(
        type=notification.event.value,
        timestamp=timestamp(notification.occurred_at),
        data=WebhookJobBody(**job, result_omitted=notification.result_omitted),
    )
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _attempt(attempt: DeliveryAttempt) -> DeliveryAttemptBody:
    return DeliveryAttemptBody(
        at=timestamp(attempt.at),
        status=attempt.status,
        error_code=attempt.error_code,
        duration_ms=attempt.duration_ms,
    )
