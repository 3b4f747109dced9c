"""The client of a real Redis is cancelled."""

import asyncio

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_client import Client


async def _cancelled_after(turns: int, client: Client) -> bool:
    """Cancel a command after so many turns of the event loop. Returns whether the cancel reached its caller."""
    command = asyncio.ensure_future(client.set("key", "value"))
    for _ in range(turns):
        await asyncio.sleep(0)
    accepted = command.cancel()
    await asyncio.wait([command])
    return not accepted or command.cancelled()


async def test_a_cancel_is_never_lost(redis_url: str) -> None:
    """Otherwise a heartbeat would go on for ever, and a cancelled job too."""
    client = redis_client.connect(redis_url, max_connections=1, timeout_s=30)
    lost = [turns for turns in range(60) for _ in range(5) if not await _cancelled_after(turns, client)]
    await client.set("key", "still usable")
    await client.aclose()
    assert lost == []
