"""Keeping a talkative generator from flooding the store."""

import asyncio
from collections.abc import AsyncGenerator

from chalicelib.port import GenerationEvent, Progressed


async def paced(
    events: AsyncGenerator[GenerationEvent, None], interval_s: float
) -> AsyncGenerator[GenerationEvent, None]:
    """The events, with progress at most every `interval_s`, the newest winning; stages and the result at once.

    Progress that is held back is given out before the next stage or result, so that the last word is never lost.
    """
    now = asyncio.get_running_loop().time
    held: Progressed | None = None
    due_at = now()
    upcoming = _next_of(events)
    try:
        while True:
            done, _ = await asyncio.wait([upcoming], timeout=max(0.0, due_at - now()) if held else None)
            event = upcoming.result() if done else None
            if isinstance(event, Progressed) and now() < due_at:
                held, upcoming = event, _next_of(events)
                continue
            if held and not isinstance(event, Progressed):
                yield held
            held = None
            if event is not None:
                yield event
                upcoming = _next_of(events)
            elif done:
                return
            due_at = now() + interval_s
    finally:
        upcoming.cancel()
        await asyncio.wait([upcoming])
        await events.aclose()


def _next_of(events: AsyncGenerator[GenerationEvent, None]) -> asyncio.Task[GenerationEvent | None]:
    async def step() -> GenerationEvent | None:
        return await anext(events, None)

    return asyncio.create_task(step())
