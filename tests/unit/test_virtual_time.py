"""Waiting in a unit test takes no real time."""

import asyncio

import pytest

from tests.virtual_time import EPOCH_MS, now_ms, now_s, run


@pytest.fixture
async def begun_at_s() -> float:
    await asyncio.sleep(5)
    return now_s()


async def test_sleeping_for_years_takes_no_real_time() -> None:
    await asyncio.sleep(1e9)
    assert (now_s(), now_ms()) == (1e9, EPOCH_MS + 10**12)


async def test_an_async_fixture_shares_the_clock_of_its_test(begun_at_s: float) -> None:
    await asyncio.sleep(2)
    assert (begun_at_s, now_s()) == (5, 7)


async def test_timeouts_expire_in_the_order_of_virtual_time() -> None:
    order: list[int] = []

    async def expire(delay_s: int) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await asyncio.Event().wait()
        except TimeoutError:
            order.append(delay_s)

    await asyncio.gather(expire(300), expire(100), expire(200))
    assert (order, now_s()) == ([100, 200, 300], 300)


def test_a_deadlock_ends_at_once_with_an_error() -> None:
    with pytest.raises(RuntimeError, match="Deadlock"):
        run(asyncio.Event().wait())
