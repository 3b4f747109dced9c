"""A receiver that does not answer in time holds up nobody else."""

import asyncio
import uuid
from dataclasses import replace

from chalicelib.domain.job import JobView
from chalicelib.domain.notification import Notification
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import TIMEOUT, Answer
from tests.unit.chalicelib.system import System
from tests.unit.chalicelib.webhook_system import always, ended, send, send_all


async def test_a_receiver_that_is_slow_for_one_owner_is_not_left_alone_for_another() -> None:
    """Many owners may use the same service. One of them must not be able to hold up the others."""
    system = System()
    job_id = await ended(system, "https://shared.example.com/slow")
    view = await system.view(job_id)
    system.receivers.answer = always(Answer(error_code=TIMEOUT))
    await send(system)
    system.receivers.answer = always(Answer(status=200))
    await system.webhook_store.rotate_secret("neighbour", 0)
    theirs = JobView(replace(view.job, id=str(uuid.uuid4()), owner="neighbour"))
    await system.notifications.send(Notification.of_end(theirs, "https://shared.example.com/quick"))
    await send(system)
    assert [request.url.target for request in system.receivers.received] == ["/slow", "/quick"]


async def test_a_receiver_that_is_slow_is_left_alone_for_a_moment_and_the_others_are_not() -> None:
    system = System()

    def answer(url: WebhookUrl) -> tuple[float, Answer]:
        return (10.0, Answer(error_code=TIMEOUT)) if url.host == "slow.example.com" else (0.0, Answer(status=200))

    system.receivers.answer = answer
    await ended(system, "https://slow.example.com/")
    await send(system)
    began_at = asyncio.get_running_loop().time()
    for _ in range(5):
        await ended(system, "https://slow.example.com/")
    await ended(system, "https://quick.example.com/")
    began_at = asyncio.get_running_loop().time()
    await send(system)
    assert asyncio.get_running_loop().time() - began_at < 1
    assert system.receivers.received[-1].url.host == "quick.example.com"
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    slow = [request for request in system.receivers.received if request.url.host == "slow.example.com"]
    assert len({request.headers["webhook-id"] for request in slow}) == 6
