"""Work while the store is down or refuses writes."""

import asyncio

from chalicelib.domain.lifecycle import Status
from chalicelib.domain.timing import Timing
from tests.unit.chalicelib.system import System, message


async def test_a_store_that_is_down_for_a_while_costs_nothing() -> None:
    """Paid work waits in the worker until it can be stored."""
    system = System()
    job = await system.submitted()
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(2.5)
    system.server.down = True
    await asyncio.sleep(10)
    system.server.down = False
    assert await working == []
    assert (await system.job(job.id)).status is Status.COMPLETED
    assert set(system.generator.started.values()) == {1}


async def test_a_store_that_refuses_writes_for_a_while_costs_nothing() -> None:
    """As with NOREPLICAS: each stage waits until the store accepts it, and the attempt continues."""
    system = System()
    job = await system.submitted()
    work = asyncio.create_task(system.work(job.id))
    for _ in range(3):
        await asyncio.sleep(0.3)
        system.server.refuses_writes = True
        await asyncio.sleep(3)
        system.server.refuses_writes = False
    assert await work == []
    done = await system.job(job.id)
    assert (done.status, done.attempt) == (Status.COMPLETED, 1)


async def test_a_message_waits_a_few_seconds_for_the_store() -> None:
    """Otherwise it would come back only after its visibility timeout, or once recovery sends another one."""
    system = System()
    job = await system.submitted()
    system.server.down = True
    work = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(3)
    system.server.down = False
    assert await work == []
    assert (await system.job(job.id)).status is Status.COMPLETED


async def test_a_message_goes_back_while_the_store_is_down() -> None:
    system = System()
    job = await system.submitted()
    system.server.down = True
    assert await system.work(job.id) == [message(job.id).id]


async def test_the_message_is_delivered_again_if_the_end_cannot_be_stored() -> None:
    """The store stays down past the deadline, so the message must not be deleted."""
    system = System(Timing(job_deadline_s=100, rpc_deadline_s=90))
    job = await system.submitted()
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(2.5)
    system.server.down = True
    assert await working == [message(job.id).id]
