"""Where an owner is told of a job's events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from chalicelib.domain.error import Fault, InvalidSubmission
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.webhook_url import WebhookUrl
from foundation.json_value import Json


class WebhookEvent(StrEnum):
    COMPLETED = "job.completed"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"
    #: The job has got further. Not sent unless the webhook asks for it.
    PROGRESS = "job.progress"


#: The event of each final status. These are the events of a webhook that names none.
ENDS: Mapping[Status, WebhookEvent] = {
    Status.COMPLETED: WebhookEvent.COMPLETED,
    Status.FAILED: WebhookEvent.FAILED,
    Status.CANCELLED: WebhookEvent.CANCELLED,
}
DEFAULT_EVENTS = tuple(ENDS.values())
_FIELDS = frozenset({"url", "events"})


@dataclass(frozen=True, slots=True)
class Webhook:
    #: As `WebhookUrl` writes it.
    url: str
    events: Sequence[WebhookEvent] = DEFAULT_EVENTS

    @classmethod
    def parse(cls, given: object, *, allow_local: bool, path: str = "") -> Self:
        """The webhook in a caller's JSON. Raises `InvalidSubmission` with every fault.

        `path`: where the object is in the body, such as "webhook"; "" if it is the body.
        """
        if not isinstance(given, Mapping):
            raise InvalidSubmission([Fault(path, 'must be a JSON object such as {"url": "https://example.com/hooks"}')])
        place = f"{path}." if path else ""
        faults = [Fault(f"{place}{name}", "is not a field of a webhook; remove it") for name in given.keys() - _FIELDS]
        faults.sort(key=lambda fault: fault.field)
        url, events = given.get("url"), given.get("events", [*DEFAULT_EVENTS])
        if not isinstance(url, str):
            faults.append(Fault(f"{place}url", "is required and must be text"))
        else:
            try:
                url = str(WebhookUrl.parse(url, allow_local=allow_local))
            except ValueError as error:
                faults.append(Fault(f"{place}url", str(error)))
        known = [event.value for event in WebhookEvent]
        if not (isinstance(events, list) and events and all(event in known for event in events)):
            faults.append(Fault(f"{place}events", f"must be a list of one or more of: {', '.join(known)}"))
        if faults:
            raise InvalidSubmission(faults)
        return cls(str(url), tuple(event for event in WebhookEvent if event.value in events))

    @classmethod
    def restore(cls, stored: Mapping[str, Json]) -> Self:
        """The webhook that `as_json` has written."""
        match stored:
            case {"url": str(url), "events": [*events]}:
                return cls(url, tuple(WebhookEvent(str(event)) for event in events))
        raise ValueError("this is not a stored webhook")

    def as_json(self) -> dict[str, Json]:
        return {"url": self.url, "events": [event.value for event in self.events]}


#: What a job stores in its field `webhook`: its own webhook as JSON; `False` if it has none, not even its owner's
#: default; None if the default applies.
Choice = Mapping[str, Json] | bool | None


def choice_of(stored: Json) -> Webhook | bool | None:
    """The choice in a job's field."""
    return Webhook.restore(stored) if isinstance(stored, Mapping) else False if stored is False else None
