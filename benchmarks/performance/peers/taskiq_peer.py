"""taskiq: `taskiq worker benchmarks.performance.peers.taskiq_peer:broker` and `python -m ...taskiq_peer client`."""

import asyncio
from typing import Any

from taskiq import TaskiqEvents, TaskiqState
from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend

from benchmarks.performance.peers.async_work import AsyncWork
from benchmarks.performance.peers.client import serve_async
from benchmarks.performance.peers.plan import Place

_PLACE = Place.read()
_RESULTS: Any = RedisAsyncResultBackend(redis_url=_PLACE.redis_url, result_ex_time=3600)
#: redis 8 gives up a blocking read after its default socket timeout, and the worker would end with it.
broker = ListQueueBroker(url=_PLACE.redis_url, socket_timeout=None).with_result_backend(_RESULTS)
_POLL_S = 0.1


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def start(state: TaskiqState) -> None:
    state.work = AsyncWork(_PLACE)


@broker.task(task_name="generate")
async def generate(variant: str, job_id: str) -> Any:
    return await broker.state.work.run(variant, job_id)


async def client() -> None:
    await broker.startup()

    async def run(variant: str, job_id: str) -> Any:
        task = await generate.kiq(variant, job_id)
        return (await task.wait_result(check_interval=_POLL_S, timeout=60)).return_value

    await serve_async(run)


if __name__ == "__main__":
    asyncio.run(client())
