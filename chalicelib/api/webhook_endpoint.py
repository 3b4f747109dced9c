"""Webhooks, with the rules of HTTP; and the handler of the function that sends them."""

from collections.abc import Sequence

from pydantic import ValidationError

from chalicelib.api import webhook_rendering as rendering
from chalicelib.api.endpoint import idempotency_key
from chalicelib.api.media_type import check_media_type
from chalicelib.api.message import Request, Response, parse_uuid, shortened
from chalicelib.bootstrap import Services
from chalicelib.domain.error import Fault, InvalidSubmission, together
from chalicelib.domain.notification import Notification
from chalicelib.domain.text import trimmed
from chalicelib.domain.webhook import ALLOW_LOCAL, Webhook
from chalicelib.service.worker import Message
from foundation.validation import path_of, sentence_of


async def read_webhook(services: Services, request: Request) -> Response:
    """200 with the caller's default."""
    return Response(200, rendering.webhook_json(await services.webhooks.default(request.owner)))


async def set_webhook(services: Services, request: Request) -> Response:
    """200 with the caller's new default."""
    check_media_type(request)
    webhook = _webhook(request.json_object(), allow_local=services.webhooks.allow_local)
    return Response(200, rendering.webhook_json(await services.webhooks.set_default(request.owner, webhook)))


async def remove_webhook(services: Services, request: Request) -> Response:
    """200 with the default that was removed."""
    return Response(200, rendering.webhook_json(await services.webhooks.remove_default(request.owner)))


async def make_webhook_secret(services: Services, request: Request) -> Response:
    """201 with a new secret, or with the one that an equal request has made."""
    _, key, ends_previous = together(
        request.check_names, lambda: idempotency_key(request), lambda: request.flag("end_previous")
    )
    secret = await services.webhooks.rotate_secret(request.owner, key, ends_previous=ends_previous)
    return Response(201, rendering.secret_json(secret))


async def list_deliveries(services: Services, request: Request, job_id: str) -> Response:
    """200 with what became of the job's events."""
    found = await services.webhooks.deliveries(request.owner, parse_uuid(job_id))
    return Response(200, rendering.deliveries_json(found))


async def redeliver(services: Services, request: Request, job_id: str, delivery_id: str) -> Response:
    """202 with the delivery, which is queued again."""
    delivery = await services.webhooks.redeliver(request.owner, parse_uuid(job_id), trimmed(delivery_id))
    return Response(202, rendering.delivery_json(delivery))


async def send(services: Services, messages: Sequence[Message]) -> list[str]:
    """What SQS calls: see `WebhookSending.send`."""
    if services.webhook_sending is None:
        raise RuntimeError("WEBHOOKS_QUEUE_URL and WEBHOOKS_DLQ_URL are not set")

    def render(notification: Notification) -> bytes:
        return rendering.event_bytes(notification, services.base_path, services.price)

    return await services.webhook_sending.send(messages, render)


def _webhook(given: dict[str, object], *, allow_local: bool) -> Webhook:
    """Raises `InvalidSubmission`."""
    try:
        return Webhook.model_validate(given, context={ALLOW_LOCAL: allow_local})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise InvalidSubmission(
            [Fault(shortened(path_of(problem["loc"])), sentence_of(problem, "a webhook")) for problem in problems]
        ) from None
