"""Work that reports through a callback becomes a stream, and never outlives its reader."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest

from generator_service.event_stream import stream
from tests.unit.generator.until import until

Emit = Callable[[int], None]


class Work:
    """Emits 1 and 2, then waits for `gate`."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.running = False

    async def __call__(self, emit: Emit) -> int:
        self.running = True
        try:
            emit(1)
            emit(2)
            await self.gate.wait()
            return 3
        finally:
            self.running = False


async def test_events_come_in_order_and_the_result_comes_last() -> None:
    work = Work()
    work.gate.set()
    assert [event async for events in stream(work) for event in events] == [1, 2, 3]


async def test_events_of_one_moment_come_together() -> None:
    """The generator sends them in one message."""
    work = Work()
    work.gate.set()
    assert [events async for events in stream(work)] == [[1, 2, 3]]


async def test_an_exception_comes_after_the_events_that_the_work_emitted() -> None:
    async def work(emit: Emit) -> int:
        emit(1)
        raise ValueError("a fault")

    events = stream(work)
    assert await anext(events) == [1]
    with pytest.raises(ValueError, match="a fault"):
        await anext(events)


async def test_a_reader_that_leaves_ends_the_work() -> None:
    work = Work()
    async with aclosing(stream(work)) as events:
        assert await anext(events) == [1, 2]
        assert work.running
    assert not work.running


async def test_a_reader_that_is_cancelled_ends_the_work() -> None:
    work = Work()

    async def read() -> None:
        async for _ in stream(work):
            pass

    reader = asyncio.create_task(read())
    await until(lambda: work.running)
    reader.cancel()
    await asyncio.wait([reader])
    assert reader.cancelled()
    assert not work.running


async def test_work_that_something_else_cancels_ends_the_stream() -> None:
    """Otherwise the reader would wait forever."""

    async def work(emit: Emit) -> int:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        async for _ in stream(work):
            pass
