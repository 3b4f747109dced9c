"""The number of batches in progress is limited, and a program that keeps dying is restarted with a delay."""

import asyncio

import pytest

from local.lambda_emulator.event_source.pace import Pace
from local.process.restart_backoff import RestartBackoff


async def test_no_more_batches_are_admitted_than_the_limit() -> None:
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
async def test_a_failure_halves_the_limit_and_a_success_adds_one(
    maximum: int, outcomes: list[bool | None], allowed: list[int]
) -> None:
    """None is an empty receive, which says nothing about the function."""
    pace = Pace(maximum)
    found = []
    for succeeded in outcomes:
        assert await pace.admits()
        await pace.release(succeeded=succeeded)
        found.append(pace.allowed)
    assert found == allowed


async def test_closing_wakes_waiting_batches_and_admits_no_more() -> None:
    pace = Pace(1)
    assert await pace.admits()
    waiting = asyncio.create_task(pace.admits())
    await asyncio.sleep(0)
    await pace.close()
    assert not await waiting
    await pace.release(succeeded=True)
    assert not await pace.admits()


def test_a_program_that_keeps_dying_is_restarted_with_growing_delays() -> None:
    """The first restart is immediate, because the program may have been killed. No delay is longer than 10 s."""
    backoff = RestartBackoff()
    assert [backoff.delay_s(0.1) for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    assert backoff.delay_s(60) == 0
    assert backoff.delay_s(0.1) == 0
