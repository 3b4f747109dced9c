"""At how many jobs a day each part of the system reaches its limit in the busiest hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.simulation.figures import Figures
from benchmarks.simulation.job import CALLS
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.load import DAY_S, PEAK

_GB = 1e9
#: Messages in flight of a standard queue (Amazon SQS developer guide, "Message quotas").
_IN_FLIGHT = 120_000


@dataclass(frozen=True, slots=True)
class Resource:
    name: str
    #: What the limit is, such as "4 x 32 calls".
    limit: str
    jobs_a_day: float
    #: What raises the limit.
    knob: str
    #: Whether jobs only wait a little beyond it.
    is_soft: bool = False


def resources(knobs: Knobs, figures: Figures, run_s: float) -> Sequence[Resource]:
    """In the order in which they are used up. `run_s` is how long a job takes from its claim to its end."""
    found = (
        *_of_jobs(knobs, figures, run_s),
        *_of_the_llm(knobs, figures),
        *_of_cpu(knobs, figures),
        *_of_the_api(knobs, figures, run_s),
    )
    return sorted(found, key=lambda resource: resource.jobs_a_day)


def _daily(jobs_per_s: float) -> float:
    """Jobs a day whose busiest hours have this rate."""
    return jobs_per_s * DAY_S / PEAK


def _of_jobs(knobs: Knobs, figures: Figures, run_s: float) -> Iterator[Resource]:
    slots, batches = knobs.worker_max_concurrency * knobs.batch_size, knobs.worker_max_concurrency
    places = knobs.max_tasks * knobs.jobs_per_task
    yield Resource(
        "a worker invocation for each job",
        f"{batches} invocations; then jobs share them",
        _daily(batches / run_s),
        "`WORKER_MAX_CONCURRENCY`",
        is_soft=True,
    )
    yield Resource(
        "jobs of the workers", f"{batches} x {knobs.batch_size}", _daily(slots / run_s), "`WORKER_MAX_CONCURRENCY`"
    )
    yield Resource(
        "jobs of the generators",
        f"{knobs.max_tasks} tasks x {knobs.jobs_per_task}",
        _daily(places / run_s),
        "`GENERATOR_MAX_TASKS`",
    )
    yield Resource(
        "CPU of the workers",
        f"{batches} x {figures.worker_vcpu:.2f} vCPU",
        _daily(batches * figures.worker_vcpu / figures.worker_cpu_s),
        "`WORKER_MAX_CONCURRENCY`",
    )
    yield Resource("messages in flight", f"{_IN_FLIGHT:,}", _daily(_IN_FLIGHT / run_s), "a second queue")


def _of_the_llm(knobs: Knobs, figures: Figures) -> Iterator[Resource]:
    calls = knobs.max_tasks * knobs.llm_max_concurrency
    yield Resource(
        "calls to the LLM at once",
        f"{knobs.max_tasks} tasks x {knobs.llm_max_concurrency}",
        _daily(calls / figures.latency.mean_s / CALLS),
        "`LLM_MAX_CONCURRENCY`, `GENERATOR_MAX_TASKS`",
    )
    limits = knobs.provider
    yield Resource(
        f"requests to the provider ({limits.name})",
        f"{limits.requests_per_minute:,.0f} a minute",
        _daily(limits.requests_per_minute / 60 / CALLS),
        "the account's tier",
    )
    yield Resource(
        f"tokens of the provider ({limits.name})",
        f"{limits.tokens_per_minute:,.0f} a minute",
        _daily(limits.tokens_per_minute / 60 / figures.tokens),
        "the account's tier",
    )


def _of_cpu(knobs: Knobs, figures: Figures) -> Iterator[Resource]:
    node, shards = knobs.redis_node, knobs.redis_shards
    yield Resource(
        "CPU of the generators",
        f"{knobs.max_tasks} vCPU",
        _daily(knobs.max_tasks / figures.generator_cpu_s),
        "`GENERATOR_MAX_TASKS`",
    )
    yield Resource(
        "CPU of Redis",
        f"{shards} x {node.cores:g} cores",
        _daily(shards * node.cores / figures.redis_cpu_s),
        "`REDIS_NODE_TYPE`; then shards",
    )
    yield Resource(
        "memory of Redis (jobs are kept for a day)",
        f"{shards} x {node.usable_gb:g} GB",
        shards * node.usable_gb * _GB / figures.redis_bytes,
        "`REDIS_NODE_TYPE`; then shards, or a shorter `JOB_TTL_S`",
    )


def _of_the_api(knobs: Knobs, figures: Figures, run_s: float) -> Iterator[Resource]:
    yield Resource(
        "requests to the API",
        f"{knobs.api_requests_per_s:,} a second",
        _daily(knobs.api_requests_per_s / figures.api_requests),
        "`API_REQUESTS_PER_S`",
    )
    free = knobs.lambda_concurrency - knobs.worker_max_concurrency
    yield Resource(
        "long polls (each holds an API invocation)",
        f"{knobs.lambda_concurrency:,} invocations less {knobs.worker_max_concurrency:,} workers",
        _daily(free / run_s),
        "Lambda's quota, or clients that poll every 3 s",
    )
