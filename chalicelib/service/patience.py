"""Repeats calls to the job store until it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chalicelib.domain.error import StoreUnavailable

T = TypeVar("T")

#: The pause between two calls, seconds.
PAUSE_S = 0.5


async def until_answered(operation: Callable[[], Awaitable[T]]) -> T:
    """Repeat the call until the store answers, however long that takes. The caller sets the time limit."""
    while True:
        try:
            return await operation()
        except StoreUnavailable:
            await asyncio.sleep(PAUSE_S)


async def answered_within(timeout_s: float, operation: Callable[[], Awaitable[T]]) -> T:
    """Repeat the call until the store answers. Raises `StoreUnavailable` after `timeout_s`."""
    try:
        async with asyncio.timeout(timeout_s):
            return await until_answered(operation)
    except TimeoutError:
        raise StoreUnavailable from None
