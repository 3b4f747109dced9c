"""Limits how often progress is written to the store."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import Enum

from chalicelib.port.generator import GenerationEvent, Progressed


class _Signal(Enum):
    #: The stream has ended, with or without an error.
    END = "end"
    #: It is time to yield the progress that was held back.
    DUE = "due"


async def paced(
    events: AsyncGenerator[GenerationEvent, None], interval_s: float
) -> AsyncGenerator[GenerationEvent, None]:
    """The events, but progress at most once per `interval_s`. If there are several, it keeps the newest.

    Other events come at once. Progress that was held back comes before the next stage or result, so that the newest
    progress is never lost. One task reads the stream. When the reader goes away, the task stops and the stream is
    closed.
    """
    now = asyncio.get_running_loop().time
    arrived: asyncio.Queue[GenerationEvent | _Signal] = asyncio.Queue()
    pump = asyncio.create_task(_pump(events, arrived))
    held: Progressed | None = None
    due_at = now()
    try:
        while True:
            event = await _next_of(arrived, due_at if held else None)
            if isinstance(event, Progressed) and now() < due_at:
                held = event
                continue
            if held and not isinstance(event, Progressed):
                yield held
            held = None
            if event is _Signal.END:
                await pump
                return
            if not isinstance(event, _Signal):
                yield event
            due_at = now() + interval_s
    finally:
        pump.cancel()
        await asyncio.wait([pump])


async def _pump(
    events: AsyncGenerator[GenerationEvent, None], arrived: asyncio.Queue[GenerationEvent | _Signal]
) -> None:
    try:
        async with aclosing(events):
            async for event in events:
                arrived.put_nowait(event)
    finally:
        arrived.put_nowait(_Signal.END)


async def _next_of(arrived: asyncio.Queue[GenerationEvent | _Signal], until: float | None) -> GenerationEvent | _Signal:
    try:
        async with asyncio.timeout_at(until):
            return await arrived.get()
    except TimeoutError:
        return _Signal.DUE
