"""A relic that the model writes, for all tests: a job costs the model a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.acceptance.real_llm.order import MAX_JOBS, PATIENCE_S, payload_of
from tests.acceptance.real_llm.running import System
from tests.e2e.api import Api

#: `make eval-smollm2` writes all types.
TYPE = "generate_relics"


@dataclass(frozen=True, slots=True)
class Run:
    """Ended jobs, and the calls for them. The last job is complete, unless all failed."""

    jobs: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    #: How many of the calls belong to the first job.
    first: int


def written(system: System) -> Run:
    """Write a relic. The model is restarted during the first job."""
    before, first = len(system.calls()), 0
    ended: list[dict[str, Any]] = []
    with Api(system.stack.urls.api) as api:
        for number in range(MAX_JOBS):
            job_id = api.submit(TYPE, payload_of(TYPE, "fantasy", count=1))["id"]
            if number == 0:
                until(lambda: system.llama.busy_slots() > 0)
                system.llama.kill()
                system.llama.start()
            ended.append(api.finished(job_id, PATIENCE_S))
            first = first or len(system.calls()) - before
            if ended[-1]["status"] == "completed":
                break
    return Run(ended, system.calls()[before:], first)


def until(condition: Callable[[], bool], timeout_s: float = 240) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
