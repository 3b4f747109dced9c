"""The number of batches in progress is limited, and the limit follows the function's errors."""

import asyncio

import pytest

from local.lambda_emulator.event_source.concurrency import ConcurrencyLimit


async def test_no_more_batches_are_admitted_than_the_limit() -> None:
    limit = ConcurrencyLimit(2)
    assert await limit.admits()
    assert await limit.admits()
    third = asyncio.create_task(limit.admits())
    await asyncio.sleep(0)
    assert not third.done()
    await limit.release(1, succeeded=True)
    assert await third


@pytest.mark.parametrize(
    ("maximum", "outcomes", "allowed"),
    [
        (8, [False], [4]),
        (8, [False, False, False, False], [4, 2, 1, 1]),
        (8, [False, False, True, True], [4, 2, 3, 4]),
        (3, [True, False, True, True, True], [3, 1, 2, 3, 3]),
        (8, [None, False, None, True], [8, 4, 4, 5]),
        (1, [False, True], [1, 1]),
    ],
)
async def test_a_failure_halves_the_limit_and_a_success_adds_one(
    maximum: int, outcomes: list[bool | None], allowed: list[int]
) -> None:
    """None is an empty receive, which says nothing about the function."""
    limit = ConcurrencyLimit(maximum)
    found = []
    for succeeded in outcomes:
        assert await limit.admits()
        await limit.release(1, succeeded=succeeded)
        found.append(limit.allowed)
    assert found == allowed


async def test_no_more_messages_are_admitted_than_the_limit() -> None:
    """However they are divided into batches."""
    limit = ConcurrencyLimit(8, messages=12)
    assert await limit.admits()
    assert limit.fill(10) == 10
    limit.count(10)
    assert await limit.admits()
    assert limit.fill(10) == 2
    limit.count(2)
    third = asyncio.create_task(limit.admits())
    await asyncio.sleep(0)
    assert not third.done()
    await limit.release(10, succeeded=True)
    assert await third
    assert limit.fill(10) == 10


async def test_closing_wakes_waiting_batches_and_admits_no_more() -> None:
    limit = ConcurrencyLimit(1)
    assert await limit.admits()
    waiting = asyncio.create_task(limit.admits())
    await asyncio.sleep(0)
    await limit.close()
    assert not await waiting
    await limit.release(1, succeeded=True)
    assert not await limit.admits()
