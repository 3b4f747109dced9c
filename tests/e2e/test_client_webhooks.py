"""The Python client asks for webhooks, and a receiver that is written with it verifies what the local stack sends."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import loresmith
from local.stack.local_stack import LocalStack
from loresmith import LoreSmith, WebhookEvent, verify_webhook
from tests.http_server import serving
from tests.redis_server import until


@pytest.fixture
def client(guarded: LocalStack) -> Iterator[LoreSmith]:
    with LoreSmith(guarded.urls.api, guarded.token(str(uuid.uuid4())), timeout_s=300) as made:
        yield made


@contextmanager
def receiving(secret: str) -> Iterator[tuple[str, list[WebhookEvent]]]:
    """The address of a receiver, and the events that it has accepted."""
    accepted: list[WebhookEvent] = []

    async def receive(request: Request) -> Response:
        try:
            accepted.append(verify_webhook(await request.body(), request.headers, secret))
        except loresmith.InvalidWebhook:
            return Response(status_code=400)
        return Response(status_code=204)

    with serving(Starlette(routes=[Route("/hooks", receive, methods=["POST"])])) as url:
        yield f"{url}/hooks", accepted


def test_the_end_of_a_job_is_received_and_can_be_sent_again(client: LoreSmith) -> None:
    with receiving(client.webhook.make_secret().secret) as (url, accepted):
        job = client.submit("relics", count=1, webhook=url)
        result = job.wait()
        until(lambda: [delivery.state for delivery in job.deliveries()] == ["delivered"])
        event, (delivery,) = accepted[0], job.deliveries()
        assert (event.type, event.job.id, event.job.result, event.result_omitted) == (
            "job.completed",
            job.id,
            result,
            False,
        )
        assert (delivery.id, delivery.event, delivery.attempts[-1].status) == (event.id, "job.completed", 204)
        count = len(accepted)
        assert job.redeliver(delivery).id == event.id
        until(lambda: len(accepted) > count)
        assert {each.id for each in accepted} == {event.id}


def test_the_default_can_be_set_and_turned_off_for_one_job(client: LoreSmith) -> None:
    with pytest.raises(loresmith.NotFound):
        client.webhook.get()
    with receiving(client.webhook.make_secret().secret) as (url, accepted):
        client.webhook.set(url, ["job.completed"])
        assert client.webhook.get().events == ["job.completed"]
        silent, loud = client.submit("relics", count=1, webhook=False), client.submit("relics", count=1)
        silent.wait()
        until(lambda: bool(accepted))
        assert silent.deliveries() == []
        assert {event.job.id for event in accepted} == {loud.id}
        assert client.webhook.remove().url == url


def test_a_receiver_with_another_secret_refuses(client: LoreSmith) -> None:
    client.webhook.make_secret()
    with receiving("whsec_c2VjcmV0") as (url, accepted):
        job = client.submit("relics", count=1, webhook=url)
        until(lambda: 400 in [attempt.status for delivery in job.deliveries() for attempt in delivery.attempts])
    assert accepted == []
