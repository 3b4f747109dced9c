"""The number of running jobs is limited."""

import asyncio

import pytest

from generator_service.error import Overloaded
from generator_service.job_limit import JobLimit
from tests.unit.generator.until import until


def test_a_job_over_the_limit_is_rejected_with_a_delay() -> None:
    job_limit = JobLimit(1)
    with job_limit.enter(), pytest.raises(Overloaded) as raised, job_limit.enter():
        pytest.fail("the limit is reached")
    assert raised.value.retry_after_s
    with job_limit.enter():
        pass


async def test_the_generator_is_idle_when_the_last_job_has_ended() -> None:
    job_limit, gate, left = JobLimit(2), asyncio.Event(), []

    async def job(number: int) -> None:
        with job_limit.enter():
            await gate.wait()
        left.append(number)

    async with asyncio.TaskGroup() as group:
        group.create_task(job(1))
        await asyncio.sleep(0)
        waiting = group.create_task(job_limit.wait_idle())
        await asyncio.sleep(0)
        assert not waiting.done()
        gate.set()
        await until(waiting.done)
    assert left == [1]
