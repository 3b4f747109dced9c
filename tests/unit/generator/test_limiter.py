"""The number of concurrent calls is limited, and a pause holds back all calls."""

import asyncio

import pytest

from generator_service.error import ProviderRateLimited, ProviderUnavailable
from generator_service.llm.ask import Patience
from generator_service.llm.limiter import Limiter
from tests.unit.generator.until import until
from tests.virtual_time import now_s


def limiter_of(size: int = 2) -> Limiter:
    """A limiter whose provider is known to accept requests."""
    limiter = Limiter(size, timeout_s=30, clock=now_s, sleep=asyncio.sleep)
    limiter.reached()
    return limiter


async def test_no_more_calls_run_at_a_time_than_allowed() -> None:
    limiter, gate, inside = limiter_of(), asyncio.Event(), []

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


async def test_a_pause_is_waited_out_and_announced() -> None:
    limiter = limiter_of()
    announced: list[float] = []
    limiter.pause(7, ProviderRateLimited)
    async with limiter.slot(Patience(on_wait=announced.append)):
        assert (now_s(), announced) == (7, [7])


async def test_a_pause_that_ends_after_the_deadline_fails_at_once() -> None:
    limiter = limiter_of()
    limiter.pause(60, ProviderUnavailable)
    with pytest.raises(ProviderUnavailable) as raised:
        async with limiter.slot(Patience(deadline_at=59)):
            pytest.fail("no call may start during the pause")
    assert raised.value.retry_after_s == 60
    assert now_s() == 0


async def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    limiter = limiter_of()
    limiter.pause(10, ProviderRateLimited)
    limiter.pause(1, ProviderRateLimited)
    async with limiter.slot(Patience()):
        assert now_s() == 10


async def test_a_call_in_the_queue_waits_for_a_pause_that_began_in_the_meantime() -> None:
    limiter, began_at = limiter_of(size=1), list[float]()

    async def second() -> None:
        async with limiter.slot(Patience()):
            began_at.append(now_s())

    async with limiter.slot(Patience()):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        limiter.pause(5, ProviderRateLimited)
    await waiting
    assert began_at == [5]


async def test_a_cancelled_call_releases_its_slot() -> None:
    limiter = limiter_of(size=1)

    async def hang() -> None:
        async with limiter.slot(Patience()):
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    async with limiter.slot(Patience()):
        pass
