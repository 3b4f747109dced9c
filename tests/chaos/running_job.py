"""A job in the middle of its work."""

import time
from functools import partial
from typing import Any

from tests.chaos.provider import Provider
from tests.e2e.api import FINAL, Api

#: A type with three calls one after another.
TYPE = "generate_settings"
#: One call for all names, then three for each of three settings.
LEAST_CALLS = 1 + 3 * 3
#: The names, then two calls for each setting, then the first of the last calls.
_UNDER_WAY = 1 + 3 * 2 + 1
PAYLOAD: dict[str, Any] = {"theme": "fantasy", "count": 3}


def submitted_and_under_way(api: Api, provider: Provider, latency_s: float = 300) -> tuple[str, int]:
    """Submit a job and wait until its last calls are in flight. Return its id and how many calls those are.

    They take about `latency_s`: so long that none ends before the fault, however busy the machine is. The job has no
    more calls to start. Even more calls have finished and are in the store: to pay for them again would far exceed the
    permitted number.
    """
    in_flight, quick_s = 0, 0.3
    while in_flight == 0:  # on a very busy machine, a job may end before its calls are slow
        provider.be(latency_s=quick_s)
        quick_s *= 2
        provider.forget()
        job_id = str(api.submit(TYPE, PAYLOAD)["id"])
        provider.wait_for_calls(_UNDER_WAY)
        in_flight = provider.slow_down(LEAST_CALLS, partial(_has_ended, api, job_id), latency_s)
    finished = provider.calls().finished
    deadline = time.monotonic() + 120
    while api.job(job_id)["usage"]["llm_calls"] < finished:
        assert time.monotonic() < deadline, "finished calls do not reach the store"
        time.sleep(0.02)
    assert finished > in_flight
    return job_id, in_flight


def half_done(api: Api, provider: Provider, count: int = 3) -> str:
    """The id of a job in the middle of its work."""
    provider.forget()
    job_id = str(api.submit(TYPE, PAYLOAD | {"count": count})["id"])
    provider.wait_for_calls(6)
    return job_id


def no_job_is_left(api: Api) -> bool:
    """Whether all jobs of the caller have ended."""
    lists = [api.ask("GET", f"/jobs?status={status}") for status in ("pending", "processing")]
    return all(answer.status_code == 200 and answer.json()["jobs"] == [] for answer in lists)


def _has_ended(api: Api, job_id: str) -> bool:
    return api.job(job_id)["status"] in FINAL
