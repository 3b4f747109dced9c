"""How many batches may be under way."""

import asyncio

import pytest

from local.lambda_emulator.event_source.pace import Pace
from local.process.restart_backoff import RestartBackoff


async def test_so_many_are_admitted_and_no_more() -> None:
    pace = Pace(2)
    assert await pace.admits()
    assert await pace.admits()
    third = asyncio.create_task(pace.admits())
    await asyncio.sleep(0)
    assert not third.done()
    await pace.release(succeeded=True)
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
async def test_failures_halve_it_and_successes_add_one(
    maximum: int, outcomes: list[bool | None], allowed: list[int]
) -> None:
    """None is an empty receive: it says nothing about the function."""
    pace = Pace(maximum)
    found = []
    for succeeded in outcomes:
        assert await pace.admits()
        await pace.release(succeeded=succeeded)
        found.append(pace.allowed)
    assert found == allowed


async def test_closing_wakes_who_waits_and_admits_no_more() -> None:
    pace = Pace(1)
    assert await pace.admits()
    waiting = asyncio.create_task(pace.admits())
    await asyncio.sleep(0)
    await pace.close()
    assert not await waiting
    await pace.release(succeeded=True)
    assert not await pace.admits()


def test_a_program_that_dies_again_and_again_is_started_ever_later() -> None:
    """At once the first time, which may have been a kill; never more than 10 s later."""
    backoff = RestartBackoff()
    assert [backoff.delay_s(0.1) for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    assert backoff.delay_s(60) == 0
    assert backoff.delay_s(0.1) == 0
