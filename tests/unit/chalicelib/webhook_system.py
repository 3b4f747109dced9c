"""The services on fakes, with the function that sends webhooks."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.api import webhook_endpoint
from chalicelib.domain.job import Job
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.webhook import ALLOW_LOCAL, Webhook
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import Answer
from chalicelib.service.worker import Message
from tests.fake.webhook_parts import Received
from tests.unit.chalicelib.system import OWNER, System

URL = "https://example.com/hooks?token=s3cret"


def webhook(url: str = URL, *events: str) -> Webhook:
    given: dict[str, Any] = {"url": url} | ({"events": list(events)} if events else {})
    return Webhook.model_validate(given, context={ALLOW_LOCAL: False})


async def accepted(system: System, **options: object) -> Job:
    """A job with these options, of an owner who has a secret."""
    if await system.webhook_store.secret(OWNER) is None:
        await system.services.webhooks.rotate_secret(OWNER)
    submission = {"type": "generate_relics", "payload": {"count": 1}, **options}
    request = JobRequest.parse(OWNER, submission, system.timing)
    return (await system.services.submission.submit(request)).job


async def ended(system: System, url: str = URL) -> str:
    """The id of a job whose end is queued."""
    job = await accepted(system, webhook={"url": url})
    await system.work(job.id)
    return job.id


async def send(system: System) -> list[str]:
    """One invocation of the function that sends. Handled messages are deleted. Returns the ids of the others."""
    batch = [Message(message_id, body) for message_id, body in system.notifications.receive()]
    failed = await webhook_endpoint.send(system.services, batch)
    for message in batch:
        if message.id not in failed:
            system.notifications.delete(message.id)
    return failed


async def send_until(system: System, holds: Callable[[], bool], at_most_s: float = 7 * 86_400) -> None:
    """Go on sending until something holds."""
    end_at = asyncio.get_running_loop().time() + at_most_s
    while not holds():
        assert asyncio.get_running_loop().time() < end_at, "it never held"
        await send(system)
        await asyncio.sleep(system.notifications.next_in_s or 1)


async def send_all(system: System) -> None:
    """Go on sending until nothing waits."""
    await send_until(system, lambda: system.notifications.is_empty)


def bodies(received: list[Received]) -> list[Mapping[str, Any]]:
    return [json.loads(request.body) for request in received]


def always(answer: Answer) -> Callable[[WebhookUrl], Answer]:
    return lambda _url: answer
