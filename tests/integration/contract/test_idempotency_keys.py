"""The contract of `port.IdempotencyKeys`. `test_redis_database.py` tests how long a binding lasts."""

import asyncio
import uuid

from chalicelib.port.idempotency_keys import Binding, IdempotencyKeys


async def test_a_key_is_bound_to_its_first_request(keys: IdempotencyKeys) -> None:
    owner = str(uuid.uuid4())
    first, other = Binding("fingerprint", "first"), Binding("another", "second")
    assert await keys.bind(owner, "key", first) == first
    assert await keys.bind(owner, "key", other) == first


async def test_a_kept_key_stays_bound_to_its_first_request(keys: IdempotencyKeys) -> None:
    owner = str(uuid.uuid4())
    first, other = Binding("fingerprint", "first"), Binding("another", "second")
    await keys.bind(owner, "key", first)
    await keys.keep(owner, "key")
    assert await keys.bind(owner, "key", other) == first


async def test_owners_and_keys_do_not_share_bindings(keys: IdempotencyKeys) -> None:
    owner = str(uuid.uuid4())
    await keys.bind(owner, "key", Binding("fingerprint", "first"))
    for other_owner, key in ((f"{owner}2", "key"), (owner, "key2"), (f"{owner}k", "ey")):
        other = Binding("another", "second")
        assert await keys.bind(other_owner, key, other) == other


async def test_only_one_of_many_simultaneous_requests_binds_the_key(keys: IdempotencyKeys) -> None:
    for _ in range(10):
        owner, ids = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(20)]
        bound = await asyncio.gather(*(keys.bind(owner, "key", Binding("fingerprint", job_id)) for job_id in ids))
        assert len(set(bound)) == 1
