"""The number of running jobs is limited."""

import asyncio

import pytest

from generator_service.admission import Admission
from generator_service.error import Overloaded
from tests.unit.generator.until import until


def test_a_job_over_the_limit_is_rejected_with_a_delay() -> None:
    admission = Admission(1)
    with admission.enter(), pytest.raises(Overloaded) as raised, admission.enter():
        pytest.fail("the limit is reached")
    assert raised.value.retry_after_s
    with admission.enter():
        pass


async def test_admission_is_idle_when_the_last_job_has_ended() -> None:
    admission, gate, left = Admission(2), asyncio.Event(), []

    async def job(number: int) -> None:
        with admission.enter():
            await gate.wait()
        left.append(number)

    async with asyncio.TaskGroup() as group:
        group.create_task(job(1))
        await asyncio.sleep(0)
        waiting = group.create_task(admission.wait_idle())
        await asyncio.sleep(0)
        assert not waiting.done()
        gate.set()
        await until(waiting.done)
    assert left == [1]
