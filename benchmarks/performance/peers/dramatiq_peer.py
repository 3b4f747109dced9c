"""Dramatiq: `dramatiq benchmarks.performance.peers.dramatiq_peer` and `python -m ...dramatiq_peer client`."""

from functools import cache
from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

from benchmarks.performance.peers.client import serve
from benchmarks.performance.peers.plan import Place
from benchmarks.performance.peers.thread_work import ThreadWork

_PLACE = Place.read()
_BROKER = RedisBroker(url=_PLACE.redis_url)
_BROKER.add_middleware(Results(backend=RedisBackend(url=_PLACE.redis_url), result_ttl=3_600_000))
dramatiq.set_broker(_BROKER)


@cache
def work() -> ThreadWork:
    return ThreadWork(_PLACE)


@dramatiq.actor(store_results=True, queue_name="jobs", max_retries=0)
def generate(variant: str, job_id: str) -> Any:
    return work().run(variant, job_id)


def run(variant: str, job_id: str) -> Any:
    return generate.send(variant, job_id).get_result(block=True, timeout=60_000)


if __name__ == "__main__":
    serve(run)
