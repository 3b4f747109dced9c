"""RQ: `python -m benchmarks.performance.peers.rq_peer worker|client`.

`SimpleWorker` runs jobs in its own process. RQ's default worker forks for each job, which costs more CPU.
"""

import logging
import sys
from functools import cache
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.worker import SimpleWorker
from rq.worker_pool import WorkerPool

from benchmarks.performance.peers.client import serve
from benchmarks.performance.peers.plan import Place
from benchmarks.performance.peers.thread_work import ThreadWork

#: What workers import to find `generate`; not the name of the module that is run.
_GENERATE = "benchmarks.performance.peers.rq_peer.generate"
_PROCESSES = 4


@cache
def work() -> ThreadWork:
    return ThreadWork(Place.read())


def generate(variant: str, job_id: str) -> Any:
    return work().run(variant, job_id)


def worker(redis: Redis) -> None:
    pool = WorkerPool(["jobs"], connection=redis, num_workers=_PROCESSES, worker_class=SimpleWorker)
    pool.start(logging_level=logging.ERROR)


def client(redis: Redis) -> None:
    queue = Queue("jobs", connection=redis)

    def run(variant: str, job_id: str) -> Any:
        job: Job = queue.enqueue(_GENERATE, variant, job_id, result_ttl=3600)
        result = job.latest_result(timeout=60)
        assert result is not None, "the job did not end"
        return result.return_value

    serve(run)


if __name__ == "__main__":
    (worker if sys.argv[1] == "worker" else client)(Redis.from_url(Place.read().redis_url))
