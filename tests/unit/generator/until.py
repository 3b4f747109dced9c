"""Waits for a condition instead of a fixed time."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], timeout_s: float = 120) -> None:
    """Return when the condition holds. Raises `TimeoutError` if it does not within `timeout_s`.

    In virtual time this never waits for real.
    """
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the condition has no event to wait for
            await asyncio.sleep(0.001)
