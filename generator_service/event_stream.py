"""Turns work that emits events through a callback into an async stream of events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_END = object()


async def stream(work: Callable[[Callable[[T], None]], Awaitable[T]]) -> AsyncGenerator[T, None]:
    """Yield what `work(emit)` emits, then its result. Raises what it raises.

    The work never outlives the stream: if the reader is cancelled or leaves, the work is cancelled and awaited.
    """
    queue: asyncio.Queue[object] = asyncio.Queue()
    task = asyncio.ensure_future(work(queue.put_nowait))
    task.add_done_callback(lambda _: queue.put_nowait(_END))
    try:
        while (event := await queue.get()) is not _END:
            yield event  # type: ignore[misc] # `emit` only accepts T
        yield await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        _retrieve_exception(task)


def _retrieve_exception(task: "asyncio.Future[T]") -> None:
    """Otherwise asyncio logs an exception that nobody retrieved. A reader that left does not need it."""
    if not task.cancelled():
        task.exception()
