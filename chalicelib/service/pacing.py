"""Limits how often progress is written to the store."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chalicelib.port.generator import GenerationEvent, Progressed

#: None: the stream has ended, with or without an error.
_Arrival = GenerationEvent | None


async def paced(
    events: AsyncGenerator[GenerationEvent, None], interval_s: float
) -> AsyncGenerator[list[GenerationEvent], None]:
    """The events, each list with those that arrived together or while the reader was busy. No list is empty.

    Progress alone comes at most once per `interval_s`, and only the newest. Anything else comes at once, after the
    progress that was held back, so that the newest progress is never lost. One task reads the stream. When the reader
    goes away, the task stops and the stream is closed.
    """
    now = asyncio.get_running_loop().time
    inbox: asyncio.Queue[_Arrival] = asyncio.Queue()
    pump = asyncio.create_task(_pump(events, inbox))
    held: list[GenerationEvent] = []
    due_at = now()
    try:
        while True:
            taken = await _take(inbox, due_at if held else None)
            arrived = held + [event for event in taken if event is not None]
            if all(isinstance(event, Progressed) for event in arrived):
                arrived = arrived[-1:]
                if now() < due_at and None not in taken:
                    held = arrived
                    continue
            held = []
            if arrived:
                yield arrived
            if None in taken:
                await pump
                return
            due_at = now() + interval_s
    finally:
        pump.cancel()
        await asyncio.wait([pump])


async def _pump(events: AsyncGenerator[GenerationEvent, None], inbox: asyncio.Queue[_Arrival]) -> None:
    try:
        async with aclosing(events):
            async for event in events:
                inbox.put_nowait(event)
    finally:
        inbox.put_nowait(None)


async def _take(inbox: asyncio.Queue[_Arrival], until: float | None) -> list[_Arrival]:
    """The next event, and those behind it; empty if none comes by `until`."""
    try:
        async with asyncio.timeout_at(until):
            taken = [await inbox.get()]
    except TimeoutError:
        return []
    while not inbox.empty():
        taken.append(inbox.get_nowait())
    return taken
