"""A generator that reports often does not flood the store, and nothing important is lost."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from chalicelib.domain.job import Checkpoint
from chalicelib.port.generator import Generated, GenerationEvent, Progressed, StageFinished
from chalicelib.service.pacing import paced
from tests.virtual_time import now_s

INTERVAL_S = 0.1
STAGE = StageFinished(Checkpoint(0, "name", {}), {}, 30, "Generated names...")

Script = list[GenerationEvent | float | Exception]


async def stream(script: Script, closed: list[bool]) -> AsyncGenerator[GenerationEvent, None]:
    """The events of a script. A number is a wait in seconds; an exception is raised."""
    try:
        for step in script:
            match step:
                case float(seconds):
                    await asyncio.sleep(seconds)
                case Exception() as error:
                    raise error
                case event:
                    yield event
    finally:
        closed.append(True)


async def seen(script: Script) -> list[tuple[float, list[GenerationEvent]]]:
    """The events that come through together, each list with its time."""
    closed: list[bool] = []
    events = [(round(now_s(), 2), arrived) async for arrived in paced(stream(script, closed), INTERVAL_S)]
    assert closed == [True]
    return events


async def test_a_flood_of_progress_is_thinned_out_and_the_newest_is_kept() -> None:
    flood: Script = [step for n in range(1000) for step in (Progressed(20 + n // 20, f"{n}"), 0.001)]
    events = await seen(flood)
    assert len(events) <= 12
    assert events[-1][1] == [Progressed(69, "999")]


async def test_of_progress_that_arrives_together_only_the_newest_is_kept() -> None:
    assert await seen([Progressed(20 + n, f"{n}") for n in range(30)]) == [(0, [Progressed(49, "29")])]


async def test_stages_and_the_result_come_at_once() -> None:
    assert await seen([Progressed(20, "a"), 0.01, STAGE, 0.01, STAGE, 0.01, Generated([])]) == [
        (0, [Progressed(20, "a")]),
        (0.01, [STAGE]),
        (0.02, [STAGE]),
        (0.03, [Generated([])]),
    ]


async def test_events_that_arrive_together_come_together() -> None:
    """The worker stores them in one write."""
    assert await seen([0.01, STAGE, STAGE, 0.01, STAGE]) == [(0.01, [STAGE, STAGE]), (0.02, [STAGE])]


async def test_events_that_arrive_while_the_reader_is_busy_come_together() -> None:
    arrived = []
    async with aclosing(paced(stream([0.01, STAGE, 0.01, STAGE, 0.01, Generated([])], []), INTERVAL_S)) as events:
        async for each in events:
            arrived.append(each)
            await asyncio.sleep(1)
    assert arrived == [[STAGE], [STAGE, Generated([])]]


async def test_held_back_progress_comes_before_the_result() -> None:
    """The job must be seen at 90 before it is seen at 100."""
    final = Progressed(90, "Finalizing characters...")
    arrived = [event for _, event in await seen([STAGE, 0.01, final, 0.01, Generated([])])]
    assert arrived == [[STAGE], [final, Generated([])]]


async def test_held_back_progress_is_sent_when_its_interval_is_over() -> None:
    script: Script = [Progressed(20, "a"), 0.01, Progressed(21, "b"), 0.01, Progressed(22, "c"), 5.0]
    assert await seen(script) == [(0, [Progressed(20, "a")]), (INTERVAL_S, [Progressed(22, "c")])]


async def test_an_error_comes_after_the_events_before_it() -> None:
    async with aclosing(paced(stream([STAGE, ValueError("broken")], []), INTERVAL_S)) as events:
        assert await anext(events) == [STAGE]
        with pytest.raises(ValueError, match="broken"):
            await anext(events)


async def test_a_reader_that_goes_away_closes_the_stream() -> None:
    closed: list[bool] = []
    async with aclosing(paced(stream([STAGE, 1000.0, STAGE], closed), INTERVAL_S)) as events:
        await anext(events)
    assert closed == [True]


async def test_a_cancelled_reader_closes_the_stream() -> None:
    closed: list[bool] = []

    async def read() -> None:
        async with aclosing(paced(stream([1000.0, STAGE], closed), INTERVAL_S)) as events:
            await anext(events)

    reader = asyncio.create_task(read())
    await asyncio.sleep(1)
    reader.cancel()
    await asyncio.wait([reader])
    assert closed == [True]
