"""The contract of `port.WebhookStore`, on the fake and on every available DynamoDB."""

import asyncio
import uuid

import pytest

from chalicelib.adapter.dynamodb_table import LIBRARY
from chalicelib.adapter.dynamodb_webhooks import DynamoDbWebhookStore
from chalicelib.domain.webhook import Webhook
from chalicelib.port.webhook_store import WebhookStore
from tests.backend import BACKENDS, UseBackend
from tests.fake.webhook_parts import MemoryWebhookStore


@pytest.fixture(params=["memory", *BACKENDS])
def store(request: pytest.FixtureRequest, use_backend: UseBackend) -> WebhookStore:
    if request.param == "memory":
        return MemoryWebhookStore()
    use_backend(request.param, "dynamodb").queues()  # and the tables
    return DynamoDbWebhookStore(LIBRARY.name)


@pytest.fixture
def owner() -> str:
    return f"öwner {uuid.uuid4()}"


def webhook(path: str = "") -> Webhook:
    return Webhook.model_validate({"url": f"https://example.com/{path}?a=1&b=%C3%BC", "events": ["job.failed"]})


async def test_an_owner_without_a_default_has_none(store: WebhookStore, owner: str) -> None:
    assert await store.default(owner) is None


async def test_a_default_is_kept_replaced_and_removed(store: WebhookStore, owner: str) -> None:
    await store.set_default(owner, webhook("one"))
    assert await store.default(owner) == webhook("one")
    await store.set_default(owner, webhook("two"))
    assert await store.default(owner) == webhook("two")
    assert await store.default(f"{owner} 2") is None
    await store.set_default(owner, None)
    await store.set_default(owner, None)
    assert await store.default(owner) is None


async def test_a_secret_is_made_once_and_then_rotated(store: WebhookStore, owner: str) -> None:
    assert await store.secret(owner) is None
    first = await store.rotate_secret(owner, 1_000)
    assert (await store.secret(owner), first.replaced) == (first, ())
    second = await store.rotate_secret(owner, 2_000)
    assert await store.secret(owner) == second
    assert ([each.secret for each in second.replaced], second.created_at) == ([first.current], 2_000)
    third = await store.rotate_secret(owner, 3_000)
    assert await store.secret(owner) == third
    assert third.replaced[1:] == second.replaced
    assert (await store.rotate_secret(owner, 4_000, ends_previous=True)).replaced == ()


async def test_a_request_that_arrives_twice_makes_one_secret(store: WebhookStore, owner: str) -> None:
    """At the same time, or after a lost answer; for a first secret and for a later one."""
    for made_by in ("one", "two"):
        made = await asyncio.gather(*(store.rotate_secret(owner, n, made_by) for n in range(3)))
        made.append(await store.rotate_secret(owner, 4, made_by))
        assert {secret.current for secret in made} == {made[0].current}
    kept = await store.secret(owner)
    assert kept is not None
    assert len(kept.replaced) == 1


async def test_secrets_made_at_the_same_time_follow_each_other(store: WebhookStore, owner: str) -> None:
    """Otherwise a caller would have a secret that signs nothing."""
    made = await asyncio.gather(*(store.rotate_secret(owner, n) for n in range(3)))
    kept = await store.secret(owner)
    assert kept in made
    assert len({secret.current for secret in made}) == 3
    assert sorted(len(secret.replaced) for secret in made) == [0, 1, 2]
