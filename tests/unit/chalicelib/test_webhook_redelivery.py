"""Ends that are sent again: by their owner, or by an operator who moves a dead letter back."""

from chalicelib.domain.webhook_schedule import DEFAULT_S
from chalicelib.port.webhook_client import Answer
from tests.unit.chalicelib.system import OWNER, System
from tests.unit.chalicelib.webhook_system import accepted, always, ended, send, send_all, webhook


async def test_an_end_can_be_sent_again_to_the_webhook_that_the_job_has_now() -> None:
    system = System()
    await system.services.webhooks.rotate_secret(OWNER)
    job = await accepted(system)
    await system.services.webhooks.set_default(OWNER, webhook("https://old.example.com/"))
    await system.work(job.id)
    system.receivers.answer = always(Answer(status=410))
    await send_all(system)
    await system.services.webhooks.set_default(OWNER, webhook("https://new.example.com/"))
    system.receivers.answer = always(Answer(status=200))
    (old,) = await system.services.webhooks.deliveries(OWNER, job.id)
    again = await system.services.webhooks.redeliver(OWNER, job.id, old.id)
    assert (again.id, again.state) == (old.id, "waiting")
    await send_all(system)
    (now,) = await system.services.webhooks.deliveries(OWNER, job.id)
    assert (now.id, now.state, now.url) == (old.id, "delivered", "https://new.example.com/")
    assert [str(request.url) for request in system.receivers.received] == [
        "https://old.example.com/",
        "https://new.example.com/",
    ]


async def test_a_dead_letter_that_an_operator_moves_back_at_once_is_sent_again_with_all_attempts() -> None:
    """It must not count as a copy of the message that was handled a moment before."""
    system = System()
    await ended(system)
    system.receivers.answer = always(Answer(status=500))
    await send_all(system)
    (dead,) = system.notifications.dead
    await system.notifications.send(dead)
    await send_all(system)
    assert len(system.receivers.received) == 2 * (1 + len(DEFAULT_S))
    system.receivers.answer = always(Answer(status=200))
    await system.notifications.send(system.notifications.dead[-1])
    await send_all(system)
    assert len(system.receivers.received) == 2 * (1 + len(DEFAULT_S)) + 1
    assert len(system.notifications.dead) == 2


async def test_an_end_that_is_sent_again_leaves_no_older_round_behind() -> None:
    """Otherwise each request to send it again would add a day of attempts to those that are under way."""
    system = System()
    job_id = await ended(system)
    system.receivers.answer = always(Answer(status=500))
    await send(system)
    (delivery,) = await system.services.webhooks.deliveries(OWNER, job_id)
    for _ in range(3):
        await system.services.webhooks.redeliver(OWNER, job_id, delivery.id)
    before = len(system.receivers.received)
    await send_all(system)
    assert len(system.receivers.received) == before + 1 + len(DEFAULT_S)
    assert len(system.notifications.dead) == 1
