"""From callbacks to a stream."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_END = object()


async def stream(work: Callable[[Callable[[T], None]], Awaitable[T]]) -> AsyncGenerator[T, None]:
    """Yield what `work(emit)` emits as it comes, and its result last; raise what it raises.

    The work never outlives the stream: a reader that is cancelled, or goes away, cancels it and waits for its end.
    """
    queue: asyncio.Queue[object] = asyncio.Queue()
    task = asyncio.ensure_future(work(queue.put_nowait))
    task.add_done_callback(lambda _: queue.put_nowait(_END))
    try:
        while (event := await queue.get()) is not _END:
            yield event  # type: ignore[misc] # `emit` takes nothing but T
        yield await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        _retrieve(task)


def _retrieve(task: "asyncio.Future[T]") -> None:
    """asyncio complains of exceptions that nobody looked at; a reader who left has no use for them."""
    if not task.cancelled():
        task.exception()
