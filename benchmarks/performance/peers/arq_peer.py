"""arq: `python -m benchmarks.performance.peers.arq_peer worker|client`."""

import asyncio
import sys
from typing import Any, ClassVar

from arq import create_pool, run_worker
from arq.connections import RedisSettings

from benchmarks.performance.peers.async_work import AsyncWork
from benchmarks.performance.peers.client import serve_async
from benchmarks.performance.peers.plan import Place

_PLACE = Place.read()
_REDIS = RedisSettings.from_dsn(_PLACE.redis_url)
#: How often worker and client look for news, seconds. 0.5 by default, which would be most of a job's time here.
_POLL_S = 0.1


async def generate(context: dict[str, Any], variant: str, job_id: str) -> Any:
    return await context["work"].run(variant, job_id)


async def start(context: dict[str, Any]) -> None:
    context["work"] = AsyncWork(_PLACE)


class WorkerSettings:
    functions: ClassVar = [generate]
    on_startup = start
    redis_settings = _REDIS
    max_jobs = 20
    poll_delay = _POLL_S


async def client() -> None:
    pool = await create_pool(_REDIS)

    async def run(variant: str, job_id: str) -> Any:
        job = await pool.enqueue_job("generate", variant, job_id)
        return await job.result(timeout=60, poll_delay=_POLL_S)

    await serve_async(run)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        run_worker(WorkerSettings)
    else:
        asyncio.run(client())
