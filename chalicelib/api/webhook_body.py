"""The JSON of webhooks and their deliveries that callers receive; see `api.body`."""

from typing import Annotated, Any, Literal

from pydantic import Field, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.api.body import JobBody, Timestamp, about

Event = Literal["job.completed", "job.failed", "job.cancelled", "job.progress"]

_ATTEMPT: dict[str, Any] = {
    "at": "2026-11-23T16:40:03.117Z",
    "status": 503,
    "error_code": "refused",
    "duration_ms": 84,
}
_DELIVERY: dict[str, Any] = {
    "id": "msg_0b9f4a547e0c5f439d1c2f1f5f9d8a01",
    "event": "job.completed",
    "revision": 17,
    "url": "https://example.com/hooks/lore",
    "state": "waiting",
    "attempts": [_ATTEMPT],
    "next_at": "2026-11-23T16:40:08.201Z",
}


@with_config(json_schema_extra={"examples": [{"url": "https://example.com/hooks/lore", "events": ["job.completed"]}]})
class WebhookBody(TypedDict):
    """The caller's default webhook."""

    url: str
    events: list[Event]


class WebhookSecretBody(TypedDict):
    """A new secret. It is shown only now: keep it."""

    secret: Annotated[str, about("For the Standard Webhooks libraries, with its prefix `whsec_`.")]
    created_at: Timestamp
    previous_signs_until: Annotated[
        Timestamp | None,
        about("Until then, the secret before this one also signs; null if none does."),
    ]


class DeliveryAttemptBody(TypedDict):
    at: Timestamp
    status: Annotated[int | None, about("The HTTP status of the receiver's answer; null without an answer.")]
    error_code: Annotated[str | None, about("Why it was not delivered (docs/webhooks.md); null if it was.")]
    duration_ms: int


@with_config(json_schema_extra={"examples": [_DELIVERY]})
class DeliveryBody(TypedDict):
    """An event of a job on its way to the webhook."""

    id: Annotated[str, about("The `webhook-id` header of each attempt.")]
    event: Event
    revision: int
    url: Annotated[str, about("Without its query.")]
    state: Annotated[
        Literal["waiting", "delivered", "failed"],
        about("waiting: it will be sent at `next_at`. failed: nobody will try again, unless you send it again."),
    ]
    attempts: list[DeliveryAttemptBody]
    next_at: Timestamp | None


@with_config(json_schema_extra={"examples": [{"deliveries": [_DELIVERY]}]})
class DeliveriesBody(TypedDict):
    deliveries: Annotated[list[DeliveryBody], about("Oldest first.")]


class WebhookJobBody(JobBody):
    """The job, as `GET /jobs/{id}` shows it."""

    result_omitted: Annotated[
        bool, Field(description="Whether `result` and `items` were left out because they are too large. Read the job.")
    ]


class WebhookEventBody(TypedDict):
    """The body of a request to a webhook."""

    type: Event
    timestamp: Annotated[Timestamp, about("When it happened.")]
    data: WebhookJobBody
