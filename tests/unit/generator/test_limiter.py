"""Calls under way are bounded, and a pause holds all of them back."""

import asyncio

import pytest

from generator_service.error import ProviderRateLimited, ProviderUnavailable
from generator_service.llm.ask import Patience
from generator_service.llm.limiter import Limiter
from tests.unit.generator.fake_time import FakeTime
from tests.unit.generator.until import until


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


def limiter_of(fake_time: FakeTime, size: int = 2) -> Limiter:
    limiter = Limiter(size, timeout_s=30, clock=fake_time.clock, sleep=fake_time.sleep)
    limiter.reached()
    return limiter


async def test_never_more_calls_at_a_time_than_allowed(fake_time: FakeTime) -> None:
    limiter, gate, inside = limiter_of(fake_time), asyncio.Event(), []

    async def call(number: int) -> None:
        async with limiter.slot(Patience()):
            inside.append(number)
            await gate.wait()

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(call(number))
        await until(lambda: len(inside) == 2)
        await asyncio.sleep(0)
        assert len(inside) == 2
        gate.set()
    assert len(inside) == 5


async def test_a_pause_is_waited_out_and_told_before(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    told: list[float] = []
    limiter.pause(7, ProviderRateLimited)
    async with limiter.slot(Patience(on_wait=told.append)):
        assert (fake_time.slept, told) == ([7.0], [7.0])


async def test_a_pause_that_outlasts_the_patience_is_not_begun(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    limiter.pause(60, ProviderUnavailable)
    with pytest.raises(ProviderUnavailable) as raised:
        async with limiter.slot(Patience(deadline_at=fake_time.now + 59)):
            pytest.fail("no call may start during the pause")
    assert raised.value.retry_after_s == 60
    assert fake_time.slept == []


async def test_a_shorter_pause_does_not_shorten_a_longer_one(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    limiter.pause(10, ProviderRateLimited)
    limiter.pause(1, ProviderRateLimited)
    async with limiter.slot(Patience()):
        assert fake_time.slept == [10.0]


async def test_a_call_that_waited_for_room_still_heeds_a_pause_that_came_meanwhile(fake_time: FakeTime) -> None:
    limiter, order = limiter_of(fake_time, size=1), []

    async def second() -> None:
        async with limiter.slot(Patience()):
            order.append(fake_time.slept[:])

    async with limiter.slot(Patience()):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        limiter.pause(5, ProviderRateLimited)
    await waiting
    assert order == [[5.0]]


async def test_a_cancelled_call_gives_its_room_back(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time, size=1)

    async def hang() -> None:
        async with limiter.slot(Patience()):
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    async with limiter.slot(Patience()):
        pass
