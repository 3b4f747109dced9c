"""Celery: `celery -A benchmarks.performance.peers.celery_peer worker` and `python -m ...celery_peer client`."""

import os
from functools import cache
from typing import Any

from celery import Celery

from benchmarks.performance.peers.client import serve
from benchmarks.performance.peers.plan import Place
from benchmarks.performance.peers.thread_work import ThreadWork

_PLACE = Place.read()
app = Celery("peers", broker=_PLACE.redis_url, backend=_PLACE.redis_url)
app.conf.update(worker_prefetch_multiplier=1, result_expires=3600, broker_connection_retry_on_startup=True)


@cache
def work() -> ThreadWork:
    """Made in each process after the fork."""
    if os.environ.get("BENCH_GEVENT"):
        from gevent.pool import Pool

        return ThreadWork(_PLACE, Pool(200).imap)
    return ThreadWork(_PLACE)


@app.task(name="generate")
def generate(variant: str, job_id: str) -> Any:
    return work().run(variant, job_id)


def run(variant: str, job_id: str) -> Any:
    return generate.delay(variant, job_id).get(timeout=60)


if __name__ == "__main__":
    serve(run)
