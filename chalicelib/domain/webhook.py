"""Where an owner is told of a job's events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from chalicelib.domain.lifecycle import Status
from chalicelib.domain.webhook_url import MAX_URL_LENGTH, WebhookUrl
from foundation.json_value import Json


class WebhookEvent(StrEnum):
    COMPLETED = "job.completed"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"
    #: The job has got further. Only sent to a webhook that asks for it.
    PROGRESS = "job.progress"


#: The event of each final status.
ENDS: Mapping[Status, WebhookEvent] = {
    Status.COMPLETED: WebhookEvent.COMPLETED,
    Status.FAILED: WebhookEvent.FAILED,
    Status.CANCELLED: WebhookEvent.CANCELLED,
}
#: The events of a webhook that names none.
DEFAULT_EVENTS = tuple(event.value for event in ENDS.values())

#: A key of the context of a validation: whether webhooks may be sent to this machine.
ALLOW_LOCAL = "allow_local"


def _normalised(url: str, info: ValidationInfo) -> str:
    return str(WebhookUrl.parse(url, allow_local=bool((info.context or {}).get(ALLOW_LOCAL))))


def _in_order(events: list[str]) -> list[str]:
    return [event.value for event in WebhookEvent if event.value in events]


class Webhook(BaseModel):
    """Where to send a job's events."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    url: Annotated[
        str,
        Field(
            max_length=MAX_URL_LENGTH,
            description="An https address on port 443 or 8443 with a public host name.",
            examples=["https://example.com/hooks/lore"],
            json_schema_extra={"format": "webhook-url"},
        ),
        AfterValidator(_normalised),
    ]
    events: Annotated[
        list[Literal["job.completed", "job.failed", "job.cancelled", "job.progress"]],
        Field(
            min_length=1,
            max_length=20,
            description="`job.progress` is sent at most twice a second, and only to a webhook that names it.",
        ),
        AfterValidator(_in_order),
    ] = list(DEFAULT_EVENTS)  # type: ignore[arg-type] # these are the literals

    @classmethod
    def restore(cls, stored: Mapping[str, Json]) -> "Webhook":
        """The webhook that `as_json` has written. It was checked before it was stored."""
        fields: Any = stored
        return cls.model_construct(url=fields["url"], events=fields["events"])

    def as_json(self) -> dict[str, Json]:
        return {"url": self.url, "events": [*self.events]}

    def wants(self, event: WebhookEvent) -> bool:
        return event.value in self.events


def choice_of(stored: Json) -> Webhook | bool | None:
    """What a job's field `webhook` says: its own webhook; False: none, not even the default; None: the default."""
    if isinstance(stored, Mapping):
        return Webhook.restore(stored)
    return False if stored is False else None
