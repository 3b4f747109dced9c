"""Cancelling commands, on a real Redis."""

import asyncio
from contextlib import aclosing

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_client import Client


async def _cancelled_after(turns: int, client: Client) -> bool:
    """Cancel a command after so many turns of the event loop. Returns whether the cancel reached its caller."""
    await client.ping()  # so that the command finds an open connection
    command = asyncio.ensure_future(client.get("key"))
    for _ in range(turns):
        await asyncio.sleep(0)
    accepted = command.cancel()
    await asyncio.wait([command])
    return not accepted or command.cancelled()


async def test_a_cancel_is_never_lost(redis_url: str) -> None:
    """A heartbeat whose cancel is lost would never end, and neither would its job. Only Python 3.11 loses it."""
    async with aclosing(redis_client.connect(redis_url, max_connections=1, timeout_s=30)) as client:
        assert [turns for turns in range(20) for _ in range(10) if not await _cancelled_after(turns, client)] == []


async def test_callers_wait_in_turn_for_a_connection(redis_url: str) -> None:
    """New callers must not overtake callers that already wait, which could otherwise time out."""
    async with aclosing(redis_client.connect(redis_url, max_connections=1, timeout_s=30)) as client:
        order: list[int] = []

        async def ask(number: int) -> None:
            await client.ping()
            order.append(number)

        await client.ping()
        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(ask(number))
        assert order == list(range(50))
