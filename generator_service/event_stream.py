"""Turns work that emits events through a callback into an async stream of lists of events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_END = object()


async def stream(work: Callable[[Callable[[T], None]], Awaitable[T]]) -> AsyncGenerator[list[T], None]:
    """Yield what `work(emit)` emits, and its result as the last event. Raises what it raises.

    Each list has the events of one moment, or those that came while the reader was busy. No list is empty.
    The work never outlives the stream: if the reader is cancelled or leaves, the work is cancelled and awaited.
    """
    queue: asyncio.Queue[object] = asyncio.Queue()
    task = asyncio.ensure_future(work(queue.put_nowait))
    task.add_done_callback(lambda _: queue.put_nowait(_END))
    try:
        has_ended = False
        while not has_ended:
            events = await _arrived(queue)
            if has_ended := events[-1] is _END:
                events[-1:] = _result_of(task)
            if events:
                yield events  # type: ignore[misc] # `emit` only accepts T
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        _retrieve_exception(task)


async def _arrived(queue: asyncio.Queue[object]) -> list[object]:
    """The next event, and those of the same moment."""
    arrived = [await queue.get()]
    await asyncio.sleep(0)  # other tasks that can run now may add some
    while not queue.empty():
        arrived.append(queue.get_nowait())
    return arrived


def _result_of(task: "asyncio.Future[T]") -> list[object]:
    """Empty if the task failed."""
    return [] if task.cancelled() or task.exception() else [task.result()]


def _retrieve_exception(task: "asyncio.Future[T]") -> None:
    """Otherwise asyncio logs an exception that nobody retrieved. A reader that left does not need it."""
    if not task.cancelled():
        task.exception()
